/**
 * One worker: its share of the connections, and the loop that sends.
 *
 *     prepare   make all connections; at a rate of them, warm up                   prepared
 *     connect   open all, a few at a time or by the schedule; subscribe            ready
 *     go        send what is due, every millisecond, until `endUs`                 progress, …
 *     finish    say goodbye, count, report                                         report
 *
 * It runs in a process of its own (worker-process.ts); tests run it in theirs.
 */

import { clientIdOf, topicOf } from './assignment.ts'
import { IdleClient } from './idle-client.ts'
import { createPayload, nowUs } from './payload.ts'
import { Publisher, type PublisherOwner } from './publisher.ts'
import { Schedule } from './schedule.ts'
import { Subscriber, type SubscriberOwner } from './subscriber.ts'
import { Tally } from './tally.ts'
import { warmUp } from './warm-up.ts'
import type { WireConnection } from './wire-connection.ts'
import { Workbench } from './workbench.ts'
import type { FromWorker, Times, ToWorker, WorkerPlan, WorkerReport } from './worker-messages.ts'

/** Messages that are sent before anything else is looked at. */
const burstMax = 2000
const progressMs = 200
/** Less than this behind its schedule, the loop is only between two ticks. */
const freshUs = 20_000
/** In less time, a share of a core says nothing. */
const cpuSampleUs = 100_000

export class Generator implements PublisherOwner, SubscriberOwner {
  readonly tally: Tally = new Tally()
  payload: Uint8Array = new Uint8Array(0)
  readonly #tell: (message: FromWorker) => void
  #plan: WorkerPlan | undefined = undefined
  #bench: Workbench | undefined = undefined
  #publishers: Publisher[] = []
  #subscribers: Subscriber[] = []
  #connections: WireConnection[] = []
  /** Of the connections, how many were opened, and how many stand or have failed. */
  #opened = 0
  #settled = 0
  #isScheduled = false
  #connectingFromUs = Number.NaN
  #connectingUntilUs = Number.NaN
  #toPump: Publisher[] = []
  #schedule: Schedule | undefined = undefined
  #isSending = true
  #cpuFrom: NodeJS.CpuUsage | undefined = undefined
  #cpuFromUs = 0
  #cpu = Number.NaN
  #timers: NodeJS.Timeout[] = []
  #loop: NodeJS.Timeout | undefined = undefined

  constructor(tell: (message: FromWorker) => void) {
    this.#tell = tell
  }

  receive(message: ToWorker): void {
    switch (message.type) {
      case 'prepare':
        this.#prepare(message.plan)
        break
      case 'connect':
        this.#connect(message.startUs)
        break
      case 'go':
        this.#go(message)
        break
      case 'stop':
        this.#stop()
        break
      case 'finish':
        this.#finish()
        break
    }
  }

  // What the connections report.

  settled(): void {
    this.#settled++
    this.#connectingUntilUs = nowUs()
    if (this.#settled === this.#connections.length) {
      if (this.#plan?.mode === 'conn') this.#takeCpu()
      this.#tell({ type: 'ready' })
    } else if (!this.#isScheduled) this.#openMore()
  }

  wantsPump(publisher: Publisher): void {
    this.#toPump.push(publisher)
    this.#bench?.schedule()
  }

  delivered(publisher: number): void {
    this.#publishers[publisher - (this.#plan?.publishers.first ?? 0)]?.wasDelivered()
  }

  #prepare(plan: WorkerPlan): void {
    const bench = new Workbench(plan, () => this.#pumpAll())
    const { run, userName = '' } = plan
    this.#plan = plan
    this.#bench = bench
    this.payload = createPayload(plan.size)
    for (let n = plan.subscribers.first; n < plan.subscribers.first + plan.subscribers.count; n++) {
      const clientId = clientIdOf(run, 's', n)
      this.#subscribers.push(new Subscriber(bench, this, clientId, topicOf(plan.filter, n, clientId, userName)))
    }
    for (let n = plan.publishers.first; n < plan.publishers.first + plan.publishers.count; n++) {
      const clientId = clientIdOf(run, 'p', n)
      this.#publishers.push(new Publisher(bench, this, n, clientId, topicOf(plan.topic, n, clientId, userName)))
    }
    const idle = Array.from(
      { length: plan.idle.count },
      (_, index) => new IdleClient(bench, this, clientIdOf(run, 'i', plan.idle.first + index)),
    )
    this.#connections = [...this.#subscribers, ...this.#publishers, ...idle].map(({ connection }) => connection)
    this.#isScheduled = plan.mode === 'conn' && plan.rate > 0
    const prepared = (): void => this.#tell({ type: 'prepared' })
    if (this.#isScheduled) warmUp(bench, clientIdOf(run, 'w', plan.worker), prepared)
    else prepared()
  }

  #connect(startUs: number): void {
    const plan = this.#plan
    if (plan === undefined) return
    this.#every(progressMs, () => this.#progress())
    if (plan.mode === 'conn') this.#beginCpu()
    if (plan.keepAlive > 0) {
      // Twice in the time, so that silence never lasts as long as it may.
      this.#every(plan.keepAlive * 500, () => {
        for (const connection of this.#connections) connection.ping()
      })
    }
    if (this.#isScheduled) {
      // The workers take turns.
      this.#openDue(new Schedule(startUs, plan.rate, plan.workers, { first: plan.worker, count: 1 }))
    } else if (this.#connections.length === 0) this.#tell({ type: 'ready' })
    else this.#openMore()
  }

  /** As many as may be under way. */
  #openMore(): void {
    const most = this.#plan?.pendingConnectsMax ?? 1
    while (this.#opened < this.#connections.length && this.#opened - this.#settled < most) this.#open(nowUs())
  }

  #openDue(schedule: Schedule): void {
    while (this.#opened < this.#connections.length && schedule.take(nowUs()) >= 0) {
      const dueUs = schedule.dueUs(0, this.#opened)
      this.tally.histograms.schedule.record(nowUs() - dueUs)
      this.#open(dueUs)
    }
    if (this.#opened < this.#connections.length) this.#later(1, () => this.#openDue(schedule))
  }

  #open(dueUs: number): void {
    const connection = this.#connections[this.#opened++]
    if (connection === undefined) return
    if (Number.isNaN(this.#connectingFromUs)) this.#connectingFromUs = dueUs
    connection.startedUs = dueUs
    connection.open()
  }

  #go({ startUs, measureUs, endUs }: Times): void {
    const plan = this.#plan
    if (plan === undefined) return
    this.tally.measureUs = measureUs
    this.tally.endUs = endUs
    if (plan.mode !== 'conn') this.#at(measureUs, () => this.#beginCpu())
    this.#at(endUs, () => this.#stop())
    if (this.#publishers.length === 0) return
    const { publishers, publishersTotal, rate } = plan
    if (rate > 0) this.#schedule = new Schedule(startUs, rate, publishersTotal, publishers)
    this.#at(startUs, () => {
      for (const [index, publisher] of this.#publishers.entries()) publisher.start(this.#schedule, index)
      if (this.#schedule !== undefined) this.#tick(this.#schedule)
    })
  }

  /** Sends what is due, and comes back when something will be. */
  #tick(schedule: Schedule): void {
    if (!this.#isSending) return
    const now = nowUs()
    // A late tick must not send what would be due after the end, before the timer of the end has its turn.
    const dueBy = Math.min(now, this.tally.endUs - 1)
    let burst = 0
    for (let index = schedule.take(dueBy); index >= 0; index = schedule.take(dueBy)) {
      this.#publishers[index]?.due(now)
      burst++
      if (burst === burstMax) break
    }
    if (burst > 0) this.#bench?.flush()
    const waitMs = (schedule.nextUs - nowUs()) / 1000
    if (burst === burstMax || this.#plan?.spin === true) setImmediate(() => this.#tick(schedule))
    // Not above a second: time may be set back.
    else this.#later(Math.min(1000, Math.max(1, Math.floor(waitMs))), () => this.#tick(schedule))
  }

  #pumpAll(): void {
    const publishers = this.#toPump
    if (publishers.length === 0) return
    this.#toPump = []
    for (const publisher of publishers) {
      publisher.waitsForPump = false
      publisher.pump()
    }
  }

  #stop(): void {
    if (!this.#isSending) return
    this.#isSending = false
    const { counters, endUs } = this.tally
    const now = nowUs()
    if (now < endUs) this.tally.endUs = now
    const last = Math.min(endUs, now) - 1
    const schedule = this.#schedule
    if (schedule !== undefined) {
      // What has become due since the last tick is sent still. Further behind, it would be a burst that nobody asked for.
      const isFresh = last - schedule.nextUs < freshUs
      for (let index = schedule.take(last); index >= 0; index = schedule.take(last)) {
        if (isFresh) this.#publishers[index]?.due(now)
        else counters.unsent++
      }
    }
    for (const publisher of this.#publishers) counters.unsent += publisher.stop()
    this.#bench?.flush()
    if (this.#plan?.mode !== 'conn') this.#takeCpu()
    this.#progress()
  }

  #beginCpu(): void {
    this.#cpuFrom = process.cpuUsage()
    this.#cpuFromUs = nowUs()
  }

  #takeCpu(): void {
    const took = nowUs() - this.#cpuFromUs
    if (this.#cpuFrom === undefined || took < cpuSampleUs) return
    const { user, system } = process.cpuUsage(this.#cpuFrom)
    this.#cpu = (user + system) / took
  }

  #finish(): void {
    this.#stop()
    for (const timer of this.#timers) clearTimeout(timer)
    clearTimeout(this.#loop)
    for (const connection of this.#connections) connection.close()
    for (const subscriber of this.#subscribers) subscriber.conclude()
    const { counters, histograms } = this.tally
    const report: WorkerReport = {
      counters,
      histograms: {
        connect: histograms.connect.data(),
        suback: histograms.suback.data(),
        ack: histograms.ack.data(),
        delivery: histograms.delivery.data(),
        schedule: histograms.schedule.data(),
      },
      errors: this.tally.errors(),
      cpu: this.#cpu,
      connectingFromUs: this.#connectingFromUs,
      connectingUntilUs: this.#connectingUntilUs,
    }
    this.#tell({ type: 'report', report })
  }

  #progress(): void {
    const { connected, connectsFailed, lostConnections, sent, acknowledged, refused, received, unsent } =
      this.tally.counters
    this.#tell({
      type: 'progress',
      connected,
      connectsFailed,
      lostConnections,
      sent,
      answered: acknowledged + refused,
      received,
      unsent,
      isSending: this.#isSending,
    })
  }

  #at(us: number, act: () => void): void {
    this.#timers.push(setTimeout(act, Math.max(0, (us - nowUs()) / 1000)))
  }

  /** For loops: the last timer is all that is kept. */
  #later(ms: number, act: () => void): void {
    this.#loop = setTimeout(act, ms)
  }

  #every(ms: number, act: () => void): void {
    this.#timers.push(setInterval(act, ms))
  }
}
