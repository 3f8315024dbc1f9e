/** Who is under test, as the runner sees it: something that takes connections, and bytes both ways. */

export interface Peer {
  /** One more network connection. Rejects when there can be none. */
  open(handler: WireHandler): Promise<Wire>
  /** Let this much time pass for the one under test. Default: wait for it. */
  wait?(ms: number): Promise<void>
}

export interface Wire {
  write(bytes: Uint8Array): void
  /** End it without a word. */
  close(): void
}

export interface WireHandler {
  data(chunk: Uint8Array): void
  /** Once, whoever ended it. */
  closed(): void
}
