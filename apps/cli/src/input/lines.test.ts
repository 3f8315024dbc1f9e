import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lines } from './lines.ts'

test('lines are the same however the bytes were cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.constantFrom(0x0a, 0x0d, 0x61, 0xff))), async (chunks) => {
      const bytes = chunks.flat()
      const expected: number[][] = [[]]
      for (const byte of bytes) {
        if (byte === 0x0a) expected.push([])
        else expected.at(-1)?.push(byte)
      }
      if (expected.at(-1)?.length === 0) expected.pop()
      const found: number[][] = []
      const stream = (async function* () {
        for (const chunk of chunks) yield Uint8Array.from(chunk)
      })()
      for await (const line of lines(stream)) found.push([...line])
      expect(found).toEqual(expected)
    }),
  )
})
