/** From arguments to how to connect: every option of the groups Connection, TLS and Will, checked. */
import type { Arguments } from '../argv/arguments.ts'
import { type PropertiesByPacket, propertiesOf, propertyPackets } from '../argv/property.ts'
import { integerOf, protocolVersionOf, qosOf, sessionExpiryOf, topicNameOf } from '../argv/values.ts'
import { UsageError } from '../failure.ts'
import { readFileOf } from '../input/read-file.ts'
import type { Io } from '../io.ts'
import { type Address, addressOf } from './address.ts'
import type { ConnectWishes, WillWishes } from './connection.ts'
import { tlsOf } from './tls-files.ts'

export interface ConnectPlan {
  readonly wishes: ConnectWishes
  readonly address: Address
  /** -D, by packet. */
  readonly properties: PropertiesByPacket
}

/**
 * @param needsV5 the option that only MQTT 5.0 can carry, if one was given besides -D
 * @throws UsageError, and Failure where a file cannot be read
 */
export async function connectPlanOf(
  given: Arguments,
  io: Io,
  reconnect: boolean,
  needsV5?: string,
): Promise<ConnectPlan> {
  const address = addressOf(given)
  const properties = propertiesOf(given.properties)
  checkPackets(given, properties)
  const { connect, disconnect } = properties
  const protocolVersion = versionOf(given, needsV5)
  const cleanStart = !given.flag('disable-clean-session')
  const expiryText = given.text('session-expiry-interval')
  const sessionExpiryInterval =
    expiryText !== undefined
      ? sessionExpiryOf(given.written('session-expiry-interval'), expiryText)
      : (connect?.sessionExpiryInterval ?? (cleanStart ? 0 : 0xffff_ffff))
  if (!cleanStart && given.text('id') === undefined) {
    throw new UsageError(
      `${given.written('disable-clean-session')} needs --id: a session is found again by its client id.`,
    )
  }
  const password = await passwordOf(given, address, io)
  const userName = given.in('flags', 'username') ?? address.userName ?? given.text('username')
  // [MQTT311-3.1.2-22] Before 5.0 a password needs a user name.
  if (password !== undefined && userName === undefined && (protocolVersion === 3 || protocolVersion === 4)) {
    throw new UsageError(
      `${given.flag('pw') ? given.written('pw') : given.written('pw-file')} needs --username: MQTT 3.1.1 has no password without a user name.`,
    )
  }
  if (password !== undefined && userName === undefined) {
    const option = given.flag('pw-file') ? given.written('pw-file') : given.written('pw')
    warn(given, io, `${option} without -u: most brokers know a password only by its user name.`)
  }
  const will = willOf(given, properties, io)
  const tls = address.tls ? await tlsOf(given, io) : undefined
  const keepAlive = integerOf(given.written('keepalive'), given.text('keepalive') ?? '60', 0, 65_535)
  return {
    address,
    properties,
    wishes: {
      url: address.url,
      clientId: clientIdOf(given, io),
      protocolVersion,
      cleanStart,
      sessionExpiryInterval,
      keepAlive,
      reconnect,
      ...(userName === undefined ? {} : { userName }),
      ...(password === undefined ? {} : { password }),
      ...(will === undefined ? {} : { will }),
      ...(connect === undefined ? {} : { properties: connect }),
      ...(disconnect === undefined ? {} : { disconnectProperties: disconnect }),
      ...(tls === undefined ? {} : { tls }),
    },
  }
}

function warn(given: Arguments, io: Io, sentence: string): void {
  if (!given.flag('quiet')) io.stderr.write(`mq: warning: ${sentence}\n`)
}

/** Which packet of -D a command never sends: better said than ignored. */
const unsent: ReadonlyMap<string, 'publish' | 'subscribe'> = new Map([
  ['sub', 'publish'],
  ['pub', 'subscribe'],
])

function checkPackets(given: Arguments, properties: PropertiesByPacket): void {
  const packet = unsent.get(given.command)
  if (packet === undefined || properties[packet] === undefined) return
  const allowed = propertyPackets.filter((name) => name !== packet).join(', ')
  throw new UsageError(
    `mq ${given.command} sends no ${packet.toUpperCase()}, so ${given.written('property')} ${packet} would do nothing; allowed is ${allowed}.`,
  )
}

function versionOf(given: Arguments, needsV5: string | undefined): 3 | 4 | 5 | 'auto' {
  const version = protocolVersionOf(given.written('protocol-version'), given.text('protocol-version') ?? 'auto')
  const needs = given.properties.length > 0 ? given.written('property') : needsV5
  if (needs === undefined) return version
  if (version === 3 || version === 4)
    throw new UsageError(`${needs} needs MQTT 5.0; ${given.written('protocol-version')} asks for an older one.`)
  // Not 'auto': falling back would leave out, silently, what was asked for.
  return 5
}

function clientIdOf(given: Arguments, io: Io): string {
  const id = given.text('id')
  const prefix = given.text('id-prefix')
  if (given.in('flags', 'id') !== undefined && prefix !== undefined)
    throw new UsageError('give --id or --id-prefix, not both.')
  if (prefix !== undefined) return `${prefix}${io.pid}`
  return id ?? `mq-${given.command}-${io.pid}-${io.randomHex(3)}`
}

async function passwordOf(given: Arguments, address: Address, io: Io): Promise<Uint8Array | undefined> {
  const file = given.in('flags', 'pw-file')
  const text = given.in('flags', 'pw')
  if (file !== undefined && text !== undefined) throw new UsageError('give --pw or --pw-file, not both.')
  if (text !== undefined) return Buffer.from(text)
  if (file !== undefined) return withoutNewline(await readFileOf(io, given.written('pw-file'), file))
  if (address.password !== undefined) return Buffer.from(address.password)
  const inEnvironment = given.text('pw')
  if (inEnvironment !== undefined) return Buffer.from(inEnvironment)
  const fileInEnvironment = given.text('pw-file')
  return fileInEnvironment === undefined
    ? undefined
    : withoutNewline(await readFileOf(io, 'MQ_PASSWORD_FILE', fileInEnvironment))
}

function withoutNewline(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== 0x0a) return bytes
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1)
}

function willOf(given: Arguments, properties: PropertiesByPacket, io: Io): WillWishes | undefined {
  const topic = given.text('will-topic')
  if (topic === undefined) {
    const lonely = ['will-payload', 'will-qos', 'will-retain'].find((name) => given.flag(name))
    const named = lonely ?? (properties.will === undefined ? undefined : 'property will')
    if (named !== undefined) warn(given, io, `--${named} does nothing without --will-topic.`)
    return undefined
  }
  return {
    topicName: topicNameOf('--will-topic', topic),
    payload: Buffer.from(given.text('will-payload') ?? ''),
    qos: qosOf('--will-qos', given.text('will-qos') ?? '0'),
    retain: given.flag('will-retain'),
    ...(properties.will === undefined ? {} : { properties: properties.will }),
  }
}
