/**
 * Connections before those that count. What a process does for the first time takes a hundred times as long as later: modules
 * are loaded, code is compiled. At a rate, that would be told as the broker's latency.
 */
import { WireConnection } from './wire-connection.ts'
import type { Workbench } from './workbench.ts'

/** Enough for the code of a connection to be compiled. */
const rounds = 20
/** A broker that is slower than this is measured as it is. */
const mostMs = 2000

/** @param done called once; what goes wrong is left for the connections that count to tell */
export function warmUp(bench: Workbench, clientId: string, done: () => void): void {
  let isDone = false
  const finish = (): void => {
    if (isDone) return
    isDone = true
    clearTimeout(timer)
    done()
  }
  const timer = setTimeout(finish, mostMs)
  const connect = (round: number): void => {
    if (round === rounds) finish()
    if (isDone) return
    const connection: WireConnection = new WireConnection(bench, `${clientId}-${round}`, {
      connected() {
        connection.close()
        setImmediate(connect, round + 1)
      },
      ended: finish,
      publication() {},
      acknowledged() {},
      suback() {},
      drained() {},
    })
    connection.open()
  }
  connect(0)
}
