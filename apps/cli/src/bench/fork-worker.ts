/** Workers as processes. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FromWorker, StartWorker } from './worker-messages.ts'

export const forkWorker: StartWorker = (heard, ended) => {
  // The extension is the one of this file: .ts in the workspace, .js once built.
  const entry = fileURLToPath(new URL(import.meta.url.replace('fork-worker.', 'worker-process.')))
  // Advanced: bytes and NaN stay what they are.
  const child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  child.on('message', (message: FromWorker) => heard(message))
  child.on('error', (error) => ended(error.message))
  child.on('exit', (code, signal) => ended(code === 0 ? undefined : `it ended with ${signal ?? `exit code ${code}`}`))
  return {
    send: (message) => {
      if (child.connected) child.send(message)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}
