/** What `mq conformance` was asked for, every value checked. */
import type { Arguments } from '../argv/arguments.ts'
import { durationMsOf, protocolVersionOf } from '../argv/values.ts'
import { addressOf } from '../connection/address.ts'
import type { TlsWishes } from '../connection/connection.ts'
import { tlsOf } from '../connection/tls-files.ts'
import { UsageError } from '../failure.ts'
import type { Io } from '../io.ts'
import { type Selection, statementIdOf } from './selection.ts'

export interface ConformancePlan {
  readonly url: string
  readonly tls: TlsWishes | undefined
  readonly selection: Selection
  /** How long an answer may take. */
  readonly timeoutMs: number
  /** Play the cases that wait. */
  readonly slow: boolean
  /** What stdout gets. */
  readonly output: 'text' | 'json' | 'junit'
  /** JUnit XML goes here besides. */
  readonly junitFile: string | undefined
}

/** @throws UsageError, and Failure where a file cannot be read */
export async function conformancePlanOf(given: Arguments, io: Io): Promise<ConformancePlan> {
  const [url, ...more] = given.positionals
  if (more.length > 0) throw new UsageError(`mq conformance takes one URL, and was given "${more[0]}" behind it.`)
  if (url !== undefined && (given.in('flags', 'url') ?? given.in('flags', 'host')) !== undefined) {
    throw new UsageError('give the URL as an argument, or --url or --host, not both.')
  }
  const address = addressOf(url === undefined ? given : withUrl(given, url))
  if (address.userName !== undefined) {
    throw new UsageError('mq conformance connects without a user name; let the broker take anonymous clients.')
  }
  if (address.topic !== undefined) {
    throw new UsageError(`mq conformance makes its own topics; leave out /${address.topic} behind the address.`)
  }
  const junit = given.text('junit')
  if (given.flag('json') && junit === '-') throw new UsageError('give --json or --junit -, not both: stdout is one.')
  const version = protocolVersionOf(given.written('protocol-version'), given.text('protocol-version') ?? 'auto')
  const timeoutMs = durationMsOf(given.written('timeout'), given.text('timeout') ?? '3s')
  if (timeoutMs === 0) throw new UsageError('--timeout was given 0; an answer needs some time.')
  return {
    url: address.url,
    tls: address.tls ? await tlsOf(given, io) : undefined,
    selection: {
      versions: version === 'auto' ? [3, 4, 5] : [version],
      sections: given.all('section'),
      statements: given.all('statement').map(statementIdOf),
    },
    timeoutMs,
    slow: !given.flag('skip-slow'),
    output: given.flag('json') ? 'json' : junit === '-' ? 'junit' : 'text',
    junitFile: junit === '-' ? undefined : junit,
  }
}

/** As if it stood behind --url. */
function withUrl(given: Arguments, url: string): Arguments {
  const isUrl = (name: string): boolean => name === 'url'
  return {
    ...given,
    text: (name) => (isUrl(name) ? url : given.text(name)),
    all: (name) => (isUrl(name) ? [url] : given.all(name)),
    flag: (name) => isUrl(name) || given.flag(name),
    in: (layer, name) => (isUrl(name) && layer === 'flags' ? url : given.in(layer, name)),
    written: (name) => (isUrl(name) ? 'the URL' : given.written(name)),
  }
}
