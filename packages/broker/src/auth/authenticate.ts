import type { ProtocolVersion, ReasonCode } from '@mq/core'

/** Who wants to connect, as CONNECT says. */
export interface AuthenticationRequest {
  readonly clientId: string
  readonly userName: string | undefined
  readonly password: Uint8Array | undefined
  readonly protocolVersion: ProtocolVersion
  /** Where from, e.g. `tcp://127.0.0.1:40312`. */
  readonly peer: string
}

/**
 * True lets the client in; false refuses it with 0x86 Bad User Name or Password; an object refuses it with a Reason Code
 * (0x80 or above) and a sentence that a 5.0 client is told. A rejected promise or a throw refuses it with 0x88 and is
 * logged: an authenticator that is broken lets nobody in. So does an answer that does not come within `limits.answerTimeoutMs`
 * (and the client has `limits.connectTimeoutMs` for all of its CONNECT).
 */
export type AuthenticationAnswer =
  | boolean
  | {
      readonly reasonCode: ReasonCode
      readonly reason: string
      /** With 0x9C Use another server and 0x9D Server moved: where to (section 4.11), e.g. `broker2:1883`. */
      readonly serverReference?: string
    }

export type Authenticator = (request: AuthenticationRequest) => AuthenticationAnswer | Promise<AuthenticationAnswer>
