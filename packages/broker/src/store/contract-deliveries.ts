/** The part of the store contract about messages on their way to a session. */
import assert from 'node:assert/strict'
import type { Delivery, QoS } from '@mq/core'
import { type Create, type Recording, restarted, type TestRunner } from './contract-place.ts'
import { delivery, payloadOf, plain, sessionOf, varied } from './contract-samples.ts'
import type { Store, StoredSession, StoredState } from './store.ts'

export function deliveriesContract(create: Create, runner: TestRunner): void {
  const { describe, test } = runner
  const afterwards = (steps: readonly Recording[], look: (state: StoredState) => void) => restarted(create, steps, look)

  describe('deliveries', () => {
    test('are found again in order, as they were', () =>
      afterwards(
        [
          (store) => {
            store.putSession('a', 60)
            for (const each of varied) store.append('a', each)
          },
        ],
        (state) => {
          const found = sessionOf(state, 'a').deliveries
          assert.deepEqual(
            found.map((each) => plain(each.delivery)),
            varied.map(plain),
          )
          assert.ok(found.every((each) => each.packetId === undefined && !each.received))
        },
      ))

    test('keep their order over removals and restarts', () =>
      afterwards(
        [
          (store) => {
            store.putSession('a', 60)
            const all = Array.from({ length: 1000 }, (_, i) => delivery(`${i}`))
            for (const each of all) store.append('a', each)
            all.forEach((each, i) => {
              if (i % 3 === 0) store.remove('a', each)
            })
          },
          (store) => {
            for (let i = 1000; i < 1010; i++) store.append('a', delivery(`${i}`))
          },
        ],
        (state) => {
          const found = sessionOf(state, 'a').deliveries.map((each) => payloadOf(each.delivery))
          const wanted = Array.from({ length: 1010 }, (_, i) => i).filter((i) => i >= 1000 || i % 3 !== 0)
          assert.deepEqual(found, wanted.map(String))
        },
      ))

    test('that were sent have their Packet Identifier; [MQTT-4.3.3-5] those that were received say so', () =>
      afterwards(
        [
          (store) => {
            store.putSession('a', 60)
            const [one, two, three] = [delivery('one', 2), delivery('two', 2), delivery('three', 2)]
            for (const each of [one, two, three]) store.append('a', each)
            store.started('a', one, 65_535)
            store.started('a', two, 1)
            store.received('a', one)
          },
        ],
        (state) => {
          const found = sessionOf(state, 'a').deliveries
          assert.deepEqual(
            found.map(({ delivery: each, packetId, received }) => [payloadOf(each), packetId, received]),
            [
              ['one', 65_535, true],
              ['two', 1, false],
              ['three', undefined, false],
            ],
          )
        },
      ))

    test('that were loaded can be sent, received and removed', async () => {
      const place = await create()
      const within = async (act: (store: Store, found: StoredSession | undefined) => void): Promise<void> => {
        const store = await place.open()
        const state = await store.load()
        act(store, state.sessions[0])
        await store.commit()
        await store.close()
      }
      try {
        await within((store) => {
          store.putSession('a', 60)
          for (const payload of ['one', 'two', 'three']) store.append('a', delivery(payload, 2))
        })
        await within((store, found) => {
          const [one, two] = found?.deliveries ?? []
          assert.ok(one && two)
          store.remove('a', one.delivery)
          store.started('a', two.delivery, 9)
          store.received('a', two.delivery)
        })
        await within((_store, found) => {
          assert.deepEqual(
            found?.deliveries.map(({ delivery: each, packetId, received }) => [payloadOf(each), packetId, received]),
            [
              ['two', 9, true],
              ['three', undefined, false],
            ],
          )
        })
      } finally {
        await place.remove?.()
      }
    })

    test('of one message to many sessions are independent', () =>
      afterwards(
        [
          (store) => {
            const { publication } = delivery('shared')
            const own = ['a', 'b', 'c'].map((clientId, i): Delivery => {
              store.putSession(clientId, 60)
              const qos: QoS = i === 0 ? 2 : 1
              const each = { ...delivery('', qos), publication, retain: i === 1 }
              store.append(clientId, each)
              return each
            })
            store.remove('c', own[2] ?? delivery(''))
          },
        ],
        (state) => {
          const found = ['a', 'b', 'c'].map((clientId) =>
            sessionOf(state, clientId).deliveries.map(({ delivery: each }) => [payloadOf(each), each.qos, each.retain]),
          )
          assert.deepEqual(found, [[['shared', 2, false]], [['shared', 1, true]], []])
        },
      ))
  })
}
