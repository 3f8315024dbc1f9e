/**
 * A Will Message after its connection ended otherwise than by a normal DISCONNECT (section 3.1.2.5): published when its
 * delay has passed or the Session ends, whichever happens first [MQTT-3.1.3-9]; dropped when the client comes back before.
 */
import { createPublication, type Publication, type Publisher, type Will } from '@mq/core'
import type { Deadline } from '../connection/deadlines.ts'

export class PendingWill implements Deadline {
  readonly will: StoredWill
  readonly deadlineMs: number
  heapIndex = -1
  filedMs = 0
  readonly #publish: () => void

  constructor(will: StoredWill, deadlineMs: number, publish: () => void) {
    this.will = will
    this.deadlineMs = deadlineMs
    this.#publish = publish
  }

  due(): void {
    this.#publish()
  }
}

/** A Will as it is kept while its connection lasts: in the bytes that it came in, as decoded it takes ten times as many. */
export interface StoredWill {
  readonly topicName: string
  /** Seconds. */
  readonly delayInterval: number
  /** The authorizer is asked about it once more before the Will is published. */
  readonly publisher: Publisher
  /** Nobody else's before the Will is published. */
  readonly publication: Publication
}

export function storeWill(will: Will, publisher: Publisher): StoredWill {
  const { willDelayInterval: delayInterval = 0, ...properties } = will.properties ?? {}
  const { payload, qos, retain, topicName } = will
  const publication = createPublication({ topicName, payload, qos, retain, properties })
  return { topicName, delayInterval, publisher, publication }
}

/** The message that a Will is, with its expiry counted from now. */
export function willPublication(will: StoredWill, nowMs: number): Publication {
  const { publication } = will
  if (publication.messageExpiryInterval >= 0) publication.expiresAtMs = nowMs + publication.messageExpiryInterval * 1000
  return publication
}
