import { expect, test } from 'vitest'
import { describePeer, peer, startPeer } from './peers.ts'

test('lines are collected and waited for, before and after they come', async () => {
  const program = 'console.log("one"); console.error("oops"); process.stdin.on("data", (d) => console.log("got " + d))'
  const running = startPeer(process.execPath, ['-e', program])
  expect(await running.waitForLine('one')).toBe('one')
  expect(await running.waitForLine(/^oo/)).toBe('oops')
  running.write('x\n')
  expect(await running.waitForLine(/^got/)).toBe('got x')
  expect(running.lines.slice(0, 2)).toEqual(['one', 'got x'])
  expect(running.errorLines).toEqual(['oops'])
})

test('waiting ends with the peer, with what it said', async () => {
  const running = startPeer(process.execPath, ['-e', 'console.log("last words"); process.exit(3)'])
  await expect(running.waitForLine('never')).rejects.toThrow(/the peer ended without never[\s\S]*last words/)
  expect(await running.exited).toBe(3)
  await expect(running.waitForLine('never')).rejects.toThrow('the peer ended')
})

test('a peer that cannot be started says so', async () => {
  const running = startPeer('/nonexistent/peer', [])
  await expect(running.waitForLine('never')).rejects.toThrow('ENOENT')
  expect(await running.exited).toBe(-1)
})

let abandonedPid = 0
test('a peer is started and left running', async () => {
  const running = startPeer(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1000)'])
  await running.waitForLine('up')
  abandonedPid = running.pid
})

test('and is gone when the test that started it is over', () => {
  expect(() => process.kill(abandonedPid, 0)).toThrow('ESRCH')
})

test('stop() insists when a peer ignores SIGTERM', async () => {
  const stubborn = 'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)'
  const running = startPeer(process.execPath, ['-e', stubborn])
  await running.waitForLine('up')
  await running.stop(50)
  expect(await running.exited).toBe('SIGKILL')
})

describePeer('paho', 'paho', (python) => {
  test('is an interpreter that has paho-mqtt', async () => {
    const running = startPeer(python, ['-c', 'import paho.mqtt as p; print("paho", p.__version__)'])
    expect(await running.waitForLine(/^paho/)).toMatch(/^paho [12]\./)
    expect(peer('paho')).toBe(python)
  })
})
