/**
 * The acknowledgement that one received QoS 1 or 2 message is owed. It may have gone to several readers; it is sent when
 * the last of them is done, and is a refusal if one of them refused.
 *
 * It outlives the connection: where the server sends the same message again before anybody is done with it, the message is
 * not handed out twice, and the acknowledgement goes out on the new connection.
 */
import { ReasonCode } from '@mq/core'

export class Receipt {
  #open = 1
  #reasonCode: ReasonCode = ReasonCode.success
  readonly #send: (reasonCode: ReasonCode) => void

  constructor(send: (reasonCode: ReasonCode) => void) {
    this.#send = send
  }

  /** One more reader. */
  share(): void {
    this.#open++
  }

  /** One reader, or whoever hands the message out, is done. */
  done(reasonCode: ReasonCode): void {
    if (reasonCode >= ReasonCode.unspecifiedError) this.#reasonCode = reasonCode
    this.#open--
    if (this.#open === 0) this.#send(this.#reasonCode)
  }
}
