import { expect, test } from 'vitest'
import { PingTimer } from './ping-timer.ts'

test('before CONNACK the deadline is the time allowed for it, whatever arrives', () => {
  const timer = new PingTimer(1000, 500)
  timer.heard(1400)
  timer.sent(1400)
  expect(timer.deadlineMs).toBe(1500)
  expect(timer.unanswered).toBe(true)
})

test('[MQTT-3.1.2-20] silence in either direction asks for a PINGREQ before the interval is over', () => {
  const timer = new PingTimer(0, 500)
  timer.start(10, 0)
  expect(timer.deadlineMs).toBe(9000)
  timer.sent(5000)
  expect(timer.deadlineMs).toBe(9000)
  timer.heard(4000)
  expect(timer.deadlineMs).toBe(13_000)
})

test('after a PINGREQ anything that arrives is an answer, and half the interval is the time for it', () => {
  const timer = new PingTimer(0, 500)
  timer.start(10, 0)
  timer.pinged(9000)
  expect([timer.unanswered, timer.deadlineMs]).toEqual([true, 14_000])
  timer.heard(9500)
  expect([timer.unanswered, timer.deadlineMs]).toEqual([false, 18_000])
})

test('while nothing is read no answer is expected, and PINGREQ goes on', () => {
  const timer = new PingTimer(0, 500)
  timer.start(10, 0)
  timer.deaf = true
  timer.pinged(9000)
  expect([timer.unanswered, timer.deadlineMs]).toEqual([false, 18_000])
  timer.deaf = false
  timer.heard(20_000)
  expect(timer.unanswered).toBe(false)
})

test('a Keep Alive of 0 asks for nothing', () => {
  const timer = new PingTimer(0, 500)
  timer.start(0, 0)
  expect(timer.deadlineMs).toBe(Number.POSITIVE_INFINITY)
})
