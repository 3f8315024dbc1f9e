import { brokerTarget } from './bytes/broker-target.ts'
import { codecTarget } from './bytes/codec-target.ts'
import { createSoakTarget } from './bytes/soak-target.ts'
import type { Target } from './target.ts'

export function createTargets(): readonly Target[] {
  return [codecTarget, brokerTarget, createSoakTarget()]
}
