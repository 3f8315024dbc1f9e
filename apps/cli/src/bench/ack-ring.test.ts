import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AckRing } from './ack-ring.ts'

test('gives back what a Map would, whatever the order of the answers', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(500)), { maxLength: 2000 }), (steps) => {
      const ring = new AckRing()
      const underWay = new Map<number, number>()
      for (const [index, step] of steps.entries()) {
        const ids = [...underWay.keys()]
        const packetId = step === null ? undefined : ids[step % Math.max(1, ids.length)]
        if (packetId === undefined) {
          const id = ring.begin(index)
          expect(underWay.has(id)).toBe(false)
          underWay.set(id, index)
        } else {
          expect(ring.end(packetId)).toBe(underWay.get(packetId))
          underWay.delete(packetId)
          expect(ring.end(packetId)).toBe(-1)
        }
        expect(ring.inFlight).toBe(underWay.size)
      }
    }),
  )
})

test('goes round the identifiers, and skips none', () => {
  const ring = new AckRing()
  const wrong: number[] = []
  for (let number = 0; number < 200_000; number++) {
    const packetId = ring.begin(number)
    if (packetId !== (number % 65_535) + 1 || ring.end(packetId) !== number) wrong.push(number)
  }
  expect(wrong).toEqual([])
})

test('is full when every identifier is under way', () => {
  const ring = new AckRing()
  for (let number = 0; number < 65_535; number++) ring.begin(number)
  expect(ring.ready).toBe(false)
  // One that is not the oldest frees no room: the sequence would come round to it.
  ring.end(7)
  expect(ring.ready).toBe(false)
  ring.end(1)
  expect(ring.ready).toBe(true)
})
