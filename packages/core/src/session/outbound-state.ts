import type { Delivery } from './delivery.ts'

/**
 * QoS 1 and 2, sender side (section 4.3): how far the exchange of a packet identifier has come, and what comes of an answer.
 *
 *                   PUBACK       PUBREC            PUBREC >= 0x80   PUBCOMP
 *   free            –            PUBREL 0x92       –                –
 *   awaitingPuback  done         fault             fault            fault
 *   awaitingPubrec  fault        PUBREL            done             fault
 *   awaitingPubcomp fault        PUBREL again      done             done
 *   awaitingAnswer  fault        fault             fault            fault     (SUBSCRIBE, UNSUBSCRIBE)
 */
export const OutboundState = {
  free: 0,
  awaitingPuback: 1,
  awaitingPubrec: 2,
  awaitingPubcomp: 3,
  awaitingAnswer: 4,
} as const
export type OutboundState = (typeof OutboundState)[keyof typeof OutboundState]

/** What an identifier is in use for. */
export interface Exchange {
  readonly packetId: number
  state: OutboundState
  readonly delivery: Delivery | undefined
}

export type OutboundInput = 'puback' | 'pubrec' | 'pubrecRefused' | 'pubcomp'

/** What the sender does next. */
export type OutboundVerdict =
  /** The identifier is free again, and the send quota one larger. */
  | 'done'
  /** Send PUBREL. */
  | 'pubrel'
  /** Send PUBREL 0x92: we do not know the identifier, and the receiver must be able to forget it. */
  | 'unknown'
  | 'ignore'
  /** The peer broke the protocol: 0x82. */
  | 'fault'

export const verdicts: { readonly [I in OutboundInput]: readonly OutboundVerdict[] } = {
  //              free       awaitingPuback awaitingPubrec awaitingPubcomp awaitingAnswer
  puback: ['ignore', 'done', 'fault', 'fault', 'fault'],
  pubrec: ['unknown', 'fault', 'pubrel', 'pubrel', 'fault'],
  // [MQTT-4.3.3-4] a PUBREC of 0x80 or above ends the exchange: no PUBREL.
  pubrecRefused: ['ignore', 'fault', 'done', 'done', 'fault'],
  pubcomp: ['ignore', 'fault', 'fault', 'done', 'fault'],
}
