/**
 * A Will Message after its connection ended otherwise than by a normal DISCONNECT (section 3.1.2.5): published when its
 * delay has passed or the Session ends, whichever happens first [MQTT-3.1.3-9]; dropped when the client comes back before.
 */
import { createPublication, type Publication, type Will } from '@mq/core'
import type { Deadline } from '../connection/deadlines.ts'

export class PendingWill implements Deadline {
  readonly will: Will
  readonly deadlineMs: number
  heapIndex = -1
  filedMs = 0
  readonly #publish: () => void

  constructor(will: Will, deadlineMs: number, publish: () => void) {
    this.will = will
    this.deadlineMs = deadlineMs
    this.#publish = publish
  }

  due(): void {
    this.#publish()
  }
}

/** The message that a Will is, with its expiry counted from now. */
export function willPublication(will: Will, nowMs: number): Publication {
  const { willDelayInterval: _, ...properties } = will.properties ?? {}
  const publication = createPublication({
    topicName: will.topicName,
    payload: will.payload,
    qos: will.qos,
    retain: will.retain,
    properties,
  })
  if (publication.messageExpiryInterval >= 0) publication.expiresAtMs = nowMs + publication.messageExpiryInterval * 1000
  return publication
}
