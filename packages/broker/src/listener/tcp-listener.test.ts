import { once } from 'node:events'
import net from 'node:net'
import type { Transport } from '@mq/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Listener } from './listener.ts'
import * as oneBuffer from './one-buffer.ts'
import { listenTcp } from './tcp-listener.ts'

vi.mock(import('./one-buffer.ts'), { spy: true })

const opened: { destroy(): void }[] = []
beforeEach(() => {
  vi.resetAllMocks()
})
afterEach(() => {
  for (const each of opened.splice(0)) each.destroy()
})

/** Two connections, one after the other, and the chunks that they were given. */
async function chunksOf(
  texts: readonly string[],
): Promise<{ chunks: Uint8Array[]; heard: string[]; remarks: string[] }> {
  const chunks: Uint8Array[] = []
  const heard: string[] = []
  const remarks: string[] = []
  let next = (): void => {}
  const accept = (transport: Transport): void => {
    opened.push(transport)
    transport.attach({
      data: (chunk) => {
        chunks.push(chunk)
        heard.push(Buffer.from(chunk).toString())
        next()
      },
      drained: () => {},
      lost: () => {},
    })
  }
  const listener: Listener = await listenTcp({
    url: new URL('tcp://127.0.0.1:0'),
    host: '127.0.0.1',
    port: 0,
    accept,
    logsPeers: () => false,
    trouble: (error) => expect.fail(String(error)),
    remark: (sentence) => remarks.push(sentence),
  })
  opened.push({ destroy: () => void listener.close() })
  for (const text of texts) {
    const came = new Promise<void>((resolve) => {
      next = resolve
    })
    const socket = net.connect(Number(new URL(listener.url).port), '127.0.0.1')
    opened.push(socket)
    await once(socket, 'connect')
    socket.write(text)
    await came
  }
  return { chunks, heard, remarks }
}

test('all its connections read into one buffer, and there is nothing to remark', async () => {
  const { chunks, heard, remarks } = await chunksOf(['one', 'two'])
  expect(heard).toEqual(['one', 'two'])
  expect(chunks[0]?.buffer).toBe(chunks[1]?.buffer)
  expect(remarks).toEqual([])
})

test('where that cannot be done each reads for itself, and it is said', async () => {
  vi.mocked(oneBuffer.readIntoOneBuffer).mockReturnValue(false)
  const { chunks, heard, remarks } = await chunksOf(['one', 'two'])
  expect(heard).toEqual(['one', 'two'])
  expect(chunks.map((chunk) => Buffer.from(chunk).toString())).toEqual(['one', 'two'])
  expect(remarks).toHaveLength(1)
})
