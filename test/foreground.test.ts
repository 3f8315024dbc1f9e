// `npm start` hands its signals to the broker: scripts/foreground.mjs, with a stand-in for the broker.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type PeerProcess, startPeer } from './peers.ts'
import { root } from './source.ts'

const foreground = pathToFileURL(join(root, 'scripts', 'foreground.mjs')).href

function startInForeground(program: string): PeerProcess {
  const script = `
    const { runForeground } = await import('${foreground}')
    process.exit(await runForeground(process.execPath, ['-e', ${JSON.stringify(program)}]))`
  return startPeer(process.execPath, ['--input-type=module', '-e', script])
}

const lastWords = `
  let interrupts = 0
  process.on('SIGINT', () => {
    if (++interrupts === 1) setTimeout(() => { console.log('interrupts ' + interrupts); process.exit(7) }, 200)
  })
  setInterval(() => {}, 1000)
  console.log('up ' + process.pid)`

describe.skipIf(process.platform === 'win32')('a program in the foreground', () => {
  test('sees one Ctrl-C once, though the terminal and npm both send it, and is waited for', async () => {
    const running = startInForeground(lastWords)
    await running.waitForLine(/^up/)
    process.kill(running.pid, 'SIGINT')
    process.kill(running.pid, 'SIGINT')
    expect(await running.exited).toBe(7)
    expect(running.lines).toContain('interrupts 1')
  })

  test('is in a process group of its own, out of reach of the terminal', async () => {
    const running = startInForeground(lastWords)
    const [, pid] = (await running.waitForLine(/^up/)).split(' ')
    // A process group can be signalled by its leader's pid; 0 only asks whether it exists.
    expect(process.kill(-Number(pid), 0)).toBe(true)
  })

  test('is told to end when the terminal goes away', async () => {
    const running = startInForeground(`
      process.on('SIGTERM', () => { console.log('ending'); process.exit(0) })
      setInterval(() => {}, 1000)
      console.log('up')`)
    await running.waitForLine('up')
    process.kill(running.pid, 'SIGHUP')
    expect(await running.exited).toBe(0)
    expect(running.lines).toContain('ending')
  })

  test('passes its exit code on, also when a signal ended it', async () => {
    expect(await startInForeground('process.exit(3)').exited).toBe(3)
    expect(await startInForeground("process.kill(process.pid, 'SIGKILL')").exited).toBe(137)
  })
})
