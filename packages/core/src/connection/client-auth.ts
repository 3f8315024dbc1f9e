/**
 * Enhanced authentication (MQTT 5.0, section 4.12), the client's side: whose turn it is to speak, and what may be said.
 *
 *               server: AUTH 0x18   server: CONNACK 0, AUTH 0   client: AUTH 0x18   client: AUTH 0x19
 *     idle      fault               CONNACK only                –                   theirs
 *     theirs    ours                idle                        –                   –
 *     ours      fault               fault                       theirs              –
 *
 * A CONNECT that names a method begins in `theirs`, any other in `idle`, and stays there.
 */
import { type Fault, fault } from '../packet/fault.ts'
import type { AuthPacket, ConnackPacket, ConnectPacket } from '../packet/packet.ts'
import { ReasonCode } from '../spec/reason-code.ts'

export class ClientAuth {
  /** Authentication Method of CONNECT: of every packet that follows, too. */
  readonly method: string | undefined
  #turn: 'idle' | 'theirs' | 'ours'

  constructor(connect: ConnectPacket) {
    this.method = connect.protocolVersion === 5 ? connect.properties?.authenticationMethod : undefined
    this.#turn = this.method === undefined ? 'idle' : 'theirs'
  }

  /** AUTH has come. */
  received({ reasonCode, properties }: AuthPacket, isConnected: boolean): Fault | undefined {
    if (this.method === undefined) return broken('MQTT-4.12.0-6', 'AUTH, and CONNECT named no Authentication Method')
    const problem = this.#checkMethod(properties?.authenticationMethod)
    if (problem !== undefined) return problem
    if (reasonCode === ReasonCode.reAuthenticate) {
      return broken('MQTT-3.15.2-1', 'AUTH with 0x19 (re-authenticate) comes from a client only')
    }
    if (this.#turn !== 'theirs') return broken('MQTT-4.12.0-2', 'AUTH that was not awaited')
    if (reasonCode === ReasonCode.success) {
      if (!isConnected) return broken('MQTT-4.12.0-2', 'AUTH with success before CONNACK')
      this.#turn = 'idle'
    } else this.#turn = 'ours'
    return undefined
  }

  /** CONNACK has come, and accepts. */
  accepted({ properties }: ConnackPacket): Fault | undefined {
    const method = properties?.authenticationMethod
    if (this.method === undefined) {
      return method === undefined
        ? undefined
        : broken('MQTT-4.12.0-6', 'CONNACK has an Authentication Method, and CONNECT had none')
    }
    const problem = this.#checkMethod(method)
    if (problem !== undefined) return problem
    if (this.#turn !== 'theirs')
      return broken('MQTT-4.12.0-3', 'CONNACK, and the answer to AUTH has not been given yet')
    this.#turn = 'idle'
    return undefined
  }

  /** The answer to the AUTH that came last [MQTT-4.12.0-3]; undefined where none is awaited. */
  answer(data: Uint8Array | undefined): AuthPacket | undefined {
    return this.#turn === 'ours' ? this.#say(ReasonCode.continueAuthentication, data) : undefined
  }

  /** Begin a re-authentication [MQTT-4.12.1-1]; undefined where none can begin now. */
  renew(data: Uint8Array | undefined): AuthPacket | undefined {
    return this.#turn === 'idle' ? this.#say(ReasonCode.reAuthenticate, data) : undefined
  }

  #say(reasonCode: ReasonCode, data: Uint8Array | undefined): AuthPacket | undefined {
    // [MQTT-4.12.0-7]
    if (this.method === undefined) return undefined
    this.#turn = 'theirs'
    const properties = { authenticationMethod: this.method, ...(data && { authenticationData: data }) }
    return { type: 'auth', reasonCode, properties }
  }

  #checkMethod(method: string | undefined): Fault | undefined {
    if (method === this.method) return undefined
    return broken('MQTT-4.12.0-5', `Authentication Method ${method ?? '(none)'}, and CONNECT named ${this.method}`)
  }
}

function broken(clause: string, sentence: string): Fault {
  return fault(ReasonCode.protocolError, clause, sentence)
}
