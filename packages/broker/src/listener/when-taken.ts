import type { Socket } from 'node:net'

const nothing = new Uint8Array(0)

/** After a write that was not taken whole (`writableLength` is not 0): calls `act` once everything that was written is taken. */
export function whenTaken(socket: Socket, act: () => void): void {
  // 'drain' comes only above the high-water mark; an empty write behind the rest reports for any length. Whether something was
  // written behind it, a pong by `ws`, is all the same.
  socket.write(nothing, (error) => {
    if (!error) act()
  })
}
