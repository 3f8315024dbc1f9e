/** A broker in this process, through `broker.connect()`. */
import type { Transport } from '@mq/core'
import type { Peer } from './peer.ts'

export function transportPeer(connect: () => Transport, wait?: (ms: number) => Promise<void>): Peer {
  return {
    open: async (handler) => {
      const transport = connect()
      transport.attach({
        data: (chunk) => handler.data(chunk),
        drained: () => undefined,
        lost: () => handler.closed(),
      })
      return { write: (bytes) => void transport.write(bytes), close: () => transport.destroy() }
    },
    ...(wait !== undefined && { wait }),
  }
}
