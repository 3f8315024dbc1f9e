import { expect } from 'vitest'

/** What a program without a type checker may pass, and the compiler would not let through. */
export function mistaken<T>(value: unknown): T {
  return value as T
}

/** How an argument is refused: `text` is part of the message. */
export function refusal(text: string): object {
  return { name: 'MqttError', code: 'invalid-argument', message: expect.stringContaining(text) }
}
