/**
 * Rights that change while a subscription stands. A delivery asks nobody (that would cost every message), so the authorizer
 * is asked again where a right can come back into effect, or when the embedder says that rights have changed:
 *
 *     CONNECT resumes a session    its subscriptions, before CONNACK
 *     broker.reauthorize           the subscriptions of all sessions, or of one
 *
 * A subscription that is refused is removed with what waits for it in the queue; what has been sent and not acknowledged is
 * brought to its end, as after UNSUBSCRIBE. An authorizer that gives no answer takes nothing away for good: the session
 * keeps its subscriptions, its connection is ended, and the question is asked again when the client comes back.
 */
import { type Delivery, FilterTree, publicationTopic, ReasonCode } from '@mq/core'
import type { BrokerContext } from '../context.ts'
import { askAgain, type Later } from '../handler/ask.ts'
import { inTime } from '../handler/in-time.ts'
import { SharedGroup } from '../routing/shared-group.ts'
import type { Subscription } from '../routing/subscription.ts'
import type { ClientSession } from './client-session.ts'

/** Subscriptions that are asked about in one turn of the event loop, roughly. */
const sliceMax = 1000

/** All sessions, or that of `clientId`. Resolves with the number of subscriptions that were removed. */
export async function reauthorizeAll(broker: BrokerContext, clientId: string | undefined): Promise<number> {
  if (broker.authorize === undefined) return 0
  const one = clientId === undefined ? undefined : broker.sessions.find(clientId)
  // As they are now: while others come the map moves them about, and some would be left out. Who comes later is asked then.
  const sessions = clientId === undefined ? [...broker.sessions.all()] : one === undefined ? [] : [one]
  let removed = 0
  let asked = 0
  for (const session of sessions) {
    asked += session.subscriptionCount
    const answer = reauthorize(broker, session, false)
    removed += answer instanceof Promise ? await answer : answer
    if (asked < sliceMax) continue
    asked = 0
    await new Promise((resolve) => setImmediate(resolve))
  }
  return removed
}

/**
 * Ask again for every subscription of a session. The answer is how many were removed.
 * @param isAwaited by its connection, which does not wait for ever; where none does, each answer has a time of its own
 */
export function reauthorize(broker: BrokerContext, session: ClientSession, isAwaited: boolean): Later<number> {
  const { clientId, identity } = session
  // Whose it is will be known when it is resumed, and then it is asked about.
  if (broker.authorize === undefined || identity === undefined || session.ended) return 0
  const asked = broker.index.of(session)
  const answers = asked.map(({ filter, shareName, text }) => {
    const answer = askAgain(broker, identity, 'subscribe', filter, shareName, undefined)
    if (isAwaited || !(answer instanceof Promise)) return answer
    return inTime(broker, { clientId, question: 'subscribe', about: text }, answer, undefined)
  })
  const ready = answers.filter(isReady)
  if (ready.length === answers.length) return apply(broker, session, asked, ready)
  return Promise.all(answers).then((all) => apply(broker, session, asked, all))
}

function isReady<Answer>(answer: Later<Answer>): answer is Answer {
  return !(answer instanceof Promise)
}

function apply(
  broker: BrokerContext,
  session: ClientSession,
  asked: readonly Subscription[],
  answers: readonly (boolean | undefined)[],
): number {
  // What is in the store under its Client Identifier may be another session's by now.
  if (session.ended) return 0
  // One that was replaced or removed meanwhile has been asked about since, or is nobody's.
  const isSame = (each: Subscription): boolean => broker.index.find(session, each)?.made === each.made
  const refused = asked.filter((each, i) => answers[i] === false && isSame(each))
  if (refused.length > 0) revoke(broker, session, refused)
  if (answers.includes(undefined)) {
    session.connection?.disconnect(ReasonCode.serverUnavailable, 'authorization is not available')
  }
  return refused.length
}

function revoke(broker: BrokerContext, session: ClientSession, refused: readonly Subscription[]): void {
  const { clientId } = session
  const groups = new Set(refused.map((each) => broker.index.group(each)))
  for (const each of refused) {
    broker.index.remove(session, each)
    if (session.persistent) broker.store.removeSubscription(clientId, each.text)
  }
  // Trees, not lists: thousands of filters times thousands of messages would keep the event loop for half a minute.
  const isRefused = matcherOf(refused)
  const isLeft = matcherOf(broker.index.of(session))
  session.session.revoke(({ publication, token }: Delivery) => {
    if (token instanceof SharedGroup) return groups.has(token)
    const topicName = publicationTopic(publication)
    return isRefused(topicName) && !isLeft(topicName)
  })
  broker.counters.subscriptionsRevoked += refused.length
  const topicFilters = refused.slice(0, 10).map((each) => each.text)
  broker.logger.warn(
    { clientId, topicFilters, revoked: refused.length },
    'subscriptions removed: not authorized any more',
  )
}

/** Does one of the subscriptions that are not shared match? */
function matcherOf(subscriptions: Iterable<Subscription>): (topicName: string) => boolean {
  const tree = new FilterTree<true>()
  for (const { filter, shareName } of subscriptions) if (shareName === undefined) tree.set(filter, true)
  return (topicName) => {
    let found = false
    tree.match(topicName, () => {
      found = true
    })
    return found
  }
}
