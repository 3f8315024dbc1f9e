/**
 * Which cases are played, in which versions. A case names statements of 5.0 and of 3.1.1 side by side; in a version only
 * those of its own specification are at stake, and a section number without an id stands in both.
 */
import type { Case } from '@mq/conformance'
import { UsageError } from '../failure.ts'

export type Version = 3 | 4 | 5

export interface Selection {
  readonly versions: readonly Version[]
  /** `3.3`, `3.3.1`: any of them. Empty: all. */
  readonly sections: readonly string[]
  /** Ids: any of them. Empty: all. */
  readonly statements: readonly string[]
}

/** What the case shows when it is played in this version. */
export function idsAtStake({ ids }: Pick<Case, 'ids'>, version: Version): readonly string[] {
  const other = version === 5 ? 'MQTT311-' : 'MQTT-'
  const own = ids.filter((id) => !id.startsWith(other))
  return own.length === 0 ? ids : own
}

/** @throws UsageError where nothing is left, which would be a pass that shows nothing */
export function select(cases: readonly Case[], selection: Selection): readonly Case[] {
  const { versions, sections, statements } = selection
  const serverCases = cases.filter(({ role }) => role === 'server')
  for (const [option, values, fits] of [
    ['--section', sections, isIn],
    ['--statement', statements, equals],
  ] as const) {
    const strange = values.find((value) => !serverCases.some(({ ids }) => ids.some((id) => fits(id, value))))
    if (strange !== undefined) {
      const example =
        option === '--section'
          ? 'a number such as 3.3 or 4.7.1'
          : 'an id such as MQTT-3.3.1-4, or MQTT311-3.3.1-4 of 3.1.1'
      throw new UsageError(`${option} was given "${strange}", and no case is about it; it takes ${example}.`)
    }
  }
  const isWanted = (each: Case, version: Version): boolean => {
    const ids = idsAtStake(each, version)
    return (
      versions.includes(version) &&
      (sections.length === 0 || ids.some((id) => sections.some((section) => isIn(id, section)))) &&
      (statements.length === 0 || ids.some((id) => statements.includes(id)))
    )
  }
  const chosen = serverCases
    .map((each) => ({ ...each, versions: each.versions.filter((version) => isWanted(each, version)) }))
    .filter(({ versions: left }) => left.length > 0)
  if (chosen.length === 0) {
    throw new UsageError('no case fits --protocol-version, --section and --statement all together.')
  }
  return chosen
}

/** `mqtt-3.3.1-4` and `[MQTT-3.3.1-4]` are meant as well. */
export function statementIdOf(text: string): string {
  return text.replace(/^\[(.*)\]$/, '$1').toUpperCase()
}

function isIn(id: string, section: string): boolean {
  return `${numberOf(id)}.`.startsWith(`${section.replace(/\.$/, '')}.`)
}

function equals(id: string, statement: string): boolean {
  return id === statement
}

/** `3.3.1` of `MQTT311-3.3.1-4` and of `3.3.1`. */
export function numberOf(id: string): string {
  return id.replace(/^MQTT(?:311)?-/, '').replace(/-\d+$/, '')
}
