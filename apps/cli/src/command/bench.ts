/**
 * mq bench: load for a broker, and what came of it.
 *
 * The report is on stdout, everything else on stderr. Exit code 0 says that it was measured; 1 that a condition of
 * --fail-if holds.
 */
import type { Arguments } from '../argv/arguments.ts'
import { benchPlanOf } from '../bench/bench-plan.ts'
import type { ProgressSum } from '../bench/crew.ts'
import { failuresOf } from '../bench/fail-if.ts'
import { measure } from '../bench/measure.ts'
import { csvOf, jsonOf } from '../bench/report-data.ts'
import { tableOf, whole } from '../bench/report-table.ts'
import type { StartWorker } from '../bench/worker-messages.ts'
import { ExitCode } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { statusOf } from './status.ts'

export async function bench(given: Arguments, io: Io, startWorker: StartWorker): Promise<number> {
  const status = statusOf(given, io)
  const plan = await benchPlanOf(given, io)
  const abort = new AbortController()
  const forget = io.onInterrupt(() => abort.abort())
  const progress = progressOf(io, given.flag('quiet'), plan.progress)
  try {
    const results = await measure(plan, {
      startWorker,
      interrupted: abort.signal,
      progress: progress.show,
    })
    progress.clear()
    for (const bottleneck of results.bottlenecks) {
      status.warn(`the generator was the bottleneck, so these figures are its own: ${bottleneck}.`)
    }
    const { connectsFailed, lostConnections } = results.counters
    if (connectsFailed > 0) status.warn(`${connectsFailed} of ${results.connections} connections could not be made.`)
    if (lostConnections > 0) status.warn(`${lostConnections} connections were lost.`)
    if (plan.pid !== undefined && results.broker === undefined) {
      status.warn(`nothing could be read of process ${plan.pid}: is it there, and is this Linux?`)
    }
    const failed = failuresOf(plan.conditions, results)
    if (plan.output === 'json') await io.stdout.write(`${JSON.stringify(jsonOf(results, failed))}\n`)
    else if (plan.output === 'csv') await io.stdout.write(csvOf(results))
    else await io.stdout.write(tableOf(results))
    for (const failure of failed) status.error(`failed: ${failure}.`)
    return failed.length === 0 ? ExitCode.done : ExitCode.unexpected
  } finally {
    progress.clear()
    forget()
  }
}

/** One line that is written over on a terminal; elsewhere, if wanted, a line now and then. */
function progressOf(io: Io, quiet: boolean, always: boolean) {
  const { stderr } = io
  let shownMs = Number.NEGATIVE_INFINITY
  let isDirty = false
  return {
    show(phase: 'connecting' | 'running' | 'draining', sum: ProgressSum, elapsedMs: number): void {
      if (quiet || (!stderr.isTty && (!always || elapsedMs - shownMs < 5000))) return
      shownMs = elapsedMs
      const { connected, sent, received } = sum
      const text = `${phase} ${(elapsedMs / 1000).toFixed(0)} s: ${whole(connected)} connected, ${whole(sent)} sent, ${whole(received)} received`
      void stderr.write(stderr.isTty ? `\r\u001b[K${text}` : `mq: ${text}\n`)
      isDirty = stderr.isTty
    },
    clear(): void {
      if (isDirty) void stderr.write('\r\u001b[K')
      isDirty = false
    },
  }
}
