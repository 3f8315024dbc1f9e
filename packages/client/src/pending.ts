import { type Publication, type QoS, ReasonCode } from '@mq/core'
import { Deferred } from './deferred.ts'
import type { PublishResult } from './types.ts'

/** One `publish` call; the token of its Delivery. */
export class Pending extends Deferred<PublishResult> {
  readonly topic: string
  readonly publication: Publication
  transmitted = false

  constructor(topic: string, publication: Publication) {
    super()
    this.topic = topic
    this.publication = publication
  }
}

export function publishResult(qos: QoS, packetId: number | undefined, reasonCode: ReasonCode): PublishResult {
  return {
    qos,
    packetId,
    reasonCode,
    reasonString: undefined,
    matched: reasonCode !== ReasonCode.noMatchingSubscribers,
  }
}
