/**
 * A case: one claim about a server (or a client), as a script of bytes. This is what parse.ts makes of the text in
 * ../cases; the language itself is described in the package's README.
 */
import type { ProtocolVersion } from '@mq/core'

export interface Case {
  /** Statement ids (`MQTT-3.1.2-4`, `MQTT311-3.1.2-4`) or section numbers where a sentence of the text has no id. */
  readonly ids: readonly string[]
  readonly title: string
  /** It is played once in each. */
  readonly versions: readonly ProtocolVersion[]
  /** Who is under test; the runner plays the other side. */
  readonly role: 'server' | 'client'
  /** What the server must have announced in CONNACK for the case to apply. */
  readonly needs: readonly Need[]
  /** It waits for the clock of the one under test. */
  readonly slow: boolean
  readonly steps: readonly Step[]
}

/** `receiveMaximum<=100`: a property of CONNACK, or what its absence means. */
export interface Need {
  readonly name: string
  readonly comparison: '=' | '<=' | '>='
  readonly value: number
}

export type Step = Action & {
  /** Empty: all. */
  readonly versions: readonly ProtocolVersion[]
  /** As it stands in the text, for reports. */
  readonly source: string
  readonly repeat: Repeat | undefined
}

/** The step is played for 1, 2 … `times`, which its variable holds. */
export interface Repeat {
  readonly times: Value
  readonly variable: string
}

export type Action =
  | { readonly type: 'send'; readonly connection: string; readonly what: readonly Sendable[]; readonly split: boolean }
  /** `order`: this packet next; any: with the neighbouring steps of its kind, in any order; maybe: it need not come. */
  | {
      readonly type: 'expect'
      readonly connection: string
      readonly order: 'next' | 'any' | 'maybe'
      readonly what: readonly Expectation[]
    }
  /** CONNECT and its CONNACK. */
  | { readonly type: 'connects'; readonly connection: string; readonly fields: readonly Field[] }
  /** SUBSCRIBE and its SUBACK; PUBLISH may overtake SUBACK. */
  | { readonly type: 'subscribes'; readonly connection: string; readonly fields: readonly Field[] }
  /** A client under test: its CONNECT comes, and CONNACK goes. */
  | { readonly type: 'welcomes'; readonly connection: string; readonly fields: readonly Field[] }
  /** A client under test is told to do something. */
  | { readonly type: 'do'; readonly action: PacketText }
  /** DISCONNECT, and the end of the network connection. */
  | { readonly type: 'leaves'; readonly connection: string; readonly fields: readonly Field[] }
  | { readonly type: 'open' | 'cut' | 'quiet'; readonly connection: string }
  | { readonly type: 'wait'; readonly seconds: number }

export type Sendable =
  | { readonly type: 'packet'; readonly packet: PacketText }
  | { readonly type: 'bytes'; readonly bytes: readonly ByteItem[] }

export type Expectation =
  | { readonly type: 'packet'; readonly packet: PacketText }
  | { readonly type: 'bytes'; readonly bytes: readonly ByteItem[] }
  /** The network connection is closed; a DISCONNECT or CONNACK before that carries one of these codes. */
  | { readonly type: 'closed'; readonly reasonCodes: readonly number[]; readonly silently: boolean }

export interface PacketText {
  readonly name: string
  readonly fields: readonly Field[]
}

export interface Field {
  readonly name: string
  readonly value: Value
  /** Empty: all. */
  readonly versions: readonly ProtocolVersion[]
}

export type Value =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'text'; readonly text: string; readonly times: number }
  | { readonly type: 'hex'; readonly bytes: Uint8Array }
  /** `$name+1`; in a pattern an unbound one takes what it meets. */
  | { readonly type: 'variable'; readonly name: string; readonly plus: number }
  | { readonly type: 'present' }
  | { readonly type: 'absent' }
  | { readonly type: 'not'; readonly value: Value }
  | { readonly type: 'either'; readonly values: readonly Value[] }
  | { readonly type: 'list'; readonly values: readonly Value[] }

export type ByteItem =
  | { readonly type: 'hex'; readonly bytes: Uint8Array; readonly times: number }
  /** Raw, or with its two bytes of length. */
  | { readonly type: 'text'; readonly text: string; readonly times: number; readonly counted: boolean }
  | { readonly type: 'integer'; readonly width: 'u8' | 'u16' | 'u32' | 'var'; readonly value: Value }
  /** Protocol Name and Protocol Version of the version that is played. */
  | { readonly type: 'protocol' }
  /** `{}` counts with a Variable Byte Integer, `[]` with two bytes, `@{}` is a Property Length: only in 5.0. */
  | { readonly type: 'block'; readonly kind: '{' | '[' | '@{'; readonly items: readonly ByteItem[] }
