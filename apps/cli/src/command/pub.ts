/**
 * mq pub: one message from an argument, a file or stdin, or one per line of stdin.
 *
 * Always holds: QoS 1 and 2 are waited for before the exit code is decided, messages leave in the order they were read, of a
 * long stdin only as much is held as is under way, and whoever interrupts it hears how far it came.
 */
import type { Arguments } from '../argv/arguments.ts'
import { connectPlanOf } from '../connection/connect-wishes.ts'
import type { Answer, Connection, OpenConnection, OutgoingMessage } from '../connection/connection.ts'
import { reasonText } from '../connection/reason.ts'
import { ExitCode } from '../exit-code.ts'
import { interruptedBeforeConnecting } from '../failure.ts'
import { lines } from '../input/lines.ts'
import type { Io } from '../io.ts'
import { type PublishPlan, payloadOf, publishNeedsV5, publishPlanOf } from './pub-plan.ts'
import { type Status, statusOf } from './status.ts'

export async function pub(given: Arguments, io: Io, open: OpenConnection): Promise<number> {
  const status = statusOf(given, io)
  const connectPlan = await connectPlanOf(given, io, false, publishNeedsV5(given))
  const plan = publishPlanOf(given, connectPlan)
  const abort = new AbortController()
  const interrupted = new Promise<'interrupted'>((resolve) => {
    abort.signal.addEventListener('abort', () => resolve('interrupted'))
  })
  const forget = io.onInterrupt(() => abort.abort())
  try {
    // Read before connecting: an unreadable file should not cost a connection.
    const reading = plan.source.type === 'lines' ? undefined : payloadOf(plan.source, io)
    const payload = await Promise.race([reading, interrupted])
    if (payload === 'interrupted') throw interruptedBeforeConnecting()
    const connection = await open(connectPlan.wishes, status, abort.signal).catch((error: unknown) => {
      throw abort.signal.aborted ? interruptedBeforeConnecting() : error
    })
    const publisher = publisherOf(connection, plan, io, status)
    const work =
      payload === undefined
        ? publishLines(publisher, plan, io, abort.signal)
        : publishOne(publisher, plan, payload, io, abort.signal)
    const first = await Promise.race([work, connection.ended, interrupted])
    if (first instanceof Error) throw first
    await connection.disconnect()
    return first === 'interrupted' ? publisher.interrupt() : publisher.finish()
  } finally {
    forget()
  }
}

interface Publisher {
  /** Publishes to every topic; resolves when the broker has answered. */
  send(payload: Uint8Array): Promise<void>
  /** Says what was left unsaid, and returns the exit code. */
  finish(): number
  /** The same, where it was ended early: not everything was sent, and a script must not take it for done. */
  interrupt(): number
}

function publisherOf(connection: Connection, plan: PublishPlan, io: Io, status: Status): Publisher {
  let exitCode: number = ExitCode.done
  let complaints = 0
  let sent = 0
  let acknowledged = 0
  const complain = (sentence: string): void => {
    complaints += 1
    if (complaints <= complaintsMax) status.error(sentence)
  }
  const answered = async (message: OutgoingMessage, answer: Answer): Promise<void> => {
    const { reasonCode } = answer
    if (reasonCode >= 0x80) {
      complain(
        `the broker refused the message to ${message.topicName}: ${reasonText(reasonCode, answer.reasonString)}.`,
      )
      exitCode ||= reasonCode
    } else if (reasonCode === ExitCode.noSubscriber && plan.requireSubscriber) {
      complain(`nobody subscribes to ${message.topicName}.`)
      exitCode ||= ExitCode.noSubscriber
    }
    if (plan.json) await io.stdout.write(`${JSON.stringify(report(message, answer))}\n`)
  }
  const finish = (): number => {
    const unsaid = complaints - complaintsMax
    if (unsaid > 0) status.error(`and ${unsaid} more like these.`)
    return exitCode
  }
  return {
    async send(payload) {
      const messages = plan.topics.map((topicName) => ({
        topicName,
        payload,
        qos: plan.qos,
        retain: plan.retain,
        ...(plan.properties === undefined ? {} : { properties: plan.properties }),
      }))
      const send = async (message: OutgoingMessage): Promise<void> => {
        sent += 1
        const answer = await connection.publish(message)
        acknowledged += 1
        await answered(message, answer)
      }
      await Promise.all(messages.map(send))
    },
    finish,
    interrupt() {
      const left = plan.source.type === 'lines' ? '; what stdin still holds was not sent' : ''
      // At QoS 0 nobody answers: what the socket took is all that is known.
      const messages = plan.qos === 0 ? counted(acknowledged) : `${counted(sent)}, ${acknowledged} of them acknowledged`
      status.error(`interrupted after ${messages}${left}.`)
      return finish() || ExitCode.unexpected
    },
  }
}

const counted = (count: number): string => `${count} ${count === 1 ? 'message' : 'messages'}`

/** Of a long stdin, this many refusals are told one by one. */
const complaintsMax = 10

function report(message: OutgoingMessage, answer: Answer): object {
  return {
    topic: message.topicName,
    qos: message.qos,
    retain: message.retain,
    size: message.payload.length,
    reasonCode: answer.reasonCode,
    reason: reasonText(answer.reasonCode),
  }
}

async function publishOne(
  publisher: Publisher,
  plan: PublishPlan,
  payload: Uint8Array,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 0; round < plan.repeat && !signal.aborted; round += 1) {
    if (round > 0 && plan.repeatDelayMs > 0) await io.sleep(plan.repeatDelayMs, signal)
    await publisher.send(payload)
  }
}

async function publishLines(publisher: Publisher, plan: PublishPlan, io: Io, signal: AbortSignal): Promise<void> {
  const underWay = new Set<Promise<void>>()
  let failed: { readonly error: unknown } | undefined
  for await (const line of lines(io.stdin)) {
    if (signal.aborted || failed !== undefined) break
    const sent: Promise<void> = publisher.send(line).then(
      () => void underWay.delete(sent),
      (error: unknown) => {
        failed ??= { error }
        underWay.delete(sent)
      },
    )
    underWay.add(sent)
    while (underWay.size >= plan.inFlightMax) await Promise.race(underWay)
  }
  await Promise.all(underWay)
  if (failed !== undefined) throw failed.error
}
