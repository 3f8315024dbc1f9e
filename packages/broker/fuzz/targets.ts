import { brokerTarget } from './bytes/broker-target.ts'
import { clientTarget } from './bytes/client-target.ts'
import { codecTarget } from './bytes/codec-target.ts'
import { serverTarget } from './bytes/server-target.ts'
import { createSoakTarget } from './bytes/soak-target.ts'
import { operationsTarget } from './operations/operations-target.ts'
import type { Target } from './target.ts'

export function createTargets(): readonly Target[] {
  return [codecTarget, serverTarget, clientTarget, brokerTarget, operationsTarget, createSoakTarget()]
}
