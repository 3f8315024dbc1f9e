import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHeader, createPayload, headerBytes, nowUs, readHeader, writeHeader } from './payload.ts'

const u32 = fc.integer({ min: 0, max: 0xffff_ffff })

test('what is written is read, wherever it lies', () => {
  fc.assert(
    fc.property(
      u32,
      u32,
      u32,
      fc.integer({ min: 0, max: 2 ** 53 - 1 }),
      fc.nat(9),
      fc.nat(50),
      (run, publisher, sequence, dueUs, before, filling) => {
        const payload = createPayload(headerBytes + filling)
        writeHeader(payload, run, publisher, sequence, dueUs)
        const chunk = new Uint8Array(before + payload.length + 3)
        chunk.set(payload, before)
        const header = createHeader()
        expect(readHeader(header, chunk, before, before + payload.length)).toBe(true)
        expect(header).toEqual({ run, publisher, sequence, dueUs })
      },
    ),
  )
})

test("somebody else's payload is none of ours", () => {
  const header = createHeader()
  expect(readHeader(header, new Uint8Array(100), 0, 100)).toBe(false)
  const payload = createPayload(headerBytes)
  writeHeader(payload, 1, 2, 3, 4)
  expect(readHeader(header, payload, 0, headerBytes - 1)).toBe(false)
  expect(readHeader(header, payload, 0, headerBytes)).toBe(true)
})

test('the clock tells the time of day in microseconds, and does not go back', () => {
  const first = nowUs()
  expect(Math.abs(first / 1000 - Date.now())).toBeLessThan(60_000)
  expect(nowUs()).toBeGreaterThanOrEqual(first)
})
