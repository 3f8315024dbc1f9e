import { deepEqual, equal } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { bodyOf, decode, encode, message, packetId } from '../../test/publication-arbitrary.ts'
import { Publication } from '../packet/publication.ts'
import { decodePublish } from './publish.ts'
import { PropertyScratch } from './publish-properties.ts'

/** Where the packets of a test stand, one behind the other, as in a chunk that was read. */
const gap = 3

describe('properties that are met again', () => {
  test('are read as they are where nothing is known, whatever came before and wherever they stand', () => {
    const sent = message.map((each) => ({ ...each, version: 5 as const }))
    const picks = fc.array(fc.tuple(fc.nat(), packetId), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(fc.array(sent, { minLength: 1, maxLength: 3 }), picks, (messages, order) => {
        const scratch = new PropertyScratch()
        const packets = order.map(([pick, id]) => encode(messages[pick % messages.length]!, id))
        for (const [n, packet] of packets.entries()) {
          const chunk = new Uint8Array(packet.length + n * gap)
          chunk.set(packet, n * gap)
          const into = new Publication()
          const start = n * gap
          equal(decodePublish(into, chunk, start, start + bodyOf(packet), chunk.length, 5, scratch), undefined)
          deepEqual(meaning(into), meaning(decode(packet, 5)))
        }
      }),
      { seed: 20260101, numRuns: 500 },
    )
  })

  test('one bit that differs is noticed', () => {
    const block = [2, 0, 0, 0, 9, 3, 0, 2, 0x61, 0x62, 0x26, 0, 1, 0x6b, 0, 2, 0x76, 0x77]
    for (let bit = 0; bit < block.length * 8; bit++) {
      const scratch = new PropertyScratch()
      equal(decodeWith(scratch, block), undefined)
      const other = [...block]
      other[bit >> 3]! ^= 1 << (bit & 7)
      const fresh = decodeWith(new PropertyScratch(), other)
      const known = decodeWith(scratch, other)
      deepEqual(known, fresh)
    }
  })

  test('a block that is no property block is refused again and again', () => {
    const scratch = new PropertyScratch()
    const twice = [1, 0, 1, 0, 3, 0, 1, 0x61]
    for (let n = 0; n < 20; n++) equal(decodeWith(scratch, twice)?.reasonCode, 0x82)
  })
})

function decodeWith(scratch: PropertyScratch, block: readonly number[]): ReturnType<typeof decodePublish> {
  const bytes = Uint8Array.from([0x30, 4 + block.length, 0, 1, 0x74, block.length, ...block])
  return decodePublish(new Publication(), bytes, 0, 2, bytes.length, 5, scratch)
}

/** All that decodePublish says, without where it stands. */
function meaning(publication: Publication): unknown {
  const { propertyBytes, propertiesStart, propertiesEnd, expiryAt, bytes, payloadStart, payloadEnd } = publication
  return {
    travelling: [...propertyBytes.subarray(propertiesStart, propertiesEnd)],
    expiryAt: expiryAt < 0 ? -1 : expiryAt - propertiesStart,
    payload: [...bytes.subarray(payloadStart, payloadEnd)],
    topic: [...bytes.subarray(publication.topicStart, publication.topicEnd)],
    topicAlias: publication.topicAlias,
    payloadFormatIndicator: publication.payloadFormatIndicator,
    messageExpiryInterval: publication.messageExpiryInterval,
    subscriptionIdentifiers: publication.subscriptionIdentifiers,
    packetId: publication.packetId,
  }
}
