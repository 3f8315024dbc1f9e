// `npm start` hands its signals to the broker: scripts/foreground.mjs, with a stand-in for the broker.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type PeerProcess, startPeer } from './peers.ts'
import { root } from './source.ts'

const foreground = pathToFileURL(join(root, 'scripts', 'foreground.mjs')).href

const scriptFor = (program: string): string => `
    const { runForeground } = await import('${foreground}')
    process.exit(await runForeground(['-e', ${JSON.stringify(program)}]))`

function startInForeground(program: string): PeerProcess {
  return startPeer(process.execPath, ['--input-type=module', '-e', scriptFor(program)])
}

/** As npm does it: `sh -c`, and, because this is no shell's last command, a shell that stays. */
const underShell = (program: string): readonly string[] => [
  '-c',
  `"$0" --input-type=module -e "$1"; exit $?`,
  process.execPath,
  scriptFor(program),
]
const byNpm = { env: { npm_lifecycle_event: 'start' } }

const lastWords = `
  let interrupts = 0
  process.on('SIGINT', () => {
    if (++interrupts === 1) setTimeout(() => { console.log('interrupts ' + interrupts); process.exit(7) }, 200)
  })
  setInterval(() => {}, 1000)
  console.log('up ' + process.pid)`

const endsInOrder = `
  process.on('SIGTERM', () => { console.log('ending'); process.exit(0) })
  setInterval(() => {}, 1000)
  console.log('up')`

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
    const running = startInForeground(endsInOrder)
    await running.waitForLine('up')
    process.kill(running.pid, 'SIGHUP')
    expect(await running.exited).toBe(0)
    expect(running.lines).toContain('ending')
  })

  test('is told to end when the script that runs it is killed', async () => {
    const running = startInForeground(endsInOrder)
    await running.waitForLine('up')
    process.kill(running.pid, 'SIGKILL')
    await running.waitForLine('ending')
  })

  test('is told to end when the shell between npm and the script ends', async () => {
    const shell = startPeer('sh', underShell(endsInOrder), byNpm)
    await shell.waitForLine('up')
    process.kill(shell.pid, 'SIGTERM')
    await shell.waitForLine('ending')
  })

  test('is told to end when npm is killed and its shell is not', async () => {
    const npm = startPeer(
      process.execPath,
      ['-e', `require('node:child_process').spawn('sh', JSON.parse(process.argv[1]), { stdio: 'inherit' })`].concat(
        JSON.stringify(underShell(endsInOrder)),
      ),
      byNpm,
    )
    await npm.waitForLine('up')
    process.kill(npm.pid, 'SIGKILL')
    await npm.waitForLine('ending')
  })

  test('passes its exit code on, also when a signal ended it', async () => {
    expect(await startInForeground('process.exit(3)').exited).toBe(3)
    expect(await startInForeground("process.kill(process.pid, 'SIGKILL')").exited).toBe(137)
  })
})
