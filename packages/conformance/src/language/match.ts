/**
 * Does a packet that arrived fit the pattern? The fields that are named must agree, all others are free, with one exception:
 * where no Reason Code is named, it must not be one of failure.
 */
import type { Packet } from '@mq/core'
import type { PacketText, Value } from './case.ts'
import { applies, resolve, type Scope } from './scope.ts'

/** What does not fit, in words; undefined when everything does. Variables that stood for nothing stand for something then. */
export function mismatch(pattern: PacketText, packet: Packet, scope: Scope): string | undefined {
  if (packet.type !== pattern.name) return `a ${pattern.name} was expected`
  const bound = new Map(scope.variables)
  const fields = pattern.fields.filter((field) => applies(field.versions, scope))
  const reasonNamed = fields.some(({ name }) => name === 'reasonCode' || name === 'reasonCodes')
  if (!reasonNamed && fails(packet)) return `a ${pattern.name} without failure was expected`
  const userProperties = fields.filter(({ name }) => name === 'userProperty')
  if (userProperties.length > 0) {
    const wanted = userProperties
      .filter(({ value }) => value.type !== 'absent')
      .map(({ value }) => resolve(value, scope))
    const found = lookUp(packet, 'userProperties')
    const pairs = Array.isArray(found) ? found.map((pair: readonly string[]) => pair.join('=')) : []
    if (JSON.stringify(wanted) !== JSON.stringify(pairs)) return `userProperties should be ${JSON.stringify(wanted)}`
  }
  for (const { name, value } of fields) {
    if (name === 'userProperty') continue
    const problem = disagreement(value, lookUp(packet, name), { ...scope, variables: bound })
    if (problem !== undefined) return `${name} should be ${problem}`
  }
  for (const [name, value] of bound) scope.variables.set(name, value)
  return undefined
}

/** A field of the packet, or one of its properties. */
export function lookUp(packet: object, name: string): unknown {
  if (Object.hasOwn(packet, name)) return Reflect.get(packet, name)
  const properties: unknown = Reflect.get(packet, 'properties')
  return typeof properties === 'object' && properties !== null ? Reflect.get(properties, name) : undefined
}

function fails(packet: Packet): boolean {
  if (packet.type === 'suback' || packet.type === 'unsuback') return packet.reasonCodes.some((code) => code >= 0x80)
  if (packet.type === 'connack') return packet.reasonCode !== 0
  // A server that says goodbye has a reason of its own.
  return 'reasonCode' in packet && packet.type !== 'disconnect' && packet.reasonCode >= 0x80
}

function disagreement(value: Value, found: unknown, scope: Scope): string | undefined {
  switch (value.type) {
    case 'present':
      return found === undefined ? 'there' : undefined
    case 'absent':
      return found === undefined ? undefined : 'absent'
    case 'not':
      return disagreement(value.value, found, scope) === undefined ? `not ${describe(value.value, scope)}` : undefined
    case 'either': {
      const problems = value.values.map((each) => disagreement(each, found, scope))
      return problems.includes(undefined) ? undefined : problems.join(' or ')
    }
    case 'list': {
      const wanted = value.values
      const given: unknown[] = Array.isArray(found) ? found : []
      const agrees = wanted.length === given.length && wanted.every((each, i) => !disagreement(each, given[i], scope))
      return agrees ? undefined : wanted.map((each) => describe(each, scope)).join(',')
    }
    case 'variable':
      if (scope.variables.get(value.name) === undefined) {
        if (typeof found !== 'number' && typeof found !== 'string') return 'there'
        scope.variables.set(value.name, found)
        return undefined
      }
  }
  const wanted = plain(resolve(value, scope))
  // A list of one may be written as its element.
  const given = Array.isArray(found) && found.length === 1 ? found[0] : found
  return wanted === plain(given) ? undefined : describe(value, scope)
}

/** Something that can be compared with ===. */
function plain(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0
  return value instanceof Uint8Array ? new TextDecoder('latin1').decode(value) : latin1(value)
}

/** Text as the characters of its bytes, so that it can be compared with Binary Data. */
function latin1(value: unknown): unknown {
  return typeof value === 'string' ? new TextDecoder('latin1').decode(new TextEncoder().encode(value)) : value
}

function describe(value: Value, scope: Scope): string {
  switch (value.type) {
    case 'present':
      return 'there'
    case 'absent':
      return 'absent'
    case 'not':
      return `not ${describe(value.value, scope)}`
    case 'either':
    case 'list':
      return value.values.map((each) => describe(each, scope)).join(' | ')
    default:
      return String(resolve(value, scope)).slice(0, 80)
  }
}
