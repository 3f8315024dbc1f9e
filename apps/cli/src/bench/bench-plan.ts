/** What `mq bench` was asked for, every value checked. */
import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import type { MessageProperties } from '@mq/core'
import type { Arguments } from '../argv/arguments.ts'
import { messagePropertiesOf, messagePropertyOptionOf, messagePropertyOptions } from '../argv/message-properties.ts'
import { choiceOf, durationMsOf, integerOf, qosOf, topicFilterOf, topicNameOf } from '../argv/values.ts'
import { connectPlanOf } from '../connection/connect-wishes.ts'
import type { ConnectWishes } from '../connection/connection.ts'
import { UsageError } from '../failure.ts'
import type { Io } from '../io.ts'
import { type Cast, castOf, copiesOf, filterOf, topicOf } from './assignment.ts'
import { type Condition, conditionsOf } from './fail-if.ts'
import { headerBytes } from './payload.ts'
import type { Mode, Topology } from './results.ts'

export interface BenchPlan {
  readonly mode: Mode
  readonly topology: Topology
  readonly cast: Cast
  readonly wishes: ConnectWishes
  readonly protocolVersion: 3 | 4 | 5
  readonly run: number
  /** Where connections come from, in turns; empty leaves that to the system. */
  readonly bind: readonly string[]
  readonly qos: 0 | 1 | 2
  readonly size: number
  /** Of every message. */
  readonly properties?: MessageProperties
  readonly topic: string
  readonly filter: string
  /** Per second; 0: as the window lets. */
  readonly rate: number
  readonly window: number
  readonly durationMs: number
  readonly warmupMs: number
  readonly workers: number
  readonly spin: boolean
  readonly pid: number | undefined
  readonly conditions: readonly Condition[]
  readonly output: 'table' | 'json' | 'csv'
  readonly progress: boolean
}

const modes = ['conn', 'pub', 'sub', 'e2e'] as const
const most = Number.MAX_SAFE_INTEGER

/** Which options mean nothing in a mode: better said than ignored. */
const unfit: { readonly [M in Mode]: readonly string[] } = {
  conn: ['topic', 'qos', 'size', 'topology', 'publishers', 'subscribers', 'warmup', 'spin', ...messagePropertyOptions],
  pub: ['topology', 'publishers', 'subscribers'],
  sub: ['topology', 'publishers', 'subscribers', 'rate', 'window', 'size', 'warmup', 'spin', ...messagePropertyOptions],
  e2e: [],
}

/** @throws UsageError, and Failure where a file cannot be read */
export async function benchPlanOf(given: Arguments, io: Io): Promise<BenchPlan> {
  const mode = modeOf(given)
  const strange = unfit[mode].find((name) => given.flag(name))
  if (strange !== undefined) throw new UsageError(`mq bench ${mode} has no use for --${strange}.`)
  const { wishes } = await connectPlanOf(given, io, false, messagePropertyOptionOf(given))
  const properties = messagePropertiesOf(given, [])
  const conditions = given.all('fail-if').flatMap(conditionsOf)
  if (given.flag('json') && given.flag('csv')) throw new UsageError('give --json or --csv, not both.')
  const topology = choiceOf('--topology', given.text('topology') ?? 'pair', ['pair', 'fanin', 'fanout', 'shared'])
  const cast = castFor(given, mode, topology)
  const run = Number.parseInt(io.randomHex(4), 16)
  const number = (name: string, fallback: number, least: number, limit = most): number =>
    integerOf(`--${name}`, given.text(name) ?? `${fallback}`, least, limit)
  const rateText = given.text('rate') ?? 'max'
  const rate = rateText === 'max' ? 0 : rateOf(rateText)
  const output = given.flag('json') ? 'json' : given.flag('csv') ? 'csv' : 'table'
  const { protocolVersion } = wishes
  const durationMs = durationMsOf('--duration', given.text('duration') ?? '10s')
  if (durationMs === 0 && mode !== 'conn') {
    throw new UsageError('--duration was given 0; nothing can be measured in no time.')
  }
  return {
    mode,
    topology,
    cast,
    wishes,
    protocolVersion: protocolVersion === 'auto' ? 5 : protocolVersion,
    run,
    bind: bindOf(given),
    qos: qosOf(given.written('qos'), given.text('qos') ?? '0'),
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    size: number('size', 64, headerBytes, 200_000_000),
    ...topicsFor(given, mode, topology, run, wishes.userName ?? ''),
    rate,
    window: number('window', 100, 1, 65_535),
    durationMs,
    warmupMs: mode === 'conn' || mode === 'sub' ? 0 : durationMsOf('--warmup', given.text('warmup') ?? '1s'),
    workers: workersFor(given, mode, topology, cast, rate),
    spin: given.flag('spin'),
    pid: pidOf(given.text('pid')),
    conditions,
    output,
    progress: given.flag('progress'),
  }
}

function modeOf(given: Arguments): Mode {
  const [word, ...more] = given.positionals
  if (word === undefined) throw new UsageError('mq bench needs to know what to measure: conn, pub, sub or e2e.')
  if (more.length > 0) throw new UsageError(`mq bench takes one word, and was given "${more[0]}" behind ${word}.`)
  return choiceOf('mq bench', word, modes)
}

function castFor(given: Arguments, mode: Mode, topology: Topology): Cast {
  const own = (name: 'publishers' | 'subscribers') => {
    const text = given.text(name)
    return text === undefined ? {} : { [name]: integerOf(`--${name}`, text, 1, connectionsMax) }
  }
  const count = integerOf(given.written('connections'), given.text('connections') ?? '1', 1, connectionsMax)
  const cast = castOf(mode, topology, count, { ...own('publishers'), ...own('subscribers') })
  if (mode === 'e2e' && topology === 'pair' && cast.publishers !== cast.subscribers) {
    throw new UsageError('a pair is one publisher and one subscriber: use -c, or another --topology.')
  }
  return cast
}

/** Ports are the limit long before. */
const connectionsMax = 1_000_000

function topicsFor(given: Arguments, mode: Mode, topology: Topology, run: number, userName: string) {
  const [own, ...more] = given.all('topic')
  if (more.length > 0) throw new UsageError('mq bench takes one --topic; %i in it makes many.')
  if (mode === 'sub') {
    const filter = own ?? 'mq-bench/#'
    topicFilterOf(given.written('topic'), topicOf(filter, 0, 'c', userName))
    return { topic: '', filter }
  }
  const topic = own ?? `mq-bench/${run.toString(36)}/%i`
  topicNameOf(given.written('topic'), topicOf(topic, 0, 'c', userName))
  const paired = topology === 'pair' && /%c/.test(topic) && mode === 'e2e'
  const filter = paired ? undefined : filterOf(topic, topology)
  if (filter === undefined) {
    throw new UsageError(
      paired
        ? '--topic with %c cannot be subscribed to by the other end of a pair; use %i.'
        : `--topic was given "${topic}"; for --topology ${topology}, %i and %c are whole levels, as in b/%i.`,
    )
  }
  return { topic, filter }
}

function bindOf(given: Arguments): readonly string[] {
  const addresses = given.all('bind').flatMap((text) => text.split(','))
  const strange = addresses.find((address) => isIP(address) === 0)
  if (strange === undefined) return addresses
  throw new UsageError(`--bind was given "${strange}"; allowed are IP addresses of this machine, such as 127.0.0.2.`)
}

/** Mostly comes from `$(pgrep …)`, which finds no process, or several. */
function pidOf(text: string | undefined): number | undefined {
  if (text === '')
    throw new UsageError('--pid was given nothing; it is the number of one process: does the broker run?')
  if (text !== undefined && /^\d+(\s+\d+)+$/.test(text)) {
    throw new UsageError(`--pid was given several processes, ${text.split(/\s+/).join(', ')}; it takes one.`)
  }
  return text === undefined ? undefined : integerOf('--pid', text, 1, most)
}

function rateOf(text: string): number {
  const rate = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (rate >= 0 && rate <= 1e9) return rate
  throw new UsageError(`--rate was given "${text}"; allowed is a number per second, or max.`)
}

function workersFor(given: Arguments, mode: Mode, topology: Topology, cast: Cast, rate: number): number {
  const text = given.text('workers')
  // Without a rate a publisher waits for what its subscribers have got, and so must see them.
  const together = mode === 'e2e' && rate === 0 && topology !== 'pair'
  const workers = text === undefined ? undefined : integerOf('--workers', text, 1, 1024)
  if (together && workers !== undefined && workers > 1) {
    throw new UsageError(`--topology ${topology} with --rate max takes one worker; give a --rate for more.`)
  }
  // One core is the broker's.
  const free = together ? 1 : Math.max(1, availableParallelism() - 1)
  return Math.min(workers ?? free, Math.max(cast.publishers, cast.subscribers, cast.idle))
}

/** How many deliveries a publisher awaits for each message before it sends more than the window: 0 for none. */
export function feedbackOf({ mode, rate, topology, cast }: BenchPlan): number {
  return mode === 'e2e' && rate === 0 ? copiesOf(topology, cast.subscribers) : 0
}
