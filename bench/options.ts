/** The options of `npm run bench --`, checked before anything is built or measured. */
import { parseArgs } from 'node:util'
import { brokerNames } from './brokers.ts'

export const help: string = `npm run bench -- [options]

  --micro              only the micro benchmarks
  --e2e                only brokers side by side
  --scale              only much of everything: receivers, subscriptions, retained messages
  --scenario <text>    only scenarios with this in their name: pair, fanout, fanin, sparse, protocol, idle
  --brokers <names>    ${brokerNames.join(',')}, where installed [all]
  --rounds <n>         how often each is measured [3; micro 15]
  --seconds <n>        how long each time, brokers side by side [1.5]
  --idle <n>           idle connections of each broker, 0 for none [5000]
  --many <n>           idle connections of ours alone, 0 for none [50000, or as many as ulimit -n lets]
  --docs               write docs/performance.md's tables and charts, too; measures everything
  --from <file>        measure nothing: read this result (with --docs)
  --no-build           measure what was built last
`

export interface Options {
  readonly micro: boolean
  readonly e2e: boolean
  readonly scale: boolean
  readonly scenario: string | undefined
  readonly brokers: readonly string[]
  /** Undefined: as many as suit what is measured. */
  readonly rounds: number | undefined
  readonly seconds: number
  readonly idle: number
  readonly many: number
  readonly docs: boolean
  readonly from: string | undefined
  readonly build: boolean
  readonly help: boolean
}

/** @throws Error with a sentence about what is wrong */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      micro: { type: 'boolean', default: false },
      e2e: { type: 'boolean', default: false },
      scale: { type: 'boolean', default: false },
      scenario: { type: 'string' },
      brokers: { type: 'string', default: brokerNames.join(',') },
      rounds: { type: 'string' },
      seconds: { type: 'string', default: '1.5' },
      idle: { type: 'string', default: '5000' },
      many: { type: 'string', default: '50000' },
      docs: { type: 'boolean', default: false },
      from: { type: 'string' },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const { micro, e2e, scale, scenario, docs, from } = values
  const brokers = values.brokers.split(',')
  const unknown = brokers.find((name) => !brokerNames.includes(name))
  if (unknown !== undefined) throw new Error(`--brokers knows no "${unknown}", but ${brokerNames.join(', ')}`)
  if (docs && from === undefined && (micro || e2e || scale || scenario !== undefined)) {
    throw new Error('--docs needs all of it: leave out --micro, --e2e, --scale and --scenario')
  }
  if (from !== undefined && !docs) throw new Error('--from does nothing without --docs')
  return {
    micro,
    e2e,
    scale,
    scenario,
    brokers,
    rounds: values.rounds === undefined ? undefined : wholeOf('--rounds', values.rounds, 1),
    seconds: secondsOf(values.seconds),
    idle: wholeOf('--idle', values.idle, 0),
    many: wholeOf('--many', values.many, 0),
    docs,
    from,
    build: !values['no-build'],
    help: values.help,
  }
}

function wholeOf(option: string, text: string, min: number): number {
  const number = Number(text)
  if (text === '' || !Number.isInteger(number) || number < min) {
    throw new Error(`${option} was given "${text}"; allowed is a whole number from ${min}`)
  }
  return number
}

function secondsOf(text: string): number {
  const seconds = Number(text)
  if (!(seconds > 0 && seconds < Number.POSITIVE_INFINITY)) {
    throw new Error(`--seconds was given "${text}"; allowed is a number above 0`)
  }
  return seconds
}
