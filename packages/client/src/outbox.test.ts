import { type Transport, Writer } from '@mq/core'
import { expect, test } from 'vitest'
import { Outbox } from './outbox.ts'

/** A transport that takes nothing until it is told to, and reads what it was given only then. */
function slowTransport() {
  const given: Uint8Array[] = []
  const read: number[] = []
  const state = { takes: true }
  const transport: Transport = {
    peer: 'slow',
    get pendingBytes() {
      return given.reduce((sum, { length }) => sum + length, 0)
    },
    attach() {},
    write(bytes) {
      if (state.takes) read.push(...bytes)
      else given.push(bytes)
      return state.takes
    },
    pause() {},
    resume() {},
    end() {},
    destroy() {},
  }
  const readGiven = () => {
    for (const bytes of given.splice(0)) read.push(...bytes)
  }
  return { transport, state, read, readGiven }
}

function outboxOver(transport: Transport) {
  const deferred: (() => void)[] = []
  const fullness: boolean[] = []
  const outbox = new Outbox({
    defer: (run) => deferred.push(run),
    flushed: () => {},
    changed: (full) => fullness.push(full),
  })
  outbox.attach(transport)
  const writer = new Writer(outbox)
  const write = (...bytes: number[]) => {
    writer.reserve(bytes.length)
    writer.bytes.set(bytes, writer.at)
    writer.at += bytes.length
  }
  const endTurn = () => {
    for (const run of deferred.splice(0)) run()
  }
  return { outbox, write, endTurn, fullness, deferred }
}

test('one turn is one write', () => {
  const { transport, read } = slowTransport()
  const { write, endTurn, deferred } = outboxOver(transport)
  write(1)
  write(2, 3)
  expect(read).toEqual([])
  expect(deferred).toHaveLength(1)
  endTurn()
  expect(read).toEqual([1, 2, 3])
  write(4)
  endTurn()
  expect(read).toEqual([1, 2, 3, 4])
})

test('while the transport reads a chunk, the chunk is not written over, and the order stays', () => {
  const { transport, state, read, readGiven } = slowTransport()
  const { outbox, write, endTurn } = outboxOver(transport)
  state.takes = false
  write(1, 1, 1)
  endTurn()
  write(2, 2)
  endTurn()
  write(3)
  endTurn()
  expect(read).toEqual([])
  state.takes = true
  readGiven()
  outbox.drained()
  expect(read).toEqual([1, 1, 1, 2, 2, 3])
})

test('it is full when much is unsent, and says when that is over', () => {
  const { transport, state, readGiven } = slowTransport()
  const { outbox, write, endTurn, fullness } = outboxOver(transport)
  state.takes = false
  const block = new Array<number>(10_000).fill(7)
  for (let i = 0; i < 40; i++) write(...block)
  endTurn()
  expect(fullness).toEqual([true])
  state.takes = true
  readGiven()
  outbox.drained()
  expect(fullness).toEqual([true, false])
})
