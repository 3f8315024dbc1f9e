/**
 * MQTT over WebSocket: `ws://host:port/path` (section 6). Packets need not line up with frames [MQTT-6.0.0-2]: a frame is
 * one more chunk of the stream.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { WebSocketServer } from 'ws'
import { type Listener, type ListenerOptions, listenError } from './listener.ts'
import { WebSocketTransport } from './ws-transport.ts'

/** How long a client may take to become a WebSocket. */
const handshakeMs = 10_000

export function listenWs(options: ListenerOptions): Promise<Listener> {
  const { accept, host, port } = options
  const path = options.url.pathname
  const server = createServer({ headersTimeout: handshakeMs, requestTimeout: handshakeMs }, (_request, response) => {
    response.writeHead(426, { 'content-type': 'text/plain', connection: 'close' })
    response.end('This is an MQTT broker: connect with a WebSocket and the subprotocol "mqtt".\n')
  })
  const webSockets = new WebSocketServer({
    server,
    // Without a path of its own it takes any: some clients ask for /, and some for /mqtt, unless they are told.
    ...(path !== '/' && { path }),
    clientTracking: false,
    perMessageDeflate: false,
    // It reads control frames only (ws-transport.ts), which have no more (RFC 6455, section 5.5).
    maxPayload: 125,
    // [MQTT-6.0.0-3], [MQTT-6.0.0-4]; 'mqttv3.1' is what clients of MQTT 3.1 say.
    handleProtocols: (offered) => (offered.has('mqtt') ? 'mqtt' : offered.has('mqttv3.1') ? 'mqttv3.1' : false),
    verifyClient: (
      { req }: { req: IncomingMessage },
      done: (ok: boolean, status?: number, message?: string) => void,
    ) => {
      const offered = (req.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim())
      if (offered.includes('mqtt') || offered.includes('mqttv3.1')) done(true)
      else done(false, 400, 'The subprotocol mqtt is needed')
    },
  })
  webSockets.on('connection', (socket, request) => {
    request.socket.setNoDelay(true)
    // Both sides have said Close, and ours is out: the network connection ends now (RFC 6455, 7.1.1). `ws` would leave it to
    // the client for 30 s, and so long its Will would wait, and messages go to nobody.
    request.socket.once('finish', () => socket.terminate())
    accept(new WebSocketTransport(socket, request.socket))
  })
  return new Promise((resolve, reject) => {
    // Stays: see tcp-listener.ts. The WebSocketServer passes the HTTP server's errors on.
    webSockets.on('error', (error) => {
      if (server.listening) options.trouble(error)
      else reject(listenError(error, options.url.href))
    })
    server.listen({ port, host, backlog: 4096 }, () => {
      const address = server.address()
      const got = address !== null && typeof address === 'object' ? address.port : port
      resolve({
        url: `ws://${options.url.hostname}:${got}${path === '/' ? '' : path}`,
        close: async () => {
          webSockets.close()
          server.close()
          // Those that have not become a WebSocket.
          server.closeAllConnections()
        },
      })
    })
  })
}
