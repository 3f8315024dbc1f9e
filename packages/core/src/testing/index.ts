// The names of @mq/core/testing: time, chance and network that a test controls.

export { LinkDriver, type Machine } from './link-driver.ts'
export { ScriptedPeer } from './scripted-peer.ts'
export { SeededRandom, withSeeds } from './seeded-random.ts'
export { createSimulatedLink, type SimulatedLink, type SimulatedLinkOptions } from './simulated-link.ts'
export { VirtualClock } from './virtual-clock.ts'
