import type { QoS } from '@mq/core'
import { described } from './described.ts'

/** What is wrong with a QoS, as a sentence; undefined where nothing is. */
export function qosProblem(qos: unknown): string | undefined {
  if (isQos(qos)) return undefined
  if (typeof qos === 'number') return `there is no QoS ${qos}; it must be 0, 1 or 2`
  return `the QoS is ${described(qos)}; it must be the number 0, 1 or 2`
}

export function isQos(value: unknown): value is QoS {
  return value === 0 || value === 1 || value === 2
}
