/**
 * An operating error: something outside the protocol went wrong (an address in use, a bad option, a store that failed).
 * `code` is stable and starts with `MQ_`; the message is one sentence that says what was wrong and what to do.
 */
export class MqError extends Error {
  override readonly name = 'MqError'
  readonly code: string

  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
