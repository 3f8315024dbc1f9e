/**
 * A client and a server, each made of core's machines and as little else as can be, on links that break: for the tests of
 * what a session promises. Both sides publish to the other; each takes messages over in one of the ways that a real one
 * would: at once, after a wait for a disk, after an answer from outside that stops reading.
 *
 *     Client { Session } ── ClientConnection ══ link, cut, link, cut, … ══ ServerConnection ── Server { Session }
 *
 * A message is known by its number, which is in its payload, or where that is too short in its topic.
 */
import {
  ClientConnection,
  type ClientHandler,
  createWorkspace,
  type DropReason,
  type Publication,
  type QoS,
  ReasonCode,
  ServerConnection,
  type ServerHandler,
  Session,
  TopicTable,
  type Workspace,
} from '../src/index.ts'
import type { ProtocolVersion } from '../src/spec/version.ts'
import { createSimulatedLink, LinkDriver, type SeededRandom, VirtualClock } from '../src/testing/index.ts'
import { intern, maximumPacketSize, messageOf, numberOf } from './delivery-messages.ts'

export interface SimulationOptions {
  readonly random: SeededRandom
  readonly version: ProtocolVersion
  readonly qos: QoS
  /** How many messages each side sends. */
  readonly clientSends: number
  readonly serverSends: number
  readonly bytesToCut: number
}

export interface Report {
  /** The numbers of the messages as they reached the application, in order. */
  readonly toServer: readonly number[]
  readonly toClient: readonly number[]
  readonly connections: number
  readonly faults: readonly string[]
  /** What each side still knows of messages in flight at the end. */
  readonly left: readonly number[]
}

export function simulateDelivery(options: SimulationOptions): Report {
  const world = new World(options)
  world.run()
  return {
    toServer: world.server.taken,
    toClient: world.client.taken,
    connections: world.connections,
    faults: world.faults,
    left: [world.server, world.client].flatMap(({ session }) => [
      session.outbound.inFlight,
      session.queue.length,
      session.inbound.heldCount,
    ]),
  }
}

class World {
  readonly clock = new VirtualClock(1_000_000)
  readonly options: SimulationOptions
  readonly server: Side
  readonly client: Side
  /** What either side found wrong with the other: nothing, where both are ours. */
  readonly faults: string[] = []
  connections = 0
  hasSession = false
  serving: ServerConnection<undefined> | undefined = undefined
  dialled: ClientConnection<undefined> | undefined = undefined
  /** Packet Identifiers of the messages that the client's application is at work on. */
  readonly handling = new Set<number>()

  constructor(options: SimulationOptions) {
    this.options = options
    this.server = new Side('server', this, options.serverSends)
    this.client = new Side('client', this, options.clientSends)
  }

  run(): void {
    this.connect()
    for (let steps = 0; !this.isDone(); steps++) {
      if (!this.clock.runNext()) throw new Error(`nothing happens any more: ${this.describe()}`)
      if (steps > 3_000_000) throw new Error(`it does not end: ${this.describe()}`)
    }
  }

  isDone(): boolean {
    return this.server.isDone && this.client.isDone
  }

  describe(): string {
    return `${this.connections} connections, server ${this.server.describe()}, client ${this.client.describe()}`
  }

  connect(): void {
    this.connections++
    const { clock } = this
    const { random, bytesToCut } = this.options
    const link = createSimulatedLink({ clock, random, bytesToCut, delayMs: [0, 8], capacityBytes: 16 * 1024 })
    serve(this, new LinkDriver(link.ends[1], clock))
    dial(this, new LinkDriver(link.ends[0], clock))
  }
}

/** What client and server have in common: a session, what they send, and what they have taken over. */
class Side {
  readonly session: Session
  readonly workspace: Workspace<undefined> = createWorkspace(new TopicTable<undefined>({ entriesMax: 500, seed: 1 }))
  /** The numbers of the messages that reached the application. */
  readonly taken: number[] = []
  readonly #world: World
  readonly #count: number
  #sent = 0
  #settled = 0

  constructor(name: string, world: World, count: number) {
    this.#world = world
    this.#count = count
    this.session = new Session({
      queue: { messagesMax: 100, bytesMax: 1_000_000, policy: 'drop-newest' },
      now: world.clock.now,
      observer: {
        dropped: (_session, reason: DropReason) => {
          throw new Error(`the ${name} dropped a message: ${reason}`)
        },
        settled: (_session, _delivery, _packetId, reasonCode) => {
          // Our PUBREL was lost after the peer had forgotten the identifier.
          const isForgotten = reasonCode === ReasonCode.packetIdentifierNotFound
          if (reasonCode !== ReasonCode.success && !isForgotten) throw new Error(`settled with ${reasonCode}`)
          this.#settled++
        },
      },
    })
    this.#sendMore()
  }

  get isDone(): boolean {
    return this.#settled === this.#count
  }

  describe(): string {
    const { outbound, queue, sendQuota } = this.session
    return `settled ${this.#settled} of ${this.#count}, ${outbound.inFlight} in flight, ${queue.length} queued, quota ${sendQuota}`
  }

  /** A message has reached the application. */
  take(publication: Publication): void {
    this.taken.push(numberOf(publication, this.#world.options.qos, this.#world.options.version))
  }

  #sendMore(): void {
    const { clock, options } = this.#world
    const { random, qos, version } = options
    for (let burst = random.integer(1, 30); burst > 0 && this.#sent < this.#count; burst--) {
      const publication = messageOf(this.#sent, qos, version)
      intern(publication, this.workspace.topics)
      if (!this.session.hasRoom(publication) || this.session.queue.length >= 50) break
      this.session.deliver(publication, qos, false, undefined, this.#sent)
      this.#sent++
    }
    if (this.#sent < this.#count) clock.setTimer(() => this.#sendMore(), random.integer(0, 6))
  }
}

function serve(world: World, driver: LinkDriver): void {
  const { clock, server } = world
  const { random } = world.options
  const acknowledge = (packetId: number): void => machine.acknowledge(packetId, ReasonCode.success)
  const handler: ServerHandler<undefined> = {
    connect: () => {
      world.serving?.disconnect(ReasonCode.sessionTakenOver, 'taken over')
      world.serving = machine
      const accept = (): void => {
        if (machine.isClosed) return
        machine.accept(server.session, world.hasSession, undefined)
        world.hasSession = true
        driver.release()
      }
      if (random.chance(0.5)) accept()
      else clock.setTimer(accept, random.integer(0, 10))
    },
    publish: (publication) => {
      const { packetId } = publication
      const way = random.next()
      if (way < 0.6) {
        server.take(publication)
        acknowledge(packetId)
      } else if (way < 0.9) {
        // Taken over, and promised once it is on disk.
        server.take(publication)
        clock.setTimer(() => acknowledge(packetId), random.integer(0, 15))
      } else {
        // May it be published? Nothing more is read until somebody has said so.
        const kept = publication.keep()
        machine.hold()
        const decided = (): void => {
          if (machine.isClosed) return
          server.take(kept)
          if (random.chance(0.5)) acknowledge(packetId)
          else clock.setTimer(() => acknowledge(packetId), random.integer(0, 15))
          driver.release()
        }
        clock.setTimer(decided, random.integer(0, 15))
      }
    },
    released: (packetId, known) => {
      if (random.chance(0.8)) machine.complete(packetId, known)
      else clock.setTimer(() => machine.complete(packetId, known), random.integer(0, 10))
    },
    subscribe: unexpected,
    unsubscribe: unexpected,
    auth: unexpected,
    closed: (reason) => {
      if (reason.by === 'fault') world.faults.push(`server: ${reason.fault.clause} ${reason.fault.sentence}`)
      if (reason.by === 'network') driver.destroy()
      else driver.end()
    },
  }
  const machine = new ServerConnection<undefined>({
    limits: {
      receiveMaximum: 20,
      maximumPacketSize,
      topicAliasMaximum: 10,
      sessionExpiryMaximum: 3600,
      keepAliveMaximum: 0,
    },
    workspace: server.workspace,
    handler,
    outlet: driver,
    now: clock.now,
    connectTimeoutMs: 5000,
  })
  driver.drive(machine)
}

function dial(world: World, driver: LinkDriver): void {
  const { clock, client } = world
  const { version, random } = world.options
  const handler: ClientHandler<undefined> = {
    connected: () => machine.carry(client.session),
    publish: (publication) => {
      const { packetId } = publication
      const way = random.next()
      client.take(publication)
      if (way < 0.6) {
        machine.acknowledge(packetId, ReasonCode.success)
        return
      }
      // The application is at work on it, and goes on whatever becomes of this connection.
      world.handling.add(packetId)
      if (way > 0.9) machine.hold()
      const handled = (): void => {
        world.handling.delete(packetId)
        world.dialled?.acknowledge(packetId, ReasonCode.success)
        if (machine.held) driver.release()
      }
      clock.setTimer(handled, random.integer(0, 15))
    },
    handlesStill: (packetId) => world.handling.has(packetId),
    answered: unexpected,
    auth: unexpected,
    closed: (reason) => {
      if (reason.by === 'fault') world.faults.push(`client: ${reason.fault.clause} ${reason.fault.sentence}`)
      if (reason.by === 'network') driver.destroy()
      else driver.end()
      clock.setTimer(() => world.connect(), random.integer(0, 40))
    },
  }
  const machine = new ClientConnection<undefined>({
    connect: {
      type: 'connect',
      protocolVersion: version,
      cleanStart: false,
      keepAlive: 30,
      clientId: 'simulated',
      ...(version === 5 && {
        properties: { sessionExpiryInterval: 3600, receiveMaximum: 15, maximumPacketSize, topicAliasMaximum: 5 },
      }),
    },
    workspace: client.workspace,
    handler,
    outlet: driver,
    now: clock.now,
    connackTimeoutMs: 5000,
    topicAliasMaximum: 8,
    sendMaximum: 1000,
  })
  world.dialled = machine
  driver.drive(machine)
  machine.open()
}

function unexpected(packet: { readonly type: string }): never {
  throw new Error(`nobody sends ${packet.type} here`)
}
