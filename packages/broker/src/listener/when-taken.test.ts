import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { whenTaken } from './when-taken.ts'

/** A socket that takes a write when it is told to. */
class SlowSocket extends Socket {
  readonly waiting: (() => void)[] = []

  override _write(_chunk: unknown, _encoding: unknown, taken: () => void): void {
    this.waiting.push(taken)
  }

  override _writev(_chunks: unknown, taken: () => void): void {
    this.waiting.push(taken)
  }

  async takeAll(): Promise<void> {
    for (let taken = this.waiting.shift(); taken !== undefined; taken = this.waiting.shift()) {
      taken()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

test('what somebody else writes behind it is not waited for', async () => {
  const socket = new SlowSocket()
  let taken = 0
  socket.write(Buffer.alloc(100))
  whenTaken(socket, () => {
    taken++
  })
  socket.write('pong')
  expect(taken).toBe(0)
  socket.waiting.shift()?.()
  // There is always one more.
  socket.write('pong')
  await socket.takeAll()
  expect(taken).toBe(1)
})

test('a socket that broke has taken nothing', async () => {
  const socket = new SlowSocket()
  socket.on('error', () => undefined)
  let taken = 0
  socket.write(Buffer.alloc(100))
  whenTaken(socket, () => {
    taken++
  })
  socket.destroy(new Error('reset'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(taken).toBe(0)
})
