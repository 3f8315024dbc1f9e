/**
 * From the text of ../cases to cases. A line that cannot be read is an error with its number: a case that is silently
 * skipped would be a statement that is silently untested.
 */
import type { ProtocolVersion } from '@mq/core'
import type { Action, Case, Expectation, Need, Repeat, Sendable, Step } from './case.ts'
import { parseBytes } from './parse-bytes.ts'
import { parseFields, parsePacket, parseValue, parseVersions } from './parse-fields.ts'
import { alternatives, joined, words } from './words.ts'

/** The cases of one section. @throws SyntaxError with the number of the line */
export function parseCases(text: string): Case[] {
  const cases: Case[] = []
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('//')) return
    try {
      if (line.startsWith('[')) {
        cases.push(parseHeader(line))
        return
      }
      const last = cases.pop()
      if (last === undefined) throw new SyntaxError('a step before the first case')
      cases.push(extend(last, line))
    } catch (error) {
      throw new SyntaxError(`line ${index + 1}: ${error instanceof Error ? error.message : error}`, { cause: error })
    }
  })
  for (const { ids, steps, title } of cases) {
    if (steps.length === 0) throw new SyntaxError(`no step: ${ids.join(' ')} ${title}`)
  }
  return cases
}

function parseHeader(line: string): Case {
  const ids = [...line.matchAll(/\[([^\]]+)\]/g)].map(([, id = '']) => id)
  const title = line.slice(line.lastIndexOf(']') + 1).trim()
  if (title === '') throw new SyntaxError('a case without title')
  const older = ids.some((id) => id.startsWith('MQTT311-'))
  const newer = ids.some((id) => !id.startsWith('MQTT311-'))
  const versions: ProtocolVersion[] = [...(older ? [4 as const] : []), ...(newer ? [5 as const] : [])]
  return { ids, title, versions, role: 'server', needs: [], slow: false, steps: [] }
}

function extend(into: Case, line: string): Case {
  const [first = '', ...rest] = words(line)
  switch (first) {
    case 'in':
      return { ...into, versions: parseVersions(rest.join('')) }
    case 'needs':
      return { ...into, needs: [...into.needs, ...rest.map(parseNeed)] }
    case 'slow':
      return { ...into, slow: true }
    case 'role':
      return { ...into, role: rest[0] === 'client' ? 'client' : 'server' }
    default:
      return { ...into, steps: [...into.steps, parseStep(line)] }
  }
}

function parseNeed(text: string): Need {
  const [, name, comparison, value] = /^(\w+)(<=|>=|=)(\d+)$/.exec(text) ?? []
  if (name === undefined || (comparison !== '=' && comparison !== '<=' && comparison !== '>=')) {
    throw new SyntaxError(`not a condition: ${text}`)
  }
  return { name, comparison, value: Number(value) }
}

function parseStep(line: string): Step {
  const [, digits, unversioned = line] = /^([345]+):\s+(.*)$/s.exec(line) ?? []
  const [, times, variable = 'i', body = unversioned] = /^repeat (\S+) \$(\w+): (.*)$/s.exec(unversioned) ?? []
  const repeat: Repeat | undefined = times === undefined ? undefined : { times: parseValue(times), variable }
  return { ...parseAction(body), versions: parseVersions(digits), source: line, repeat }
}

function parseAction(text: string): Action {
  const [, seconds] = /^wait ([\d.]+)$/.exec(text) ?? []
  if (seconds !== undefined) return { type: 'wait', seconds: Number(seconds) }
  const [, done] = /^do (.*)$/s.exec(text) ?? []
  if (done !== undefined) return parseDoing(done)
  const [, connection, verb, rest = ''] = /^([a-z]\w*) (\S+)(?: (.*))?$/s.exec(text) ?? []
  if (connection === undefined) throw new SyntaxError(`not a step: ${text}`)
  switch (verb) {
    case '>':
    case '>1':
      return { type: 'send', connection, what: joined(rest).map(parseSendable), split: verb === '>1' }
    case '<':
      return { type: 'expect', connection, order: 'next', what: alternatives(rest).map(parseExpectation) }
    case '<*':
      return { type: 'expect', connection, order: 'any', what: alternatives(rest).map(parseExpectation) }
    case '<?':
      return { type: 'expect', connection, order: 'maybe', what: alternatives(rest).map(parseExpectation) }
    case 'closed':
      return { type: 'expect', connection, order: 'next', what: [parseExpectation(`closed ${rest}`.trim())] }
    case 'connects':
    case 'subscribes':
    case 'leaves':
    case 'welcomes':
      return { type: verb, connection, fields: parseFields(rest) }
    case 'open':
    case 'cut':
    case 'quiet':
      return { type: verb, connection }
    default:
      throw new SyntaxError(`not a verb: ${verb}`)
  }
}

function parseDoing(text: string): Action {
  const action = parsePacket(text)
  if (action === undefined) throw new SyntaxError(`not something to do: ${text}`)
  return { type: 'do', action }
}

function parseSendable(text: string): Sendable {
  const packet = parsePacket(text)
  return packet === undefined ? { type: 'bytes', bytes: parseBytes(text) } : { type: 'packet', packet }
}

function parseExpectation(text: string): Expectation {
  const [first, ...rest] = words(text)
  if (first === 'closed') {
    const silently = rest[0] === 'silently'
    return { type: 'closed', reasonCodes: silently ? [] : rest.map((code) => Number(code)), silently }
  }
  const packet = parsePacket(text)
  return packet === undefined ? { type: 'bytes', bytes: parseBytes(text) } : { type: 'packet', packet }
}
