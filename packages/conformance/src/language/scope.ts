/** What the names in a case stand for while it is played. */
import type { ProtocolVersion } from '@mq/core'
import type { Value } from './case.ts'

export interface Scope {
  readonly version: ProtocolVersion
  /** What `~` stands for: letters and digits that nobody else uses on this server. */
  readonly prefix: string
  readonly variables: Map<string, number | string>
}

export class UnboundVariable extends Error {
  override readonly name = 'UnboundVariable'

  constructor(variable: string) {
    super(`$${variable} stands for nothing here`)
  }
}

/** A value to send. @throws TypeError when the case says something that is none */
export function resolve(value: Value, scope: Scope): number | string | Uint8Array {
  switch (value.type) {
    case 'number':
      return value.value
    case 'text':
      return expand(value.text, scope).repeat(value.times)
    case 'hex':
      return value.bytes
    case 'variable': {
      const held = scope.variables.get(value.name)
      if (held === undefined) throw new UnboundVariable(value.name)
      return typeof held === 'number' ? held + value.plus : held
    }
    default:
      throw new TypeError('a pattern cannot be sent')
  }
}

export function resolveNumber(value: Value, scope: Scope): number {
  const resolved = resolve(value, scope)
  if (typeof resolved !== 'number') throw new TypeError(`a number is needed, not ${JSON.stringify(resolved)}`)
  return resolved
}

export function expand(text: string, scope: Scope): string {
  return text.replaceAll('~', scope.prefix)
}

/** Whether something for `versions` is for this one; no versions mean all. */
export function applies(versions: readonly ProtocolVersion[], scope: Scope): boolean {
  return versions.length === 0 || versions.includes(scope.version)
}
