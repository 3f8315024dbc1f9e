/**
 * One timer for all deadlines of a broker: keep-alives, connect timeouts, session expiries, will delays.
 *
 * A binary heap by the time at which each task was last filed. A deadline that moves later (every packet moves a
 * keep-alive) is not filed anew: when its old time comes, it is asked, and filed again. So a busy connection costs one
 * heap operation per keep-alive period, and none per packet.
 *
 * Always holds: heap[task.heapIndex] is task; the timer is set for heap[0], or there is none. A deadline that moves
 * *earlier* must be filed with `file` again.
 */
import type { Clock } from '../config/clock.ts'

export interface Deadline {
  /** When `due` wants to be called, on the clock's scale; Infinity never. */
  readonly deadlineMs: number
  due(nowMs: number): void
  /** Owned by Deadlines: where it stands, -1 when it does not. Starts at -1. */
  heapIndex: number
  /** Owned by Deadlines: the time it is filed under. */
  filedMs: number
}

export class Deadlines {
  readonly #clock: Clock
  readonly #failed: (error: unknown) => void
  readonly #heap: Deadline[] = []
  #cancel: (() => void) | undefined = undefined
  #timerMs = Number.POSITIVE_INFINITY

  /** `failed` hears of a task that threw; the others are called all the same. */
  constructor(clock: Clock, failed: (error: unknown) => void) {
    this.#clock = clock
    this.#failed = failed
  }

  get size(): number {
    return this.#heap.length
  }

  /** Watch `task`; one that is watched already, from its new time on if that is earlier. */
  file(task: Deadline): void {
    const { deadlineMs } = task
    if (deadlineMs === Number.POSITIVE_INFINITY) {
      this.remove(task)
      return
    }
    if (task.heapIndex < 0) {
      task.heapIndex = this.#heap.length
      this.#heap.push(task)
    } else if (deadlineMs >= task.filedMs) return
    task.filedMs = deadlineMs
    this.#rise(task)
    this.#arm()
  }

  remove(task: Deadline): void {
    const at = task.heapIndex
    if (at < 0) return
    task.heapIndex = -1
    const last = this.#heap.pop()
    if (last === undefined || last === task) return
    last.heapIndex = at
    this.#heap[at] = last
    this.#rise(last)
    this.#sink(last)
  }

  close(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#timerMs = Number.POSITIVE_INFINITY
    for (const task of this.#heap) task.heapIndex = -1
    this.#heap.length = 0
  }

  #arm(): void {
    const first = this.#heap[0]
    if (first === undefined || first.filedMs >= this.#timerMs) return
    this.#cancel?.()
    this.#timerMs = first.filedMs
    this.#cancel = this.#clock.setTimer(() => this.#fire(), Math.max(0, first.filedMs - this.#clock.now()))
  }

  #fire(): void {
    this.#cancel = undefined
    this.#timerMs = Number.POSITIVE_INFINITY
    const nowMs = this.#clock.now()
    for (let first = this.#heap[0]; first !== undefined && first.filedMs <= nowMs; first = this.#heap[0]) {
      this.remove(first)
      if (first.deadlineMs > nowMs) this.file(first)
      else this.#call(first, nowMs)
    }
    this.#arm()
  }

  #call(task: Deadline, nowMs: number): void {
    try {
      task.due(nowMs)
    } catch (error) {
      this.#failed(error)
    }
  }

  #rise(task: Deadline): void {
    while (task.heapIndex > 0) {
      const parent = this.#heap[(task.heapIndex - 1) >> 1]!
      if (parent.filedMs <= task.filedMs) return
      this.#swap(parent, task)
    }
  }

  #sink(task: Deadline): void {
    for (;;) {
      const left = this.#heap[task.heapIndex * 2 + 1]
      const right = this.#heap[task.heapIndex * 2 + 2]
      const lesser = right !== undefined && left !== undefined && right.filedMs < left.filedMs ? right : left
      if (lesser === undefined || lesser.filedMs >= task.filedMs) return
      this.#swap(task, lesser)
    }
  }

  #swap(upper: Deadline, lower: Deadline): void {
    const at = upper.heapIndex
    upper.heapIndex = lower.heapIndex
    lower.heapIndex = at
    this.#heap[upper.heapIndex] = upper
    this.#heap[lower.heapIndex] = lower
  }
}
