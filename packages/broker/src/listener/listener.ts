import type { Transport } from '@mq/core'
import { MqError } from '@mq/core'

/** Something that listens. Each kind is a file beside this one. */
export interface Listener {
  /** Where it listens, with the port that it got. */
  readonly url: string
  /** Stop listening. Connections that stand are not touched. */
  close(): Promise<void>
}

/** What a kind of listener is given. */
export interface ListenerOptions {
  readonly url: URL
  readonly host: string
  readonly port: number
  /** A client came. */
  readonly accept: (transport: Transport) => void
  /** Whether it is written down who comes and goes: then a peer's address is found out while there is time. */
  readonly logsPeers: () => boolean
  /** Something went wrong while listening, and it goes on. */
  readonly trouble: (error: Error) => void
  /** It listens, and there is something that its owner should know. */
  readonly remark: (sentence: string) => void
}

/** The error of a listener that could not start, in a sentence. */
export function listenError(error: unknown, url: string): MqError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    const port = new URL(url).port
    const message = `${url} is taken: another program listens on port ${port}. Stop it, or choose another port`
    return new MqError('MQ_ADDRESS_IN_USE', message, { cause: error })
  }
  if (code === 'EACCES') {
    return new MqError(
      'MQ_LISTEN_FAILED',
      `${url} is not allowed: ports below 1024 need more rights. Choose another port`,
      {
        cause: error,
      },
    )
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new MqError('MQ_LISTEN_FAILED', `${url}: this machine has no such address`, { cause: error })
  }
  return new MqError('MQ_LISTEN_FAILED', `${url}: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  })
}
