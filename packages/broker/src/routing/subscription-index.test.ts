import { createPublication, parseTopicFilter, type QoS, TopicTable, topicMatches } from '@mq/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ClientSession } from '../session/client-session.ts'
import type { Route } from './route.ts'
import type { SubscriptionOptions } from './subscription.ts'
import { SubscriptionIndex } from './subscription-index.ts'

/** What the index keeps of a session. */
function createSession(clientId: string, session: object = {}): ClientSession {
  const kept = {
    clientId,
    session,
    subscriberNumber: 0,
    firstSubscription: 0,
    subscriptionCount: 0,
    subscriptionChanges: 0,
    ended: false,
  }
  return kept as unknown as ClientSession
}

function keyOf(text: string) {
  const parsed = parseTopicFilter(text)
  if ('sentence' in parsed) throw new Error(parsed.sentence)
  return parsed
}

const optionsOf = (choice: number): SubscriptionOptions => ({
  qos: (choice % 3) as QoS,
  noLocal: (choice & 4) !== 0,
  retainAsPublished: (choice & 8) !== 0,
  retainHandling: (choice % 3) as 0 | 1 | 2,
  identifier: choice % 2 === 0 ? 0 : 268_435_455 - choice,
})

const texts = ['a', 'a/b', 'a/+', 'a/#', '#', '+/b', '$share/one/a/b', '$share/two/a/b', '$share/one/a/+', 'c']
const names = ['a', 'a/b', 'c', 'none']
const operation = fc.record({
  kind: fc.constantFrom('put', 'put', 'put', 'remove', 'removeAll', 'leave', 'forget'),
  who: fc.nat({ max: 4 }),
  text: fc.constantFrom(...texts),
  choice: fc.nat({ max: 1000 }),
})

test('any sequence of changes: each session has what it put last, each name its receivers, who left is nowhere', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
      const topics = new TopicTable<Route>()
      const index = new SubscriptionIndex(topics, 'round-robin')
      const sessions = ['p', 'q', 'r', 's', 't'].map((clientId) => createSession(clientId))
      const oracle = sessions.map(() => new Map<string, SubscriptionOptions>())
      const left: ClientSession[] = []
      for (const { choice, kind, text, who } of operations) {
        let session = sessions[who]!
        const held = oracle[who]!
        if (kind === 'put') {
          const put = index.put(session, keyOf(text), optionsOf(choice))
          expect(put.begun === put.made).toBe(!held.has(text))
          held.set(text, optionsOf(choice))
        } else if (kind === 'remove') {
          expect(index.remove(session, keyOf(text))).toBe(held.delete(text))
        } else {
          if (kind === 'removeAll') index.removeAll(session)
          else if (kind === 'leave') leave(who)
          else for (const each of left) index.forget(each, choice % 4)
          if (kind !== 'forget') held.clear()
        }
        // Another one in its place, if it left.
        session = sessions[who]!
        expect(index.count).toBe(oracle.reduce((sum, each) => sum + each.size, 0))
        expect(session.subscriptionCount).toBe(held.size)
        expect(index.of(session).map((each) => each.text)).toHaveLength(held.size)
        for (const each of texts) {
          const expected = held.get(each)
          if (expected === undefined) expect(index.find(session, keyOf(each))).toBe(undefined)
          else expect(index.find(session, keyOf(each))).toMatchObject({ session, ...expected })
        }
        for (const name of names) expect(receivers(index, topics, name)).toEqual(expectedReceivers(name))
      }
      for (const session of sessions) index.removeAll(session)
      for (const session of left) while (index.forget(session, 3));
      expect(index.count).toBe(0)
      for (const each of [...sessions, ...left]) expect(each.subscriberNumber).toBe(0)

      function leave(who: number): void {
        const session = sessions[who]!
        session.ended = true
        index.leave(session)
        left.push(session)
        sessions[who] = createSession(session.clientId)
      }

      function expectedReceivers(name: string): unknown[] {
        return sessions.flatMap(({ clientId }, who) => {
          const matching = [...oracle[who]!].filter(([text]) => !text.startsWith('$share') && topicMatches(text, name))
          if (matching.length === 0) return []
          return [`${clientId} ${Math.max(...matching.map(([, { qos }]) => qos))}`]
        })
      }
    }),
    { seed: 61, numRuns: 200 },
  )
})

/** Those that do not share, with the QoS that they get at most. */
function receivers(index: SubscriptionIndex, topics: TopicTable<Route>, name: string): string[] {
  return routeOf(index, topics, name)
    .targets.map(({ owner, qos }) => `${owner.clientId} ${qos}`)
    .sort()
}

function routeOf(index: SubscriptionIndex, topics: TopicTable<Route>, name: string): Route {
  const bytes = new TextEncoder().encode(name)
  const entry = topics.lookup(bytes, 0, bytes.length)
  if (entry.type === 'fault') throw new Error(entry.sentence)
  return index.route(entry)
}

test('a subscription that replaces another is told apart from it, and from one that began anew', () => {
  const index = new SubscriptionIndex(new TopicTable<Route>(), 'round-robin')
  const session = createSession('one')
  for (const text of ['a/b', '$share/group/a/b']) {
    const first = index.put(session, keyOf(text), optionsOf(1))
    const second = index.put(session, keyOf(text), optionsOf(2))
    expect([second.begun === first.begun, second.made === first.made]).toEqual([true, false])
    index.remove(session, keyOf(text))
    const third = index.put(session, keyOf(text), optionsOf(1))
    expect(third.begun).not.toBe(first.begun)
  }
})

test('what is kept of routes is bounded, however many want everything and however many topics there are', () => {
  const topics = new TopicTable<Route>()
  const index = new SubscriptionIndex(topics, 'round-robin')
  for (let n = 0; n < 300; n++) index.put(createSession(`c${n}`), keyOf('#'), optionsOf(0))
  let kept = 0
  for (let n = 0; n < 4000; n++) {
    expect(receivers(index, topics, `t/${n}`).length).toBe(300)
    if (n % 500 !== 499) continue
    kept = 0
    topics.forEach((entry) => {
      kept += entry.route?.targets.length ?? 0
    })
    expect(kept).toBeLessThanOrEqual(500_000)
  }
  // And yet some are.
  expect(kept).toBeGreaterThan(100_000)
})

test('of a session that has ended the shared subscriptions, too, are removed a few at a time, and none is chosen', () => {
  const topics = new TopicTable<Route>()
  const index = new SubscriptionIndex(topics, 'round-robin')
  const [gone, alone, living] = ['gone', 'alone', 'living'].map((clientId) =>
    createSession(clientId, { keeps: true, hasRoom: () => true }),
  )
  for (let n = 0; n < 1000; n++) index.put(gone!, keyOf(`$share/g/t/${n}`), optionsOf(1))
  index.put(gone!, keyOf('t/0'), optionsOf(1))
  index.put(living!, keyOf('$share/g/t/0'), optionsOf(1))
  gone!.ended = true
  index.leave(gone!)
  expect(index.count).toBe(1)
  const route = routeOf(index, topics, 't/0')
  expect(route.targets).toEqual([])
  const message = createPublication({ topicName: 't/0', payload: new Uint8Array(1), qos: 1, retain: false })
  for (let n = 0; n < 3; n++) expect(route.groups[0]?.choose(message)?.session).toBe(living)
  expect(routeOf(index, topics, 't/1').groups).toEqual([])
  index.put(alone!, keyOf('$share/g/t/1'), optionsOf(1))
  let steps = 0
  while (index.forget(gone!, 100)) steps++
  expect(steps).toBe(9)
  expect(index.count).toBe(2)
  expect([gone!.shared, index.of(gone!)]).toEqual([undefined, []])
  expect(routeOf(index, topics, 't/1').groups[0]?.size).toBe(1)
})
