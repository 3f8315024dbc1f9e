/** Who is under test, as the runner sees it: something that takes connections, and bytes both ways. */

export interface Peer {
  /** One more network connection; of a client under test, the next one that it opens. Rejects when there can be none. */
  open(handler: WireHandler): Promise<Wire>
  /** A client under test: do this. What it sends shows whether it did. */
  perform?(deed: Deed): void
  /** Let this much time pass for the one under test. Default: wait for it. */
  wait?(ms: number): Promise<void>
}

/** `publish` with `topicName`, `qos`, …: a packet in words, as something that a client is asked for. */
export interface Deed {
  readonly name: string
  readonly values: ReadonlyMap<string, number | string | Uint8Array>
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
