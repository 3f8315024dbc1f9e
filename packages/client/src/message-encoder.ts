/** From what a program wants to send to a Publication, or the reason why it cannot be one. */
import { createPublication, type Publication, TopicTable } from '@mq/core'
import type { Clock } from './clock.ts'
import { MqttError } from './errors.ts'
import { payloadBytes } from './payload.ts'
import { qosProblem } from './qos.ts'
import { checkTopicName } from './topic-name.ts'
import type { OutgoingMessage } from './types.ts'

export class MessageEncoder {
  readonly #clock: Clock
  /** An alias stands for a topic that is known by identity: one array for each topic. */
  readonly #topics: TopicTable<undefined> | undefined

  /** `usesAliases`: the messages may be sent with Topic Aliases. */
  constructor(clock: Clock, usesAliases: boolean) {
    this.#clock = clock
    this.#topics = usesAliases ? new TopicTable<undefined>() : undefined
  }

  /** @throws MqttError 'invalid-argument' */
  encode({ topic, payload, qos = 0, retain = false, properties }: OutgoingMessage): Publication {
    checkTopicName(topic)
    // [MQTT-3.3.2-14]
    if (properties?.responseTopic !== undefined) checkTopicName(properties.responseTopic, 'the Response Topic ')
    const problem = qosProblem(qos)
    if (problem !== undefined) throw new MqttError('invalid-argument', problem)
    try {
      const publication = createPublication({
        topicName: topic,
        payload: payloadBytes(payload),
        qos,
        retain,
        ...(properties && { properties }),
      })
      if (publication.messageExpiryInterval >= 0) {
        publication.expiresAtMs = this.#clock.now() + publication.messageExpiryInterval * 1000
      }
      this.#intern(publication)
      return publication
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error)
      throw new MqttError('invalid-argument', `the message to "${topic}": ${sentence}`, { cause: error })
    }
  }

  #intern(publication: Publication): void {
    const entry = this.#topics?.lookup(publication.topicBytes, publication.topicStart, publication.topicEnd)
    if (entry?.type !== 'topicEntry' || !entry.interned) return
    publication.topicBytes = entry.bytes
    publication.topicStart = 0
    publication.topicEnd = entry.bytes.length
  }
}
