/** What `mq pub` was asked to send, every value checked. */
import type { MessageProperties, QoS } from '@mq/core'
import type { Arguments } from '../argv/arguments.ts'
import { messagePropertiesOf, messagePropertyOptionOf } from '../argv/message-properties.ts'
import { durationMsOf, integerOf, qosOf, topicNameOf } from '../argv/values.ts'
import type { ConnectPlan } from '../connection/connect-wishes.ts'
import { ExitCode } from '../exit-code.ts'
import { Failure, messageOf, UsageError } from '../failure.ts'
import { all } from '../input/lines.ts'
import { readFileOf } from '../input/read-file.ts'
import type { Io } from '../io.ts'

export type Source =
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'file'; readonly path: string; readonly option: string }
  | { readonly type: 'stdin' }
  | { readonly type: 'lines' }

export interface PublishPlan {
  readonly topics: readonly string[]
  readonly source: Source
  readonly qos: QoS
  readonly retain: boolean
  readonly properties?: MessageProperties
  readonly repeat: number
  readonly repeatDelayMs: number
  readonly inFlightMax: number
  readonly requireSubscriber: boolean
  readonly json: boolean
}

/** @throws UsageError */
export function publishPlanOf(given: Arguments, { address, properties }: ConnectPlan): PublishPlan {
  const positionals = [...given.positionals]
  const named = namedSources(given)
  const flagTopics = given.all('topic')
  const urlTopic = address.topic
  const inUrl = given.in('flags', 'url') === undefined ? undefined : urlTopic
  const haveTopic = flagTopics.length > 0 || (urlTopic !== undefined && positionals.length < (named.length > 0 ? 1 : 2))
  const positionalTopic = haveTopic ? undefined : positionals.shift()
  const positionalMessage = positionals.shift()
  if (positionals.length > 0) {
    throw new UsageError(
      `there is one argument too many: "${positionals[0]}"; give a topic and a message, in quotes where they have blanks.`,
    )
  }
  const besides = flagTopics[0] ?? positionalTopic
  if (inUrl !== undefined && besides !== undefined) {
    throw new UsageError(
      `the topic is "${inUrl}" in the URL and "${besides}" besides; leave out one of them, or end the URL behind the port.`,
    )
  }
  const topics =
    flagTopics.length > 0 ? flagTopics : [positionalTopic ?? urlTopic].filter((topic) => topic !== undefined)
  if (topics.length === 0) throw new UsageError('a topic is missing; give it as the first argument or with -t.')
  const positionalSource: Source[] =
    positionalMessage === undefined ? [] : [{ type: 'bytes', bytes: Buffer.from(positionalMessage) }]
  const sources = [...named, ...positionalSource]
  const [source] = sources
  if (source === undefined) {
    throw new UsageError('a message is missing; give it as the second argument, or one of -m, -f, -s, -l and -n.')
  }
  if (sources.length > 1) {
    throw new UsageError('there is more than one message; give a second argument or one of -m, -f, -s, -l and -n.')
  }
  const repeat = integerOf('--repeat', given.text('repeat') ?? '1', 1, Number.MAX_SAFE_INTEGER)
  if (source.type === 'lines' && given.flag('repeat'))
    throw new UsageError('--repeat does not go with -l, which ends with its input.')
  const messageProperties = {
    ...properties.publish,
    ...messagePropertiesOf(given, properties.publish?.userProperties ?? []),
  }
  const qos = qosOf(given.written('qos'), given.text('qos') ?? '0')
  if (qos === 0 && given.flag('require-subscriber')) {
    throw new UsageError(
      '--require-subscriber needs -q 1 or -q 2: a message of QoS 0 is not acknowledged, so nobody can tell.',
    )
  }
  return {
    topics: topics.map((topic) => topicNameOf('the topic', topic)),
    source,
    qos,
    retain: given.flag('retain'),
    ...(Object.keys(messageProperties).length === 0 ? {} : { properties: messageProperties }),
    repeat,
    repeatDelayMs: durationMsOf('--repeat-delay', given.text('repeat-delay') ?? '0'),
    // Nothing acknowledges QoS 0; its bound only keeps the input from running ahead of the socket.
    inFlightMax: given.flag('max-inflight')
      ? integerOf(given.written('max-inflight'), given.text('max-inflight') ?? '', 1, 65_535)
      : qos === 0
        ? 256
        : 20,
    requireSubscriber: given.flag('require-subscriber'),
    json: given.flag('json'),
  }
}

/** The option that only MQTT 5.0 can carry, or whose answer only 5.0 can. */
export function publishNeedsV5(given: Arguments): string | undefined {
  return messagePropertyOptionOf(given) ?? (given.flag('require-subscriber') ? '--require-subscriber' : undefined)
}

/** @throws Failure, exit code 6 */
export async function payloadOf(source: Exclude<Source, { type: 'lines' }>, io: Io): Promise<Uint8Array> {
  if (source.type === 'bytes') return source.bytes
  if (source.type === 'file') return readFileOf(io, source.option, source.path)
  try {
    return await all(io.stdin)
  } catch (error) {
    throw new Failure(`stdin cannot be read: ${messageOf(error)}.`, ExitCode.input, { cause: error })
  }
}

function namedSources(given: Arguments): Source[] {
  const sources: Source[] = []
  const message = given.text('message')
  const file = given.text('file')
  if (message !== undefined) sources.push({ type: 'bytes', bytes: Buffer.from(message) })
  if (file !== undefined) sources.push({ type: 'file', path: file, option: given.written('file') })
  if (given.flag('stdin-file')) sources.push({ type: 'stdin' })
  if (given.flag('stdin-line')) sources.push({ type: 'lines' })
  if (given.flag('null-message')) sources.push({ type: 'bytes', bytes: new Uint8Array() })
  return sources
}
