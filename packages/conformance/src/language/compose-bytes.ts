/** Byte items -> bytes. */
import type { ByteItem } from './case.ts'
import { expand, resolveNumber, type Scope } from './scope.ts'

export function composeBytes(items: readonly ByteItem[], scope: Scope): Uint8Array {
  return concatenate(items.map((item) => composeItem(item, scope)))
}

function composeItem(item: ByteItem, scope: Scope): Uint8Array {
  switch (item.type) {
    case 'hex':
      return concatenate(new Array<Uint8Array>(item.times).fill(item.bytes))
    case 'text': {
      const text = utf8(expand(item.text, scope).repeat(item.times))
      return item.counted ? counted(text) : text
    }
    case 'integer':
      return integer(item.width, resolveNumber(item.value, scope))
    case 'protocol':
      return concatenate([counted(utf8(scope.version === 3 ? 'MQIsdp' : 'MQTT')), Uint8Array.of(scope.version)])
    case 'block': {
      if (item.kind === '@{' && scope.version < 5) return new Uint8Array(0)
      const inner = composeBytes(item.items, scope)
      return item.kind === '[' ? counted(inner) : concatenate([varInt(inner.length), inner])
    }
  }
}

export function integer(width: 'u8' | 'u16' | 'u32' | 'var', value: number): Uint8Array {
  switch (width) {
    case 'u8':
      return Uint8Array.of(value)
    case 'u16':
      return Uint8Array.of(value >>> 8, value)
    case 'u32':
      return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
    case 'var':
      return varInt(value)
  }
}

export function varInt(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
    rest >>>= 7
  } while (rest > 0)
  return Uint8Array.from(bytes)
}

/** With two bytes of length before it. */
export function counted(bytes: Uint8Array): Uint8Array {
  return concatenate([integer('u16', bytes.length), bytes])
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
