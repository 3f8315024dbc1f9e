/** What a worker and the process that started it say to each other. Plain data: it crosses a process border. */

import type { TlsOptions } from '@mq/client'
import type { MessageProperties } from '@mq/core'
import type { Part } from './assignment.ts'
import type { HistogramData } from './histogram.ts'
import type { Counters, ErrorCount, Mode, Row } from './results.ts'

export interface WorkerPlan {
  readonly mode: Mode
  /** Tells the messages of this run from those of another. */
  readonly run: number
  /** With the broker's address in the place of its name: looked up once, and not by each of ten thousand connections. */
  readonly url: string
  readonly tls?: TlsOptions
  /** Where connections come from, in turns; empty leaves that to the system. */
  readonly bind: readonly string[]
  readonly userName?: string
  readonly password?: Uint8Array
  /** Seconds. */
  readonly keepAlive: number
  readonly protocolVersion: 3 | 4 | 5
  readonly qos: 0 | 1 | 2
  /** Bytes of payload. */
  readonly size: number
  /** Of every message; 5.0 only. */
  readonly properties?: MessageProperties
  /** With %i, %c and %u. */
  readonly topic: string
  /** The same, for subscribers. */
  readonly filter: string
  readonly isShared: boolean
  /** This worker's; numbers count over all workers. */
  readonly publishers: Part
  readonly subscribers: Part
  readonly idle: Part
  readonly publishersTotal: number
  /** This worker's number, and how many there are. */
  readonly worker: number
  readonly workers: number
  /** Messages (conn: connections) per second of all workers; 0: as the window lets. */
  readonly rate: number
  /** With rate 0, of one publisher. */
  readonly window: number
  /** With rate 0 at QoS 0, a publisher waits for its deliveries: this many for each message; 0 where nobody here counts. */
  readonly copies: number
  readonly spin: boolean
  /** CONNECTs of this worker under way at once. */
  readonly pendingConnectsMax: number
}

/** All times as `nowUs` tells them. */
export interface Times {
  readonly startUs: number
  readonly measureUs: number
  readonly endUs: number
}

export type ToWorker =
  /** Make everything, and with a rate of connections begin none of them in cold code. */
  | { readonly type: 'prepare'; readonly plan: WorkerPlan }
  /** Connect, and subscribe. With a rate, connections are due from `startUs` on. */
  | { readonly type: 'connect'; readonly startUs: number }
  | ({ readonly type: 'go' } & Times)
  /** Send no more. */
  | { readonly type: 'stop' }
  /** Say goodbye to the broker, report, and end. */
  | { readonly type: 'finish' }

export interface Progress {
  readonly connected: number
  readonly connectsFailed: number
  readonly lostConnections: number
  readonly sent: number
  /** PUBACK and PUBCOMP, and refusals: nothing more will come for these. */
  readonly answered: number
  readonly received: number
  readonly unsent: number
  /** Still sending, or about to. */
  readonly isSending: boolean
}

export interface WorkerReport {
  readonly counters: Counters
  readonly histograms: Readonly<Record<Row, HistogramData>>
  readonly errors: readonly ErrorCount[]
  /** Share of one core, while it was measured. */
  readonly cpu: number
  /** The first and the last CONNACK, or NaN. */
  readonly connectingFromUs: number
  readonly connectingUntilUs: number
}

export type FromWorker =
  /** There is nothing to wait for: to `prepare`. */
  | { readonly type: 'prepared' }
  /** Every connection stands or has failed: to `connect`. */
  | { readonly type: 'ready' }
  | ({ readonly type: 'progress' } & Progress)
  | { readonly type: 'report'; readonly report: WorkerReport }

/** A worker as its starter sees it. */
export interface Worker {
  send(message: ToWorker): void
  kill(): void
}

/** @param ended the worker is gone: with why, if it should not be */
export type StartWorker = (heard: (message: FromWorker) => void, ended: (problem: string | undefined) => void) => Worker
