import { MqError } from '@mq/core'
import type { BrokerOptions } from '../broker.ts'
import { strategies } from '../routing/shared-strategy.ts'
import { noStore } from '../store/no-store.ts'
import { shown } from './limits.ts'

const known = {
  logger: true,
  store: true,
  limits: true,
  authenticate: true,
  authorize: true,
  mechanisms: true,
  responseInformation: true,
  sharedStrategy: true,
  allowAnonymous: true,
  clock: true,
} satisfies Record<keyof BrokerOptions, true>

/**
 * A door that was meant to be shut is not left open, nor one shut for everybody, because of a slip: JavaScript does not keep
 * anybody from writing `authorise`.
 *
 * @throws MqError `MQ_BAD_OPTION`
 */
export function checkOptions(options: BrokerOptions): void {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name)) bad(`there is no option ${name}; the options are ${Object.keys(known).join(', ')}`)
  }
  for (const name of ['authenticate', 'authorize', 'responseInformation'] as const) {
    const given: unknown = options[name]
    if (given !== undefined && typeof given !== 'function') bad(`${name} is ${shown(given)}; a function is needed`)
  }
  const { allowAnonymous, mechanisms, sharedStrategy = 'round-robin', store } = options
  if (allowAnonymous !== undefined && typeof allowAnonymous !== 'boolean') {
    bad(`allowAnonymous is ${shown(allowAnonymous)}; true and false are allowed`)
  }
  if (mechanisms !== undefined && !Array.isArray(mechanisms)) {
    bad(`mechanisms is ${shown(mechanisms)}; an array of mechanisms is needed`)
  }
  if (!Object.hasOwn(strategies, sharedStrategy)) {
    bad(`sharedStrategy is ${shown(sharedStrategy)}; ${Object.keys(strategies).join(', ')} are allowed`)
  }
  if (store !== undefined && !isStore(store)) {
    bad(`store is ${shown(store)}; memoryStore() is one, or an object with all that a Store has`)
  }
}

function isStore(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false
  const names = Object.keys(noStore).filter((name) => name !== 'dirty')
  return names.every((name) => typeof Reflect.get(given, name) === 'function')
}

function bad(sentence: string): never {
  throw new MqError('MQ_BAD_OPTION', sentence)
}
