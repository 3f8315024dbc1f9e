/** A normative statement of a specification: a sentence with MUST or MUST NOT and an id. */
export interface Statement {
  /** `MQTT-3.1.2-4` of 5.0, `MQTT311-3.1.2-4` of 3.1.1. */
  readonly id: string
  /** Who must. A test of the other side's answer to somebody who does not counts for that side. */
  readonly binds: 'server' | 'client' | 'both'
  /** In our words; the specification has its own. */
  readonly summary: string
  /** Why no test can show it, for the side that it binds. */
  readonly untestable: Readonly<Partial<Record<Side, string>>>
}

export type Side = 'server' | 'client'

/** One line of a table: id, whom it binds (s, c, b), summary, and why it cannot be tested: server's reason, client's. */
export type Row = readonly [
  id: string,
  binds: 's' | 'c' | 'b',
  summary: string,
  server?: string | undefined,
  client?: string | undefined,
]

const sides = { s: 'server', c: 'client', b: 'both' } as const

export function statementsOf(rows: readonly Row[]): Statement[] {
  return rows.map(([id, binds, summary, server, client]) => ({
    id,
    binds: sides[binds],
    summary,
    untestable: { ...(server !== undefined && { server }), ...(client !== undefined && { client }) },
  }))
}
