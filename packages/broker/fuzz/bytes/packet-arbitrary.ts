/** Packets of every type and version that the encoder takes: the raw material that the mutations work on. */
import type { ConnectPacket, Packet, ProtocolVersion, QoS, UserProperties } from '@mq/core'
import fc from 'fast-check'

const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('', 'a', 'b', 'a/b', 'é', '漢字', '🙂', '$SYS/x', '\ufeff') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }).map((each) => each.replaceAll('\0', '')) },
)
/** Few names, so that publishers and subscribers meet; some that are none. */
export const topicName: fc.Arbitrary<string> = fc.constantFrom(
  'a',
  'b',
  'a/b',
  '/',
  'é/漢',
  '$SYS/x',
  'a/+',
  '',
  'x/y/z',
)
const topicFilter = fc.constantFrom(
  'a',
  '#',
  '+',
  'a/#',
  '+/b',
  '$share/g/a',
  '$share/g/#',
  '$share//a',
  '$share/g',
  'a#',
  '',
  '$SYS/#',
)
const binary = fc.uint8Array({ maxLength: 12 })
const payload = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 120, maxLength: 300 }) },
)
const qos = fc.constantFrom<QoS[]>(0, 1, 2)
const packetId = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 65_535 }) },
)
const flag = fc.constantFrom<(0 | 1)[]>(0, 1)
const uint16 = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 65_535 }))
const uint32 = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(0xffff_ffff, 0x7fff_ffff, 86_400))
const userProperties: fc.Arbitrary<UserProperties> = fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 3 })

/** Any of the properties, mostly few of them. */
function some<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<{ [K in keyof T]?: T[K] }> {
  return fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<{ [K in keyof T]?: T[K] }>
}

const explanation = some({ reasonString: text, userProperties })
const messageProperties = {
  payloadFormatIndicator: flag,
  messageExpiryInterval: uint32,
  contentType: text,
  // A Topic Name that can be answered to.
  responseTopic: topicName.filter((each) => each !== '' && !each.includes('+')),
  correlationData: binary,
  userProperties,
}

const connect = (protocolVersion: ProtocolVersion): fc.Arbitrary<ConnectPacket> =>
  fc
    .record({
      cleanStart: fc.boolean(),
      keepAlive: fc.constantFrom(0, 0, 1, 60, 65_535),
      clientId: fc.constantFrom('', 'a', 'b', 'c', 'é', 'x'.repeat(24)),
      userName: fc.option(text, { nil: undefined }),
      password: fc.option(binary, { nil: undefined }),
      will: fc.option(
        fc.record({
          topicName,
          payload,
          qos,
          retain: fc.boolean(),
          properties: some({ ...messageProperties, willDelayInterval: uint32 }),
        }),
        { nil: undefined },
      ),
      properties: some({
        sessionExpiryInterval: uint32,
        receiveMaximum: uint16,
        maximumPacketSize: fc.constantFrom(1, 20, 60, 1000, 0xffff_ffff),
        topicAliasMaximum: fc.constantFrom(0, 1, 3, 65_535),
        requestResponseInformation: flag,
        requestProblemInformation: flag,
        userProperties,
        authenticationMethod: text,
        authenticationData: binary,
      }),
    })
    .map(({ userName, password, will, properties, ...rest }) => ({
      type: 'connect',
      protocolVersion,
      ...rest,
      ...(userName !== undefined && { userName }),
      ...(password !== undefined && (protocolVersion === 5 || userName !== undefined) && { password }),
      ...(will !== undefined && { will }),
      ...(protocolVersion === 5 && { properties: paired(properties) }),
    }))

/** Authentication Data goes with a method. */
function paired<T extends { authenticationMethod?: string; authenticationData?: Uint8Array }>(properties: T): T {
  if (properties.authenticationMethod !== undefined) return properties
  const { authenticationData: _, ...rest } = properties
  return rest as T
}

/** What a client that plays by the rules would be let in with. */
export function friendlyConnect(version: ProtocolVersion): fc.Arbitrary<ConnectPacket> {
  return connect(version)
    .filter(({ clientId, cleanStart }) => clientId.length < 24 && (clientId !== '' || (version > 3 && cleanStart)))
    .map(({ will, properties, ...rest }) => {
      const { authenticationMethod: _, authenticationData: __, ...others } = properties ?? {}
      const roomy = others.maximumPacketSize !== undefined && others.maximumPacketSize < 60
      return {
        ...rest,
        ...(version === 5 && { properties: { ...others, ...(roomy && { maximumPacketSize: 60 }) } }),
        ...(will !== undefined && /^[^+#$]+$/.test(will.topicName) && { will }),
      }
    })
}

const publish = fc
  .record({
    topicName,
    payload,
    qos,
    retain: fc.boolean(),
    dup: fc.boolean(),
    packetId,
    properties: some({
      ...messageProperties,
      topicAlias: fc.constantFrom(1, 2, 16, 17, 65_535),
      subscriptionIdentifiers: fc.array(fc.constantFrom(1, 127, 128, 268_435_455), { minLength: 1, maxLength: 3 }),
    }),
  })
  .map(({ packetId, dup, ...rest }): Packet => {
    return { type: 'publish', ...rest, dup: dup && rest.qos > 0, ...(rest.qos > 0 && { packetId }) }
  })

const reasonsOf = {
  puback: [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
  pubrec: [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
  pubrel: [0x00, 0x92],
  pubcomp: [0x00, 0x92],
} as const
const ack = fc.constantFrom<(keyof typeof reasonsOf)[]>('puback', 'pubrec', 'pubrel', 'pubcomp').chain((type) =>
  fc.record({
    type: fc.constant(type),
    packetId,
    reasonCode: fc.constantFrom<number[]>(...reasonsOf[type]),
    properties: explanation,
  }),
)

const subscribe = fc.record({
  type: fc.constant('subscribe' as const),
  packetId,
  subscriptions: fc.array(
    fc.record({
      topicFilter,
      qos,
      noLocal: fc.boolean(),
      retainAsPublished: fc.boolean(),
      retainHandling: fc.constantFrom<(0 | 1 | 2)[]>(0, 1, 2),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  properties: some({ subscriptionIdentifier: fc.constantFrom(1, 127, 128, 268_435_455), userProperties }),
})
const unsubscribe = fc.record({
  type: fc.constant('unsubscribe' as const),
  packetId,
  topicFilters: fc.array(topicFilter, { minLength: 1, maxLength: 3 }),
  properties: some({ userProperties }),
})
const disconnect = fc.record({
  type: fc.constant('disconnect' as const),
  reasonCode: fc.constantFrom(0x00, 0x04, 0x80, 0x81, 0x82, 0x95),
  properties: some({ sessionExpiryInterval: uint32, serverReference: text, reasonString: text, userProperties }),
})
const auth = fc.record({
  type: fc.constant('auth' as const),
  reasonCode: fc.constantFrom(0x00, 0x18, 0x19),
  properties: fc.record(
    { authenticationMethod: text, authenticationData: binary, reasonString: text, userProperties },
    { requiredKeys: ['authenticationMethod'] },
  ),
})
const connack = fc.record({
  type: fc.constant('connack' as const),
  sessionPresent: fc.constant(false),
  reasonCode: fc.constantFrom(0, 0, 1, 5, 0x80, 0x87, 0x9d),
  properties: some({
    sessionExpiryInterval: uint32,
    receiveMaximum: uint16,
    maximumQoS: flag,
    retainAvailable: flag,
    maximumPacketSize: fc.constantFrom(1, 20, 1000, 0xffff_ffff),
    assignedClientIdentifier: text,
    topicAliasMaximum: fc.constantFrom(0, 1, 3, 65_535),
    wildcardSubscriptionAvailable: flag,
    subscriptionIdentifierAvailable: flag,
    sharedSubscriptionAvailable: flag,
    serverKeepAlive: uint16,
    responseInformation: text,
    serverReference: text,
    authenticationMethod: text,
    authenticationData: binary,
    reasonString: text,
    userProperties,
  }),
})
const suback = fc.record({
  type: fc.constant('suback' as const),
  packetId,
  reasonCodes: fc.array(fc.constantFrom(0, 1, 2, 0x80, 0x87, 0xa2), { minLength: 1, maxLength: 4 }),
  properties: explanation,
})
const unsuback = fc.record({
  type: fc.constant('unsuback' as const),
  packetId,
  reasonCodes: fc.array(fc.constantFrom(0, 0x11, 0x80), { minLength: 1, maxLength: 4 }),
  properties: explanation,
})
const pingreq = fc.constant<Packet>({ type: 'pingreq' })
const pingresp = fc.constant<Packet>({ type: 'pingresp' })

/** What a client sends after CONNECT. */
export const clientPacket: fc.Arbitrary<Packet> = fc.oneof(
  { weight: 8, arbitrary: publish },
  { weight: 6, arbitrary: ack },
  { weight: 4, arbitrary: subscribe },
  { weight: 2, arbitrary: unsubscribe },
  { weight: 2, arbitrary: pingreq },
  { weight: 1, arbitrary: disconnect },
  { weight: 1, arbitrary: auth },
)

/** What a server sends. */
export const serverPacket: fc.Arbitrary<Packet> = fc.oneof(
  { weight: 8, arbitrary: publish },
  { weight: 6, arbitrary: ack },
  { weight: 2, arbitrary: suback },
  { weight: 2, arbitrary: unsuback },
  { weight: 2, arbitrary: pingresp },
  { weight: 1, arbitrary: disconnect },
  { weight: 1, arbitrary: auth },
)

/** Anything. */
export function anyPacket(version: ProtocolVersion): fc.Arbitrary<Packet> {
  return fc.oneof(
    { weight: 8, arbitrary: clientPacket },
    { weight: 6, arbitrary: serverPacket },
    { weight: 2, arbitrary: connack },
    { weight: 2, arbitrary: connect(version) },
  )
}

export const anyVersion: fc.Arbitrary<ProtocolVersion> = fc.constantFrom<ProtocolVersion[]>(3, 4, 5, 5)
