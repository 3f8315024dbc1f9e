/**
 * A broker that strangers shout at: CONNECT after CONNECT that is none, each on a connection of its own, until a million are
 * through or the time is up. Nothing of them may stay: no connection, no session, no timer, and the heap where it was.
 *
 *     node --expose-gc --conditions=@mq/source --import ./scripts/typescript.mjs packages/broker/fuzz/malformed-connects.ts
 *
 * `--count n` (1000000), `--minutes n` (10), `--seed n`, `--tcp`: over real sockets instead of in this process, which takes
 * several times as long. Prints the heap after each tenth; exit code 1 where something stayed.
 */
import { ok } from 'node:assert/strict'
import { connect } from 'node:net'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { type Broker, createBroker } from '../src/broker.ts'
import { createVirtualClock } from '../test/virtual-clock.ts'
import { type Malformed, malformedConnect } from './bytes/malformed-connect.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    tcp: { type: 'boolean', default: false },
  },
})

/** Connections at once. */
const crowd = 64
const growthBytesMax = 4 * 1024 * 1024
const wanted = Number(values.count)
const untilMs = performance.now() + Number(values.minutes) * 60_000
const { gc } = globalThis
ok(gc !== undefined, 'run it with --expose-gc, or the heap says nothing')

const log = { lines: 0 }
const logger = pino({ level: 'warn' }, { write: () => void log.lines++ })
const clock = createVirtualClock()
const broker = createBroker({ logger, clock })
const { url } = await broker.listen('tcp://127.0.0.1:0')
// The broker's own.
const timersAtRest = clock.timers
const random = randomOf(Number(values.seed))
const shout = values.tcp ? overTcp(url) : inProcess(broker)

const kinds = new Map<string, number>()
let done = 0
let accepted = 0
const startedMs = performance.now()
// Once around, so that code is compiled and pools are filled before the first measurement.
await shoutTo(Math.min(wanted, 20_000))
const before = heapBytes()
report('warm')
const step = Math.ceil(wanted / 10)
while (done < wanted && performance.now() < untilMs) {
  await shoutTo(Math.min(wanted, done + step))
  report(`${done}`)
}
const after = heapBytes()
// Over TCP the broker hears last that somebody has gone.
for (let turns = 0; broker.stats.connections > 0 && turns < 1000; turns++) await new Promise(setImmediate)
// The wheel stops at its next tick once nobody is left.
clock.advance(86_400_000)
const { connections, sessions, subscriptions } = broker.stats
const timers = clock.timers - timersAtRest
await broker.close()
const seconds = (performance.now() - startedMs) / 1000
console.log(
  `${done} malformed CONNECTs ${values.tcp ? 'over TCP' : 'in this process'} in ${seconds.toFixed(0)} s (${Math.round(done / seconds)}/s), ${log.lines} lines logged`,
)
console.log([...kinds].map(([kind, count]) => `  ${count} ${kind}`).join('\n'))
console.log(`heap ${megabytes(before)} before, ${megabytes(after)} after, ${megabytes(after - before)} more`)
const left = { connections, sessions, subscriptions, timers, accepted }
const stayed = Object.entries(left).filter(([, count]) => count > 0)
for (const [what, count] of stayed) console.log(`${count} ${what}: there should be none`)
const hasGrown = after - before > growthBytesMax
if (hasGrown) console.log(`the heap has grown by more than ${megabytes(growthBytesMax)}`)
process.exitCode = hasGrown || stayed.length > 0 ? 1 : 0

async function shoutTo(count: number): Promise<void> {
  while (done < count && performance.now() < untilMs) {
    const batch = Array.from({ length: Math.min(crowd, count - done) }, () => malformedConnect(random))
    const answers = await Promise.all(batch.map(shout))
    accepted += answers.filter((answer) => isAccepting(answer)).length
    for (const { kind } of batch) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    done += batch.length
  }
}

/** CONNACK with Reason Code 0. */
function isAccepting(answer: Uint8Array | undefined): boolean {
  return answer !== undefined && answer[0] === 0x20 && answer[3] === 0
}

/** Resolves with the first piece of the answer, once the connection is gone. */
type Shout = (malformed: Malformed) => Promise<Uint8Array | undefined>

function inProcess(target: Broker): Shout {
  return ({ bytes, isIncomplete }) =>
    new Promise((resolve) => {
      const transport = target.connect()
      let answer: Uint8Array | undefined
      transport.attach({
        data: (chunk) => {
          answer ??= chunk.slice()
          // A finding, and counted; it would stay for ever.
          if (isAccepting(answer)) transport.destroy()
        },
        drained: () => undefined,
        lost: () => resolve(answer),
      })
      transport.write(bytes)
      // Who says half a sentence is waited for; this one hangs up.
      if (isIncomplete) setImmediate(() => transport.destroy())
    })
}

function overTcp(target: string): Shout {
  const { hostname: host, port } = new URL(target)
  return ({ bytes, isIncomplete }) =>
    new Promise((resolve, reject) => {
      const socket = connect({ host, port: Number(port) })
      let answer: Uint8Array | undefined
      socket.on('connect', () => {
        socket.write(bytes)
        if (isIncomplete) setImmediate(() => socket.resetAndDestroy())
      })
      socket.on('data', (chunk: Uint8Array) => {
        answer ??= chunk
        if (isAccepting(answer)) socket.resetAndDestroy()
      })
      // A port that is reset is free at once.
      socket.on('end', () => socket.resetAndDestroy())
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error)
      })
      socket.on('close', () => resolve(answer))
    })
}

function heapBytes(): number {
  gc?.()
  gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function report(when: string): void {
  const { rss } = process.memoryUsage()
  console.error(`${when.padStart(8)}: heap ${megabytes(heapBytes())}, resident ${megabytes(rss)}`)
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(2)} MiB`
}

/** 0 to `below` - 1: mulberry32, so that a seed is a run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
