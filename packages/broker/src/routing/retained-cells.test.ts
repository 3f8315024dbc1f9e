import { createPublication, type Publication, type Publisher, publicationProperties, publicationTopic } from '@mq/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RetainedCells, type RetainedMessage } from './retained-cells.ts'

interface Sample {
  readonly topicName: string
  readonly payload: Uint8Array
  readonly qos: 0 | 1 | 2
  readonly contentType: string | undefined
  readonly messageExpiryInterval: number | undefined
  readonly payloadFormatIndicator: 0 | 1 | undefined
  readonly expiresAtMs: number
  readonly publisher: Publisher | undefined
}

const anySample: fc.Arbitrary<Sample> = fc.record({
  topicName: fc.constantFrom('a', 'house/bulb1', 'é/😀', 'x'.repeat(300)),
  // Lengths of all sizes, and on both sides of their bounds and of the largest.
  payload: fc
    .oneof(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 4200 }),
      fc.constantFrom(3584, 4050, 4064, 5000, 70_000),
    )
    .chain((length) => fc.integer({ min: 0, max: 255 }).map((byte) => new Uint8Array(length).fill(byte))),
  qos: fc.constantFrom(0, 1, 2),
  contentType: fc.option(fc.constantFrom('text/plain', 'c'.repeat(500)), { nil: undefined }),
  messageExpiryInterval: fc.option(fc.constantFrom(0, 60, 0x7fff_ffff, 0xffff_ffff), { nil: undefined }),
  payloadFormatIndicator: fc.option(fc.constantFrom(0, 1), { nil: undefined }),
  expiresAtMs: fc.constantFrom(Number.POSITIVE_INFINITY, 0.25, 1_700_000_000_123.5, 2 ** 45),
  publisher: fc.option(
    fc.record({
      clientId: fc.constantFrom('', 'one', 'ü'.repeat(40), 'c'.repeat(65_535)),
      userName: fc.option(fc.constantFrom('', 'user', '名'.repeat(30)), { nil: undefined }),
    }),
    { nil: undefined },
  ),
})

function publicationOf(sample: Sample): Publication {
  const { contentType, expiresAtMs, messageExpiryInterval, payloadFormatIndicator, ...packet } = sample
  const properties = {
    ...(contentType !== undefined && { contentType }),
    ...(messageExpiryInterval !== undefined && { messageExpiryInterval }),
    ...(payloadFormatIndicator !== undefined && { payloadFormatIndicator }),
  }
  const publication = createPublication({ ...packet, retain: true, properties })
  publication.expiresAtMs = expiresAtMs
  return publication
}

function plain({ publication, serial }: RetainedMessage): object {
  const { bytes, expiresAtMs, payloadEnd, payloadFormatIndicator, payloadStart, qos, retain } = publication
  return {
    topicName: publicationTopic(publication),
    // As text: an array is compared byte by byte, and slowly.
    payload: Buffer.from(bytes.subarray(payloadStart, payloadEnd)).toString('latin1'),
    properties: publicationProperties(publication),
    expiresAtMs,
    payloadFormatIndicator,
    qos,
    retain,
    serial,
  }
}

test('any sequence of add and remove: what is in a cell comes out of it, whatever its size, and no byte is another’s', () => {
  const step = fc.tuple(fc.constantFrom('add', 'add', 'remove'), anySample, fc.nat())
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const cells = new RetainedCells()
      const oracle = new Map<number, { publication: Publication; publisher: Publisher | undefined; serial: number }>()
      for (const [n, [kind, sample, choice]] of steps.entries()) {
        if (kind === 'add') {
          const publication = publicationOf(sample)
          const serial = n + 0xffff_fff0
          const before = cells.bytes
          const cell = cells.add(publication, sample.publisher, serial)
          expect(oracle.has(cell) || cell === 0).toBe(false)
          expect(cells.bytes - before).toBe(cells.bytesFor(publication, sample.publisher))
          expect(cells.bytes - before).toBeGreaterThan(sample.payload.length)
          oracle.set(cell, { publication, publisher: sample.publisher, serial })
        } else if (oracle.size > 0) {
          const cell = [...oracle.keys()][choice % oracle.size]!
          cells.remove(cell)
          oracle.delete(cell)
        }
      }
      for (const [cell, { publication, publisher, serial }] of oracle) {
        expect(plain(cells.load(cell))).toEqual(plain({ publication, serial }))
        expect(cells.publisherOf(cell)).toEqual(publisher)
        expect(cells.expiresAtOf(cell)).toBe(publication.expiresAtMs)
        expect(cells.serialOf(cell)).toBe(serial)
      }
      for (const cell of oracle.keys()) cells.remove(cell)
      expect(cells.bytes).toBe(0)
    }),
    { seed: 59, numRuns: 200 },
  )
})

test('every length finds a cell that is large enough and takes a quarter more at most', () => {
  const cells = new RetainedCells()
  for (let length = 200; length <= 4000; length++) {
    const publication = createPublication({ topicName: 't', payload: new Uint8Array(length), qos: 0, retain: true })
    const bytes = cells.bytesFor(publication, undefined)
    expect(bytes).toBeGreaterThanOrEqual(length + 33)
    expect(bytes).toBeLessThanOrEqual(1.25 * (length + 33))
  }
})

test('what is kept of a message stays as it was when its cell is another’s', () => {
  const cells = new RetainedCells()
  const make = (text: string): Publication =>
    createPublication({ topicName: text, payload: Buffer.from(text), qos: 1, retain: true })
  const cell = cells.add(make('old'), undefined, 1)
  const { publication, serial } = cells.load(cell)
  const kept = { publication: publication.keep(), serial }
  const before = plain(kept)
  cells.remove(cell)
  const next = cells.add(make('new'), undefined, 2)
  expect(next).toBe(cell)
  expect(plain(kept)).toEqual(before)
  expect(publicationTopic(cells.load(next).publication)).toBe('new')
})

test('a publisher whose name cannot be encoded leaves the names of the one before as they are', () => {
  const cells = new RetainedCells()
  const publication = createPublication({ topicName: 't', payload: Buffer.from('x'), qos: 0, retain: true })
  const one = { clientId: 'one', userName: 'its user' }
  cells.add(publication, one, 1)
  const broken = { clientId: 'broken', userName: '\ud800' }
  for (let n = 0; n < 2; n++) expect(() => cells.add(publication, broken, 2)).toThrow(TypeError)
  expect(cells.publisherOf(cells.add(publication, one, 3))).toEqual(one)
})
