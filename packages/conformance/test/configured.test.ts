// Statements about what a server refuses because it is told to: cases as in the suite, against brokers that are told so.

import { type BrokerOptions, createBroker } from '@mq/broker'
import { parseCases, runSuite, transportPeer } from '@mq/conformance'
import { pino } from 'pino'
import { expect, test } from 'vitest'

async function played(text: string, options: BrokerOptions): Promise<string[]> {
  const broker = createBroker({ logger: pino({ level: 'silent' }), ...options })
  const results = await runSuite(
    parseCases(text),
    transportPeer(() => broker.connect()),
  )
  await broker.close()
  return results.map(({ outcome, problem, transcript }) =>
    outcome === 'passed' ? 'passed' : [problem, ...transcript].join('\n'),
  )
}

const mayConnect = ({ clientId }: { readonly clientId: string }) => !clientId.endsWith('stranger')

test('[MQTT-3.1.4-2] [MQTT-3.2.2-7] a client that fails authentication is refused and disconnected', async () => {
  const text = `
    [MQTT-3.1.4-2] [MQTT311-3.2.2-5] a client that may not connect
    a > connect clientId="~stranger" + publish topicName="~/t"
    4: a < 20 02 00 04
    5: a < connack reasonCode=0x86 sessionPresent=0
    a closed
  `
  expect(await played(text, { authenticate: mayConnect })).toEqual(['passed', 'passed'])
})

test('[MQTT-3.1.4-6] [MQTT311-3.1.4-5] what follows a refused CONNECT is not processed', async () => {
  const text = `
    [MQTT-3.1.4-6] [MQTT311-3.1.4-5] nobody hears a client that was refused
    b connects
    b subscribes topicFilter="~/t"
    a > connect clientId="~stranger" + publish topicName="~/t" payload="psst"
    a < connack reasonCode=4|0x86
    a closed
    b quiet
  `
  expect(await played(text, { authenticate: mayConnect })).toEqual(['passed', 'passed'])
})

test('[MQTT-3.2.2-19] a Reason String that would make CONNACK too large is left out', async () => {
  const text = `
    [MQTT-3.2.2-19] a long reason
    a > connect clientId="~stranger" maximumPacketSize=30
    a < connack reasonCode=0x87 reasonString=-
    a closed
    b > connect clientId="~stranger"
    b < connack reasonCode=0x87 reasonString=*
    b closed
  `
  const reason = 'because of a reason that is far too long for thirty bytes'
  expect(
    await played(text, {
      authenticate: (request) => mayConnect(request) || { reasonCode: 0x87, reason },
    }),
  ).toEqual(['passed'])
})

test('a PUBLISH that is refused says why, where that is wanted', async () => {
  const text = `
    [3.4.2.2.2] a topic of the server's own
    a connects
    a > publish topicName="$SYS/~" qos=1 packetId=1
    a < puback packetId=1 reasonCode=0x87 reasonString=*
  `
  expect(await played(text, {})).toEqual(['passed'])
})

test('[MQTT311-3.3.5-2] a PUBLISH that is not authorized is acknowledged and goes nowhere', async () => {
  const text = `
    [MQTT-3.4.2-1] [MQTT311-3.3.5-2] a topic that nobody may publish to
    b connects
    b subscribes topicFilter="~/forbidden"
    a connects
    a > publish topicName="~/forbidden" qos=1 packetId=1
    4: a < 40 02 00 01
    5: a < puback packetId=1 reasonCode=0x87
    b quiet
  `
  const authorize = ({ action, topic }: { readonly action: string; readonly topic: string }) =>
    action !== 'publish' || !topic.endsWith('forbidden')
  expect(await played(text, { authorize })).toEqual(['passed', 'passed'])
})

test('[MQTT-3.8.4-7] [MQTT311-3.9.3-2] a subscription that is not authorized is refused by itself', async () => {
  const text = `
    [MQTT-3.8.4-7] [MQTT311-3.9.3-2] one filter of three
    a connects
    a > subscribe packetId=1 topicFilter="~/1" qos=1 topicFilter="~/forbidden" topicFilter="~/2" qos=2
    4: a < suback packetId=1 reasonCodes=1,0x80,2
    5: a < suback packetId=1 reasonCodes=1,0x87,2
  `
  const authorize = ({ topic }: { readonly topic: string }) => !topic.endsWith('forbidden')
  expect(await played(text, { authorize })).toEqual(['passed', 'passed'])
})

test('[MQTT-3.2.2-16] no Assigned Client Identifier is in use', async () => {
  const text = `
    [MQTT-3.2.2-16] two clients without identifier
    a > connect clientId=""
    a < connack assignedClientIdentifier=$a
    b > connect clientId=""
    b < connack assignedClientIdentifier=$b
    c > connect clientId=$a
    c < connack assignedClientIdentifier=-
    a closed 0x8e
    b quiet
  `
  expect(await played(text, {})).toEqual(['passed'])
})
