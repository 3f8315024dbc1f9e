// `npm start`: install, build, run the broker in the foreground. Arguments after `--` go to `mq broker`.
//
// The broker runs in a process group of its own and gets its signals from here. In a terminal one Ctrl-C arrives here twice
// (from the terminal and again from npm); the broker must see it once, because a second one may mean "do not wait".

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { build, install, requireNode, root } from './workspace.mjs'

const sameKeypressMs = 500

requireNode()
if (!(await install())) {
  console.error('mq could not install its dependencies (see above): is the npm registry reachable?')
  process.exit(1)
}
if (!(await build())) {
  console.error('mq could not be built (see above).')
  process.exit(1)
}
console.log('▸ Starting the broker; stop it with Ctrl-C')

const ownGroup = process.platform !== 'win32'
const executable = join(root, 'apps', 'cli', 'bin', 'mq.js')
const broker = spawn(process.execPath, [executable, 'broker', ...process.argv.slice(2)], {
  stdio: 'inherit',
  detached: ownGroup,
})

let forwardedAtMs = Number.NEGATIVE_INFINITY
for (const [received, sent] of [
  ['SIGINT', 'SIGINT'],
  ['SIGTERM', 'SIGTERM'],
  // The terminal is gone: end as if asked to.
  ['SIGHUP', 'SIGTERM'],
]) {
  process.on(received, () => {
    const nowMs = performance.now()
    if (!ownGroup || nowMs - forwardedAtMs < sameKeypressMs) return
    forwardedAtMs = nowMs
    broker.kill(sent)
  })
}
broker.on('error', (error) => {
  console.error(`mq could not start the broker: ${error.message}`)
  process.exit(1)
})
broker.on('exit', (code, signal) => {
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0))
})
