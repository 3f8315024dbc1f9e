/**
 * Who gets a message on one topic, worked out once per topic and kept on its entry in the topic table: the list is walked
 * for every PUBLISH, so all that can be decided before is decided here.
 *
 * A client whose subscriptions overlap gets one copy, at the highest QoS of those that match [MQTT-3.3.4-2], with all
 * their Subscription Identifiers [MQTT-3.3.4-3..5].
 */
import type { QoS, Session } from '@mq/core'
import type { ClientSession } from '../session/client-session.ts'
import type { SharedGroup } from './shared-group.ts'
import type { Subscriber } from './subscription.ts'

export interface Target {
  readonly owner: ClientSession
  /** `owner.session`, one step nearer. */
  readonly session: Session
  qos: QoS
  retainAsPublished: boolean
  subscriptionIdentifiers: readonly number[] | undefined
  /**
   * What the client gets of its own messages: this target itself, or another where some of its subscriptions are No Local,
   * or none where all are [MQTT-3.8.3-3].
   */
  own: Target | undefined
}

export interface Route {
  readonly targets: readonly Target[]
  readonly groups: readonly SharedGroup[]
  /** Of the subscription index when this was worked out. */
  readonly epoch: number
}

/** Merge the matching subscriptions of each client. */
export function targetsOf(matches: readonly Subscriber[]): Target[] {
  if (matches.length === 1) return [merge(matches)]
  const bySession = new Map<ClientSession, Subscriber[]>()
  for (const subscription of matches) {
    const list = bySession.get(subscription.session)
    if (list === undefined) bySession.set(subscription.session, [subscription])
    else list.push(subscription)
  }
  return [...bySession.values()].map(merge)
}

function merge(subscriptions: readonly Subscriber[]): Target {
  const target = combine(subscriptions)
  const heard = subscriptions.filter((each) => !each.noLocal)
  if (heard.length === subscriptions.length) target.own = target
  else target.own = heard.length === 0 ? undefined : combine(heard)
  return target
}

function combine(subscriptions: readonly Subscriber[]): Target {
  const owner = subscriptions[0]!.session
  const identifiers = subscriptions.filter((each) => each.identifier > 0).map((each) => each.identifier)
  return {
    owner,
    session: owner.session,
    qos: highestQos(subscriptions),
    retainAsPublished: subscriptions.some((each) => each.retainAsPublished),
    subscriptionIdentifiers: identifiers.length > 0 ? identifiers : undefined,
    own: undefined,
  }
}

function highestQos(subscriptions: readonly Subscriber[]): QoS {
  let highest: QoS = 0
  for (const { qos } of subscriptions) if (qos > highest) highest = qos
  return highest
}
