import type { ReasonCode } from '../spec/reason-code.ts'

/**
 * What the peer did wrong: a value, never thrown across a package's border. The connection that gets one ends with
 * DISCONNECT (or CONNACK) carrying `reasonCode`, where the version has such a thing, and nothing else is disturbed.
 */
export interface Fault {
  readonly type: 'fault'
  readonly reasonCode: ReasonCode
  /** The statement that was broken, e.g. `MQTT-3.3.1-4` (5.0) or a section number where no statement has an id. */
  readonly clause: string
  /** One sentence for a log and for Reason String: what was wrong. */
  readonly sentence: string
}

export function fault(reasonCode: ReasonCode, clause: string, sentence: string): Fault {
  return { type: 'fault', reasonCode, clause, sentence }
}
