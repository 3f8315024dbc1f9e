/** What the store contract stores, and how it compares what comes back. */
import assert from 'node:assert/strict'
import {
  createBufferWriter,
  createPublication,
  type Delivery,
  decodePublish,
  encodePacket,
  encodePublication,
  PropertyScratch,
  Publication,
  publicationPayload,
  publicationProperties,
  publicationTopic,
  type QoS,
  writtenBytes,
} from '@mq/core'
import type { StoredSession, StoredState, StoredSubscription } from './store.ts'

export const names: readonly string[] = [
  'a',
  'a/b',
  'A',
  ' ',
  "Robert'); DROP TABLE session;--",
  '%',
  '../../etc/passwd',
  '\u0001',
  '雪/☃/𝄞',
  'e\u0301',
  '\u00e9',
  '#',
  '+',
  '$share/g/t',
  'x'.repeat(65_535),
]

export const full: StoredSubscription = {
  topicFilter: '$share/g/a/+/#',
  qos: 2,
  noLocal: true,
  retainAsPublished: true,
  retainHandling: 2,
  identifier: 268_435_455,
}

export function subscription(topicFilter: string): StoredSubscription {
  return { topicFilter, qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0, identifier: 0 }
}

export function delivery(payload: string, qos: QoS = 1): Delivery {
  const publication = createPublication({
    topicName: 't',
    payload: new TextEncoder().encode(payload),
    qos,
    retain: false,
  })
  return { publication, qos, retain: false, subscriptionIdentifiers: undefined, token: undefined }
}

/** One of each kind that a broker makes. */
export const varied: readonly Delivery[] = [
  delivery('plain'),
  delivery('', 2),
  { ...delivery('identified', 2), subscriptionIdentifiers: [1, 268_435_455], retain: true },
  ...names.map((topicName): Delivery => {
    const publication = createPublication({ topicName, payload: Uint8Array.of(0, 255, 128), qos: 2, retain: true })
    return { publication, qos: 1, retain: true, subscriptionIdentifiers: undefined, token: undefined }
  }),
  { ...delivery('with properties'), publication: withProperties() },
  { ...delivery('as it came'), publication: asItCame() },
  { ...delivery('apart'), publication: withTopicApart() },
  { ...delivery('large'), publication: large() },
]

function withProperties(): Publication {
  const publication = createPublication({
    topicName: 'properties',
    payload: new TextEncoder().encode('text'),
    qos: 1,
    retain: true,
    properties: {
      payloadFormatIndicator: 1,
      contentType: 'text/plain',
      responseTopic: 'answers',
      correlationData: Uint8Array.of(0, 1, 255),
      messageExpiryInterval: 60,
      userProperties: [
        ['b', '1'],
        ['a', '2'],
        ['b', '1'],
      ],
    },
  })
  publication.expiresAtMs = 1_700_000_000_123.5
  return publication
}

/** As a client sends it: the Message Expiry Interval stays where it came, among the properties. */
function asItCame(): Publication {
  const writer = createBufferWriter()
  const packet = {
    type: 'publish',
    topicName: 'as it came',
    payload: new TextEncoder().encode('text'),
    qos: 1,
    retain: true,
    dup: false,
    packetId: 1,
    properties: { contentType: 'text/plain', messageExpiryInterval: 60, userProperties: [['a', '1']] },
  } as const
  encodePacket(writer, packet, 5)
  const bytes = writtenBytes(writer)
  const publication = new Publication()
  // Behind two bytes of fixed header.
  const problem = decodePublish(publication, bytes, 0, 2, bytes.length, 5, new PropertyScratch())
  assert.equal(problem, undefined)
  assert.ok(publication.expiryAt > 0)
  publication.expiresAtMs = 1_700_000_060_000
  return publication.keep()
}

/** As a router hands it on: the topic in bytes that are shared, the payload in the middle of others. */
function withTopicApart(): Publication {
  const publication = new Publication()
  publication.topicBytes = new TextEncoder().encode('..interned..')
  publication.topicStart = 2
  publication.topicEnd = 10
  publication.bytes = new TextEncoder().encode('before payload after')
  publication.payloadStart = 7
  publication.payloadEnd = 14
  publication.qos = 1
  return publication.keep()
}

function large(): Publication {
  const payload = new Uint8Array(1024 * 1024).map((_, i) => i % 251)
  return createPublication({ topicName: 'large', payload, qos: 1, retain: true })
}

export function sessionOf(state: StoredState, clientId: string): StoredSession {
  const found = state.sessions.filter((each) => each.clientId === clientId)
  assert.equal(found.length, 1, `one session of ${clientId.slice(0, 40)}`)
  return found[0]!
}

export function payloadText(publication: Publication | undefined): string {
  assert.ok(publication)
  return new TextDecoder().decode(publicationPayload(publication))
}

export function payloadOf({ publication }: Delivery): string {
  return payloadText(publication)
}

/** What must be the same; how it lies in memory may differ. */
export function plain({ publication, qos, retain, subscriptionIdentifiers }: Delivery): object {
  return { qos, retain, subscriptionIdentifiers, ...plainPublication(publication) }
}

export function plainPublication(publication: Publication): object {
  return {
    topicName: publicationTopic(publication),
    payload: Buffer.from(publicationPayload(publication)).toString('base64'),
    properties: publicationProperties(publication),
    published: [publication.qos, publication.retain, publication.payloadFormatIndicator],
    expiresAtMs: publication.expiresAtMs,
    sent: sentBytes(publication),
  }
}

/** What a receiver would get 18 seconds before the end: with one Message Expiry Interval, which says so. */
function sentBytes(publication: Publication): string {
  const writer = createBufferWriter()
  const expiry = publication.expiresAtMs === Number.POSITIVE_INFINITY ? -1 : 18
  encodePublication(writer, publication, 5, 1, false, false, 1, 0, false, expiry, undefined)
  return Buffer.from(writtenBytes(writer)).toString('base64')
}
