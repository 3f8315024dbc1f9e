/**
 * mq conformance: does it speak MQTT? The cases of @mq/conformance against any broker.
 *
 * The report is on stdout, everything else on stderr. Exit code 0: nothing failed; 1: something did.
 */
import { allCases, type CaseResult, runSuite } from '@mq/conformance'
import type { Arguments } from '../argv/arguments.ts'
import { brokerPeer } from '../conformance/broker-peer.ts'
import { type ConformancePlan, conformancePlanOf } from '../conformance/conformance-plan.ts'
import { countsOf, type Outcome, type Play, versionNames } from '../conformance/outcome.ts'
import { jsonOf } from '../conformance/report-json.ts'
import { junitOf } from '../conformance/report-junit.ts'
import { textOf } from '../conformance/report-text.ts'
import { sectionOf } from '../conformance/section.ts'
import { select, type Version } from '../conformance/selection.ts'
import { ExitCode } from '../exit-code.ts'
import { Failure, messageOf } from '../failure.ts'
import type { Io } from '../io.ts'
import { colourWanted } from '../output/renderer.ts'

export async function conformance(given: Arguments, io: Io): Promise<number> {
  const plan = await conformancePlanOf(given, io)
  const outcome = await play(plan, io, given.flag('quiet'))
  await io.stdout.write(reportOf(plan, outcome, io))
  if (plan.junitFile !== undefined) {
    try {
      await io.writeFile(plan.junitFile, junitOf(outcome))
    } catch (error) {
      const sentence = `--junit ${plan.junitFile} cannot be written: ${messageOf(error)}.`
      throw new Failure(sentence, ExitCode.input, { cause: error })
    }
  }
  const { failed } = countsOf(outcome.plays.map(({ result }) => result))
  return failed === 0 ? ExitCode.done : ExitCode.unexpected
}

async function play(plan: ConformancePlan, io: Io, quiet: boolean): Promise<Outcome> {
  const cases = select(allCases(), plan.selection)
  const total = cases.reduce((sum, { versions }) => sum + versions.length, 0)
  const progress = progressOf(io, quiet, total)
  const interruption = new AbortController()
  const interrupted = new Promise<never>((_, reject) => {
    interruption.signal.addEventListener('abort', () => {
      reject(new Failure('interrupted: a part of the suite would be no answer.', ExitCode.unexpected))
    })
  })
  const forget = io.onInterrupt(() => interruption.abort())
  const startedAt = io.now()
  const startedMs = performance.now()
  let playedMs = startedMs
  const plays: Play[] = []
  const onResult = (result: CaseResult): void => {
    const nowMs = performance.now()
    plays.push({ result, seconds: (nowMs - playedMs) / 1000 })
    playedMs = nowMs
    progress.show(result)
  }
  try {
    const { timeoutMs, slow, url, selection } = plan
    // One runner, one broker: after an interruption nothing can be opened, and what it says then is not listened to.
    await Promise.race([
      runSuite(cases, brokerPeer(plan, interruption.signal), { timeoutMs, slow, onResult }),
      interrupted,
    ])
    refuseNothing(plays, url, selection.versions)
    const seconds = (performance.now() - startedMs) / 1000
    return { url, versions: versionsOf(plays), startedAt, seconds, plays }
  } finally {
    progress.clear()
    forget()
  }
}

/** Nothing failed where nothing was played: a server that takes no CONNECT is as good as none. */
function refuseNothing(plays: readonly Play[], url: string, versions: readonly Version[]): void {
  if (plays.some(({ result }) => !isUnspoken(result))) return
  const names = versions.map((version) => versionNames[version]).join(' or ')
  throw new Failure(
    `${url} can be reached, but takes no CONNECT of MQTT ${names} without a user name; it may be no MQTT broker.`,
    ExitCode.unreachable,
  )
}

function isUnspoken({ outcome, problem }: CaseResult): boolean {
  return outcome === 'skipped' && problem?.startsWith('the server does not speak') === true
}

function versionsOf(plays: readonly Play[]): readonly Version[] {
  return ([3, 4, 5] as const).filter((version) =>
    plays.some(({ result }) => result.version === version && !isUnspoken(result)),
  )
}

function reportOf(plan: ConformancePlan, outcome: Outcome, io: Io): string {
  switch (plan.output) {
    case 'json':
      return `${JSON.stringify(jsonOf(outcome))}\n`
    case 'junit':
      return junitOf(outcome)
    case 'text':
      return textOf(outcome, { colour: io.stdout.isTty && colourWanted(io) })
  }
}

/** One line that is written over, on a terminal only. */
function progressOf({ stderr }: Io, quiet: boolean, total: number) {
  let done = 0
  let failed = 0
  return {
    show(result: CaseResult): void {
      done += 1
      if (result.outcome === 'failed') failed += 1
      if (quiet || !stderr.isTty) return
      const bad = failed === 0 ? '' : `, ${failed} failed`
      void stderr.write(`\r\u001b[K${done} of ${total}${bad}: ${sectionOf(result.case.ids)}`)
    },
    clear(): void {
      if (!quiet && stderr.isTty && done > 0) void stderr.write('\r\u001b[K')
    },
  }
}
