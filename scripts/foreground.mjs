// Runs one program of Node.js in the foreground as if it were this one: its output, its signals, its exit code. And it ends
// when there is nobody left to run it for: when npm is gone, or this script.
//
// The program gets a process group of its own and its signals from here. In a terminal one Ctrl-C arrives here twice (from
// the terminal, and again from npm), and would reach the program a third time; it must see it once, because a second one may
// mean "do not wait".

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { onStarterGone } from './starter.mjs'

const sameKeypressMs = 500
const endsWithStarter = new URL('./ends-with-starter.mjs', import.meta.url).href
const forwarded = { SIGINT: 'SIGINT', SIGTERM: 'SIGTERM', SIGHUP: 'SIGTERM' /* the terminal is gone */ }

/**
 * @param {readonly string[]} args of `node`
 * @returns {Promise<number>} its exit code; 128 plus the number of the signal that ended it
 */
export function runForeground(args) {
  // Windows has no process groups that a signal could be kept from: there the terminal tells the program itself.
  const ownGroup = process.platform !== 'win32'
  const child = spawn(process.execPath, ['--import', endsWithStarter, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: ownGroup,
  })
  onStarterGone(() => child.kill('SIGTERM'))
  let forwardedAtMs = Number.NEGATIVE_INFINITY
  for (const [received, sent] of Object.entries(forwarded)) {
    process.on(received, () => {
      const nowMs = performance.now()
      if (!ownGroup || nowMs - forwardedAtMs < sameKeypressMs) return
      forwardedAtMs = nowMs
      child.kill(sent)
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}
