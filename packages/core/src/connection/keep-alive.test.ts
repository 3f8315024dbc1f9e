import { equal } from 'node:assert/strict'
import { test } from 'vitest'
import { KeepAlive } from './keep-alive.ts'

test('[MQTT-3.1.2-22] a server waits one and a half times the interval, from what it heard last', () => {
  const keepAlive = new KeepAlive()
  keepAlive.start(10, 1.5, 1000)
  equal(keepAlive.deadlineMs, 16_000)
  keepAlive.heard(7000)
  equal(keepAlive.deadlineMs, 22_000)
})

test('a Keep Alive of 0 has no end, nor has one that was not started', () => {
  const keepAlive = new KeepAlive()
  equal(keepAlive.deadlineMs, Number.POSITIVE_INFINITY)
  keepAlive.start(0, 1.5, 1000)
  keepAlive.heard(2000)
  equal(keepAlive.deadlineMs, Number.POSITIVE_INFINITY)
})
