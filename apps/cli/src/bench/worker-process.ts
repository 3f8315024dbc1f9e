// The entry of a worker process: a Generator whose starter is at the other end of the channel.
import { Generator } from './generator.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

const generator = new Generator((message: FromWorker) => {
  if (!process.connected) return
  const last = message.type === 'report'
  process.send?.(message, undefined, {}, () => {
    if (last) process.disconnect()
  })
})
process.on('message', (message: ToWorker) => generator.receive(message))
// Without its starter it has nobody to report to. A last DISCONNECT may still be on its way.
process.on('disconnect', () => setTimeout(() => process.exit(0), 50))
// Ctrl-C reaches the whole group; the starter decides what it means.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
