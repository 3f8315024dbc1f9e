/**
 * A byte stream, as the drivers of core see it: TCP, TLS, WebSocket and memory behind one shape, in the broker and in the
 * client. Types only; core itself never touches one.
 *
 * Not a Web Stream and not a Node stream: a write says at once whether the system took the bytes whole, which is what lets
 * an outbox use the same buffer again (and is the difference between one system call per packet and one per turn).
 */
export interface Transport {
  /**
   * `tcp://127.0.0.1:40312`, for logs. A socket that was not asked while it was open has no answer when it has closed: then
   * `tcp://unknown`.
   */
  readonly peer: string
  /** Bytes that were written and that the system has not taken yet. */
  readonly pendingBytes: number
  /** Who hears of what happens. Called once, before anything is read. */
  attach(handler: TransportHandler): void
  /**
   * True: taken whole, `bytes` may be written over. False: the transport goes on reading `bytes` until `drained`, and the
   * caller should write no more until then.
   */
  write(bytes: Uint8Array): boolean
  /** As `write`, all of them, in one call of the system where that is possible. */
  writeAll?(pieces: readonly Uint8Array[]): boolean
  /** Stop and go on reading. */
  pause(): void
  resume(): void
  /** Send what was written, then close. `lost` follows. */
  end(): void
  /** Close now, unsent bytes are lost. `lost` follows. */
  destroy(): void
}

export interface TransportHandler {
  /** `chunk` is valid during the call only: the next read may use its bytes again. */
  data(chunk: Uint8Array): void
  /** After a write that returned false: everything written has been taken. */
  drained(): void
  /** Once, last. `error` where it was one. */
  lost(error: Error | undefined): void
}
