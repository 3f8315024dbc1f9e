import type { Connection } from '../connection/connection.ts'
import { packetUnits } from './turn.ts'

/** Parts that are done without looking whether the turn of the event loop is spent. */
const partsAtOnce = 256

/**
 * A packet with any number of parts, the Topic Filters of a SUBSCRIBE: as many as belong into a turn of the event loop
 * (turn.ts) at once, the others in later ones, and nothing else is read from the client before. `act` is called for each part,
 * from 0 on, and `done` after the last one. Once the connection has ended neither is, but `stopped`, if parts are left.
 *
 * `units`: what a part takes. The connection may be held already, by a question that has been answered: it is released.
 */
export function inTurns(
  connection: Connection,
  count: number,
  units: number,
  act: (part: number) => void,
  done: () => void,
  stopped?: () => void,
): void {
  const { broker, machine } = connection
  let next = 0
  broker.turn.spend(packetUnits)
  const goOn = (): void => {
    if (machine.isClosed) {
      stopped?.()
      return
    }
    const end = Math.min(count, next + partsAtOnce)
    broker.turn.spend((end - next) * units)
    while (next < end) act(next++)
    if (next < count) {
      if (!machine.held) machine.hold()
      broker.turn.later(() => connection.guard(goOn))
      return
    }
    done()
    if (machine.held) connection.release()
  }
  goOn()
}
