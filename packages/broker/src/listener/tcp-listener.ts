/** MQTT over TCP: `tcp://host:port`. */
import net, { type Socket } from 'node:net'
import { type Listener, type ListenerOptions, listenError } from './listener.ts'
import { readIntoOneBuffer } from './one-buffer.ts'
import { received, SocketTransport } from './socket-transport.ts'

export function listenTcp(options: ListenerOptions): Promise<Listener> {
  const { host, port } = options
  const accept = (socket: Socket): void => options.accept(new SocketTransport(socket, options.logsPeers()))
  const server = net.createServer({ noDelay: true }, (socket) => {
    accept(socket)
    socket.on('data', (chunk: Uint8Array) => received(socket, chunk))
  })
  return new Promise((resolve, reject) => {
    // Stays: an error while accepting (no file descriptors left, say) must not end the process.
    server.on('error', (error) => {
      if (server.listening) options.trouble(error)
      else reject(listenError(error, options.url.href.replace(/\/$/, '')))
    })
    server.listen({ port, host, backlog: 4096 }, () => {
      if (!readIntoOneBuffer(server, accept, received)) {
        options.remark(
          'this version of Node.js has no way for a server to read into one buffer: messages cost more CPU time',
        )
      }
      const address = server.address()
      const got = address !== null && typeof address === 'object' ? address.port : port
      resolve({
        url: `tcp://${options.url.hostname}:${got}`,
        close: () =>
          new Promise((closed) => {
            // The callback waits for all connections; what counts here is that no new one comes.
            server.close()
            closed()
          }),
      })
    })
  })
}
