// The names of @mq/conformance, in reading order.

export type { Case, Step } from './language/case.ts'
