// The names of @mq/conformance, in reading order.

export { allCases } from './cases/all-cases.ts'
export type { Case, Need, Step } from './language/case.ts'
export { parseCases } from './language/parse.ts'
export type { Deed, Peer, Wire, WireHandler } from './runner/peer.ts'
export { type ClientPeer, runClientSuite } from './runner/run-client-suite.ts'
export { type CaseResult, caseName, runSuite, type SuiteOptions } from './runner/run-suite.ts'
export { tcpPeer } from './runner/tcp-peer.ts'
export { transportPeer } from './runner/transport-peer.ts'
export { type WebSocketLike, webSocketPeer } from './runner/web-socket-peer.ts'
export type { Side, Statement } from './statement/statement.ts'
export { statements5 } from './statement/statements-5.ts'
export { statements311 } from './statement/statements-311.ts'
