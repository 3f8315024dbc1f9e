/**
 * mq sub: subscribe, print what arrives, end when asked to.
 *
 * Always holds: a message is acknowledged after it was written to stdout and not before, so what the broker forgets was
 * printed; and nothing is read ahead of a reader of ours that is slow.
 */
import { topicMatches } from '@mq/core'
import type { Arguments } from '../argv/arguments.ts'
import { type ConnectPlan, connectPlanOf } from '../connection/connect-wishes.ts'
import type { Connection, OpenConnection, ReceivedMessage } from '../connection/connection.ts'
import { reasonText } from '../connection/reason.ts'
import { ExitCode } from '../exit-code.ts'
import { Failure, interruptedBeforeConnecting } from '../failure.ts'
import type { Io } from '../io.ts'
import { rendererOf } from '../output/renderer.ts'
import { type Status, statusOf } from './status.ts'
import { type SubscribePlan, subscribeNeedsV5, subscribePlanOf } from './sub-plan.ts'

export async function sub(given: Arguments, io: Io, open: OpenConnection): Promise<number> {
  const status = statusOf(given, io)
  const connectPlan = await connectPlanOf(given, io, true, subscribeNeedsV5(given))
  const plan = subscribePlanOf(given, connectPlan)
  const render = rendererOf(given, plan.filters, io, status)

  // The first of: enough messages, the time is up, a signal, nobody reads our output.
  let exitCode: number | undefined
  let connection: Connection | undefined
  const abort = new AbortController()
  const finish = (code: number): void => {
    if (exitCode !== undefined) return
    exitCode = code
    abort.abort()
    // Ends the loop over the messages, wherever it waits.
    void connection?.disconnect()
  }
  /** Returns how to stop it. */
  const startTimer = (): (() => void) => {
    const stop = new AbortController()
    const over = AbortSignal.any([stop.signal, abort.signal])
    if (plan.timeoutMs !== undefined) {
      void io.sleep(plan.timeoutMs, over).then(() => {
        if (!over.aborted) finish(ExitCode.timeout)
      })
    }
    return () => stop.abort()
  }
  let interruptedEarly = false
  const forget = io.onInterrupt(() => {
    interruptedEarly = connection === undefined
    finish(interruptedEarly ? ExitCode.unexpected : ExitCode.done)
  })
  try {
    // Twice: connecting may take as long as waiting for messages may, which, as in mosquitto_sub, is counted from CONNACK.
    const stopConnectTimer = startTimer()
    connection = await open(connectPlan.wishes, status, abort.signal)
    stopConnectTimer()
    startTimer()
    if (exitCode === undefined) {
      const granted = await subscribe(connection, plan, connectPlan, status)
      if (plan.subscribeOnly) finish(ExitCode.done)
      else if (granted.length > 0) status.remark(`subscribed to ${granted.join(', ')}; Ctrl-C ends`)
      await print(connection, plan, io, render, finish, abort.signal)
    }
    if (exitCode === undefined) {
      const failure = await connection.ended
      if (failure !== undefined) throw failure
    }
    await connection.disconnect()
    return exitCode ?? ExitCode.done
  } catch (error) {
    // What a connection says that we ended ourselves is no news.
    await connection?.disconnect()
    if (interruptedEarly) throw interruptedBeforeConnecting()
    if (exitCode !== undefined) return exitCode
    throw error
  } finally {
    abort.abort()
    forget()
  }
}

/**
 * Returns the filters that were granted.
 * @throws Failure where no filter, or with --strict not every filter, was granted
 */
async function subscribe(
  connection: Connection,
  plan: SubscribePlan,
  { properties }: ConnectPlan,
  status: Status,
): Promise<readonly string[]> {
  const userProperties = properties.subscribe?.userProperties
  const answers =
    plan.filters.length === 0
      ? []
      : await connection.subscribe(plan.filters, {
          qos: plan.qos,
          noLocal: false,
          retainAsPublished: plan.retainAsPublished,
          retainHandling: plan.retainHandling,
          ...(userProperties === undefined ? {} : { userProperties }),
        })
  const refused = answers.flatMap(({ reasonCode, reasonString }, index) => {
    if (reasonCode < 0x80) {
      status.debug(`subscribed to ${plan.filters[index]} at QoS ${reasonCode}.`)
      return []
    }
    return [
      { reasonCode, sentence: `the broker refused ${plan.filters[index]}: ${reasonText(reasonCode, reasonString)}` },
    ]
  })
  const [first] = refused
  if (first !== undefined && (plan.strict || refused.length === answers.length)) {
    throw new Failure(`${refused.map(({ sentence }) => sentence).join('; ')}.`, first.reasonCode)
  }
  for (const { sentence } of refused) status.warn(`${sentence}; going on with the others.`)
  const granted = plan.filters.filter((_, index) => (answers[index]?.reasonCode ?? 0x80) < 0x80)
  const unsubscribed = plan.unsubscribes.length === 0 ? [] : await connection.unsubscribe(plan.unsubscribes)
  for (const [index, { reasonCode }] of unsubscribed.entries()) {
    if (reasonCode >= 0x80)
      status.warn(`unsubscribing from ${plan.unsubscribes[index]} was refused: ${reasonText(reasonCode)}.`)
  }
  return granted
}

async function print(
  connection: Connection,
  plan: SubscribePlan,
  io: Io,
  render: (message: ReceivedMessage) => string | Uint8Array,
  finish: (exitCode: number) => void,
  ended: AbortSignal,
): Promise<void> {
  let shown = 0
  /** Topics whose clearing comes back to us, as to everybody who subscribes. */
  const cleared = new Set<string>()
  for await (const message of connection.messages()) {
    if (ended.aborted) return
    if (!message.retain && message.payload.length === 0 && cleared.delete(message.topicName)) {
      message.ack()
      continue
    }
    if (plan.retained === 'only' && !message.retain) return finish(ExitCode.done)
    if (!plan.hidden.some((filter) => topicMatches(filter, message.topicName))) {
      if (plan.removeRetained && message.retain) {
        cleared.add(message.topicName)
        await clear(connection, message)
      }
      const wanted = !(plan.retained === 'none' && message.retain)
      if (wanted) {
        if (plan.share === 1 || io.random() < plan.share) {
          const written = io.stdout.write(render(message), ended)
          if (!(written === true || (await written))) return finish(ExitCode.done)
        }
        shown += 1
      }
    }
    message.ack()
    if (shown >= plan.count) return finish(ExitCode.done)
  }
}

/** An empty retained message takes the old one away (section 3.3.1.3). */
async function clear(connection: Connection, { topicName }: ReceivedMessage): Promise<void> {
  await connection.publish({ topicName, payload: new Uint8Array(), qos: 1, retain: true })
}
