/** Connections that do nothing: what each costs as it comes, and in memory while it stays. */
import { execFileSync } from 'node:child_process'
import type { RunningBroker } from './brokers.ts'
import type { Load } from './load.ts'
import type { IdleResult } from './result.ts'

/** Files that a process has open besides its connections. */
const otherFiles = 200
/** Ports of one address that are taken at most: Linux has 28,232 of them. */
const portsEach = 25_000

export async function measureIdle(broker: RunningBroker, load: Load, connections: number): Promise<IdleResult[]> {
  const processes = Math.ceil(connections / filesMax())
  const addresses = Math.ceil(connections / portsEach)
  const bind = Array.from({ length: addresses }, (_, n) => `127.0.0.${n + 2}`)
  const options = [
    ...['conn', '-V', '311', '-c', String(connections), '--duration', '2s', '--workers', String(processes)],
    // Another address than the first one only where it is needed: not every system has them.
    ...(addresses > 1 ? ['--bind', bind.join(',')] : []),
  ]
  const report = await load.run(broker, options)
  const usage = report?.broker
  if (report === undefined || !usage) return []
  const { connected } = report.connections
  const result = {
    broker: broker.name,
    version: broker.version,
    connections: connected,
    bytesPerConnection: Math.round((usage.rssAfterBytes - usage.rssBeforeBytes) / connected),
    cpuUsPerConnect: usage.cpuUsEach,
  }
  const kilobytes = (result.bytesPerConnection / 1024).toFixed(1)
  console.log(
    `  idle ${broker.name.padEnd(10)} ${String(connected).padStart(6)} connections  ${kilobytes} KB  ${usage.cpuUsEach.toFixed(0)} µs CPU each`,
  )
  return [result]
}

/** As many of `wanted` as the system lets one process have, with a word where that is fewer. */
export function connectionsMax(wanted: number): number {
  const most = filesMax()
  if (wanted <= most) return wanted
  console.log(`  ${wanted} connections are more than a process may have here: ${most} (ulimit -n)`)
  return most
}

function filesMax(): number {
  // Node.js raises its own limit to the hard one.
  const text = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim()
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text) - otherFiles
}
