/**
 * What every store must do, as tests that any runner with `describe` and `test` can run (vitest, node:test): a store is
 * right when a broker that was ended and begun again over it finds what it had been promised.
 *
 * @example
 * import { storeContract } from '@mq/broker/testing'
 * import { describe, test } from 'vitest'
 *
 * storeContract('sqlite', () => {
 *   const folder = mkdtempSync(join(tmpdir(), 'store-'))
 *   return { open: () => sqliteStore({ folder }), remove: () => rmSync(folder, { recursive: true }) }
 * }, { describe, test })
 */
import assert from 'node:assert/strict'
import { type Publisher, publicationTopic } from '@mq/core'
import { deliveriesContract } from './contract-deliveries.ts'
import { type Create, type Recording, restarted, type TestRunner } from './contract-place.ts'
import {
  delivery,
  full,
  names,
  payloadText,
  plainPublication,
  sessionOf,
  subscription,
  varied,
} from './contract-samples.ts'
import type { StoredState } from './store.ts'

export function storeContract(name: string, create: Create, runner: TestRunner): void {
  const { describe, test } = runner

  const afterwards = (steps: readonly Recording[], look: (state: StoredState) => void) => restarted(create, steps, look)

  describe(`the store contract: ${name}`, () => {
    test('a new place is empty', () =>
      afterwards([], (state) => assert.deepEqual(state, { sessions: [], retained: [] })))

    describe('sessions', () => {
      test('are found again, with their expiry', () =>
        afterwards(
          [
            (store) => {
              store.putSession('a', 60)
              store.putSession('b', 0xffff_ffff)
              store.putSession('a', 120)
            },
          ],
          (state) => {
            assert.equal(sessionOf(state, 'a').expiryInterval, 120)
            assert.equal(sessionOf(state, 'b').expiryInterval, 0xffff_ffff)
            assert.equal(state.sessions.length, 2)
          },
        ))

      test('that are put again keep what they have', () =>
        afterwards(
          [
            (store) => {
              store.putSession('a', 60)
              store.putSubscription('a', subscription('t'))
              store.append('a', delivery('one'))
              store.hold('a', 5)
            },
            (store) => store.putSession('a', 90),
          ],
          (state) => {
            const { deliveries, expiryInterval, held, subscriptions } = sessionOf(state, 'a')
            assert.deepEqual([deliveries.length, expiryInterval, held, subscriptions.length], [1, 90, [5], 1])
          },
        ))

      test('that are removed take everything along, and nothing of another one', () =>
        afterwards(
          [
            (store) => {
              for (const clientId of ['a', 'b']) {
                store.putSession(clientId, 60)
                store.putSubscription(clientId, subscription('t'))
                store.append(clientId, delivery('one'))
                store.hold(clientId, 5)
              }
            },
            (store) => store.removeSession('a'),
            (store) => store.putSession('a', 60),
          ],
          (state) => {
            assert.deepEqual(sessionOf(state, 'a'), {
              clientId: 'a',
              expiryInterval: 60,
              subscriptions: [],
              deliveries: [],
              held: [],
            })
            assert.equal(sessionOf(state, 'b').deliveries.length, 1)
          },
        ))

      test('may have any Client Identifier', () =>
        afterwards(
          [
            (store) => {
              for (const [i, clientId] of names.entries()) store.putSession(clientId, i)
            },
          ],
          (state) => {
            assert.deepEqual(state.sessions.map((each) => each.clientId).sort(), [...names].sort())
            for (const [i, clientId] of names.entries()) assert.equal(sessionOf(state, clientId).expiryInterval, i)
          },
        ))

      test('that were never put get nothing', () =>
        afterwards(
          [
            (store) => {
              const one = delivery('one')
              store.putSubscription('ghost', subscription('t'))
              store.append('ghost', one)
              store.started('ghost', one, 1)
              store.received('ghost', one)
              store.remove('ghost', one)
              store.hold('ghost', 1)
              store.forget('ghost', 1)
              store.removeSubscription('ghost', 't')
              store.removeSession('ghost')
            },
          ],
          (state) => assert.deepEqual(state.sessions, []),
        ))
    })

    describe('subscriptions', () => {
      test('are found again in full; the same filter again replaces; what was removed is gone', () =>
        afterwards(
          [
            (store) => {
              store.putSession('a', 60)
              store.putSubscription('a', subscription('plain'))
              store.putSubscription('a', full)
              store.putSubscription('a', subscription('gone'))
            },
            (store) => {
              store.putSubscription('a', { ...subscription('plain'), qos: 2 })
              store.removeSubscription('a', 'gone')
              store.removeSubscription('a', 'never there')
            },
          ],
          (state) => {
            const found = [...sessionOf(state, 'a').subscriptions].sort((x, y) =>
              x.topicFilter < y.topicFilter ? -1 : 1,
            )
            assert.deepEqual(found, [full, { ...subscription('plain'), qos: 2 }])
          },
        ))

      test('may have any Topic Filter', () =>
        afterwards(
          [
            (store) => {
              store.putSession('a', 60)
              for (const topicFilter of names) store.putSubscription('a', subscription(topicFilter))
            },
          ],
          (state) => {
            const found = sessionOf(state, 'a').subscriptions.map((each) => each.topicFilter)
            assert.deepEqual(found.sort(), [...names].sort())
          },
        ))
    })

    deliveriesContract(create, runner)

    test('[MQTT-4.3.3-10] identifiers that are held are found again, each once, until they are forgotten', () =>
      afterwards(
        [
          (store) => {
            store.putSession('a', 60)
            for (const packetId of [1, 65_535, 300, 300]) store.hold('a', packetId)
          },
          (store) => {
            store.forget('a', 1)
            store.forget('a', 2)
          },
        ],
        (state) =>
          assert.deepEqual(
            [...sessionOf(state, 'a').held].sort((x, y) => x - y),
            [300, 65_535],
          ),
      ))

    describe('retained messages', () => {
      test('are found again as they were; a later one replaces; what was removed is gone', () =>
        afterwards(
          [
            (store) => {
              for (const { publication } of varied) {
                store.putRetained(publicationTopic(publication), publication, undefined)
              }
              store.putRetained('gone', delivery('gone').publication, undefined)
              store.putRetained('changed', delivery('old').publication, undefined)
            },
            (store) => {
              store.removeRetained('gone')
              store.removeRetained('never there')
              store.putRetained('changed', delivery('new').publication, undefined)
            },
          ],
          (state) => {
            const found = new Map(state.retained.map(([topicName, publication]) => [topicName, publication]))
            assert.equal(found.get('gone'), undefined)
            assert.equal(payloadText(found.get('changed')), 'new')
            const last = new Map(varied.map(({ publication }) => [publicationTopic(publication), publication]))
            for (const [topicName, publication] of last) {
              const one = found.get(topicName)
              assert.ok(one, topicName)
              assert.deepEqual(plainPublication(one), plainPublication(publication))
            }
            assert.equal(found.size, last.size + 1)
          },
        ))

      test('[MQTT-3.8.3-3] know their publisher, by whatever name, with or without a User Name', () =>
        afterwards(
          [
            (store) => {
              const publisherOf = (clientId: string, i: number): Publisher => ({
                clientId,
                userName: i % 2 === 0 ? undefined : `${clientId}, ${i}`,
              })
              for (const [i, name] of names.entries()) {
                store.putRetained(`${i}`, delivery('x').publication, publisherOf(name, i))
              }
              store.putRetained('nobody', delivery('x').publication, undefined)
              store.putRetained('changed', delivery('x').publication, { clientId: 'a', userName: 'ann' })
            },
            (store) => store.putRetained('changed', delivery('x').publication, { clientId: 'b', userName: undefined }),
          ],
          (state) => {
            const found = new Map(state.retained.map(([topicName, , publisher]) => [topicName, publisher]))
            for (const [i, clientId] of names.entries()) {
              const userName = i % 2 === 0 ? undefined : `${clientId}, ${i}`
              assert.deepEqual(found.get(`${i}`), { clientId, userName })
            }
            assert.equal(found.get('nobody'), undefined)
            assert.deepEqual(found.get('changed'), { clientId: 'b', userName: undefined })
          },
        ))
    })

    describe('commit', () => {
      test('leaves nothing to seal, and again has nothing to do', async () => {
        const place = await create()
        const store = await place.open()
        await store.load()
        await store.commit()
        assert.equal(store.dirty, false)
        store.putSession('a', 60)
        const ticket = store.commit()
        assert.equal(store.dirty, false, 'what was recorded is sealed')
        await ticket
        assert.equal(store.commit(), undefined)
        await store.close()
        await place.remove?.()
      })

      test('of nothing at all: close keeps what was recorded and not sealed, or loses it whole', async () => {
        const place = await create()
        const store = await place.open()
        await store.load()
        store.putSession('a', 60)
        store.append('a', delivery('one'))
        await store.close()
        const again = await place.open()
        const { sessions } = await again.load()
        assert.ok(sessions.length === 0 || sessions[0]?.deliveries.length === 1)
        await again.close()
        await place.remove?.()
      })
    })
  })
}
