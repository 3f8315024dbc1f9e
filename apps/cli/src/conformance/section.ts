/** The sections of 5.0, by which results are grouped, and where 3.1.1 has the same things under other numbers. */
import { numberOf } from './selection.ts'

const titles: ReadonlyMap<string, string> = new Map([
  ['1.5', 'Data representation'],
  ['2.1', 'Structure of a packet'],
  ['2.2', 'Variable header'],
  ['2.4', 'Reason Code'],
  ['3.1', 'CONNECT'],
  ['3.2', 'CONNACK'],
  ['3.3', 'PUBLISH'],
  ['3.4', 'PUBACK'],
  ['3.5', 'PUBREC'],
  ['3.6', 'PUBREL'],
  ['3.7', 'PUBCOMP'],
  ['3.8', 'SUBSCRIBE'],
  ['3.9', 'SUBACK'],
  ['3.10', 'UNSUBSCRIBE'],
  ['3.11', 'UNSUBACK'],
  ['3.12', 'PINGREQ'],
  ['3.13', 'PINGRESP'],
  ['3.14', 'DISCONNECT'],
  ['3.15', 'AUTH'],
  ['4.1', 'Session state'],
  ['4.2', 'Network connections'],
  ['4.3', 'Quality of Service'],
  ['4.4', 'Message delivery retry'],
  ['4.5', 'Message receipt'],
  ['4.6', 'Message ordering'],
  ['4.7', 'Topics'],
  ['4.8', 'Subscriptions'],
  ['4.9', 'Flow control'],
  ['4.12', 'Enhanced authentication'],
  ['4.13', 'Handling errors'],
  ['6.0', 'WebSocket'],
])

const sectionsOf311: ReadonlyMap<string, string> = new Map([
  ['2.2', '2.1'],
  ['2.3', '2.2'],
  ['4.8', '4.13'],
])

/** `3.3 PUBLISH`, from the id that a case names first. */
export function sectionOf(ids: readonly string[]): string {
  const [first = ''] = ids
  const own = numberOf(first).split('.').slice(0, 2).join('.')
  const section = first.startsWith('MQTT311-') ? (sectionsOf311.get(own) ?? own) : own
  const title = titles.get(section)
  return title === undefined ? section : `${section} ${title}`
}

/** As a reader of the specification has them: 3.2 before 3.10. */
export function byNumber(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => (text.match(/\d+/g) ?? []).map(Number))
  for (const [index, number] of (left ?? []).entries()) {
    const difference = number - (right?.[index] ?? -1)
    if (difference !== 0) return difference
  }
  return (left?.length ?? 0) - (right?.length ?? 0)
}
