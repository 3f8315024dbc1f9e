/**
 * Sockets of a TCP server that read into one buffer, the server's.
 *
 *     Node's own way    every read: 64 KiB are allocated, shrunk to what came, wrapped in a Buffer, and left to the collector
 *     this one          every read: into the same 64 KiB, which the machine is done with when its call returns
 *
 * Of what a chunk holds nothing is kept without a copy (frames.ts), so nobody minds that the next read writes over it. Each
 * chunk is a view of its own all the same, by which the topic table tells it from the one before (TopicTable). What it saves:
 * `npm run bench -- --e2e`, where the yardstick reads in Node's own way, and is slower than the broker for it.
 *
 * Node has this as `onread`, a documented option of `net.Socket`, and gives a server no way to pass it on. So the server's
 * handle is asked for the connections it accepts, and the sockets are made here. The handle is no documented interface: where
 * it does not look as it does in Node.js 20 to 26 nothing is touched, `readIntoOneBuffer` is false, and the server goes on in
 * Node's own way.
 *
 * What else is not as usual, since the server does not know these sockets: its options but for `noDelay`, which is on, do
 * nothing (maxConnections, blockList, allowHalfOpen, pauseOnConnect, highWaterMark, keepAlive); `getConnections` counts none of
 * them, so `close` calls back without waiting for them. And a socket that is paused stops reading at once, not when its
 * own buffer is full: it does not see the other end go.
 */
import { type OnReadOpts, type Server, Socket, type SocketConstructorOpts } from 'node:net'

/** As much as one read brings at most: what libuv asks for. */
const readBytesMax = 65_536

/** What is used of the object behind a `net.Server`. */
interface ServerHandle {
  onconnection(error: number | undefined, client: ClientHandle | undefined): void
}

/** What is used of the object behind a `net.Socket`. */
interface ClientHandle {
  setNoDelay(on: boolean): void
}

/** What Node's server passes, which is more than is documented. */
interface AcceptedSocketOptions extends SocketConstructorOpts {
  readonly handle: ClientHandle
  readonly onread: OnReadOpts
}

/**
 * From now on `server`, which listens, emits no 'connection': `accept` is called with each socket instead, and `received` with
 * what a socket has read, each chunk valid during the call only.
 * @returns false where this Node.js does not offer what it takes; then the server is as it was
 */
export function readIntoOneBuffer(
  server: Server,
  accept: (socket: Socket) => void,
  received: (socket: Socket, chunk: Uint8Array) => void,
): boolean {
  const handle = (server as { _handle?: Partial<ServerHandle> | null })._handle
  const plain = handle?.onconnection
  if (!handle || typeof plain !== 'function') return false
  const buffer = new Uint8Array(readBytesMax)
  // One for all sockets: each calls it as its own.
  const onread: OnReadOpts = {
    buffer,
    callback(this: Socket, length) {
      received(this, buffer.subarray(0, length))
      return true
    },
  }
  handle.onconnection = (error, client): void => {
    // What went wrong, and what we do not know, Node tells as it always does.
    if (client === undefined || typeof client.setNoDelay !== 'function') {
      plain.call(handle as ServerHandle, error, client)
      return
    }
    client.setNoDelay(true)
    const options: AcceptedSocketOptions = { handle: client, readable: true, writable: true, onread }
    accept(new Socket(options))
  }
  return true
}
