/** A run for continuous integration: JUnit's XML, a test suite for each section. */
import { type Counts, countsOf, failureOf, type Outcome, type Play, sectionsOf } from './outcome.ts'

export function junitOf({ url, startedAt, seconds, plays }: Outcome): string {
  const all = countsOf(plays.map(({ result }) => result))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name=${quoted(`mq conformance ${url}`)} ${attributes(all)} time="${seconds.toFixed(3)}">`,
    ...sectionsOf(plays)
      .filter(({ plays: own }) => own.length > 0)
      .flatMap((section) => [
        `  <testsuite name=${quoted(section.name)} ${attributes(section)} time="${sum(section.plays).toFixed(3)}" timestamp="${timestamp(startedAt)}">`,
        ...section.plays.flatMap((play) => testCase(section.name, play)),
        '  </testsuite>',
      ]),
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase(section: string, { result, seconds }: Play): readonly string[] {
  const open = `    <testcase classname=${quoted(section)} name=${quoted(result.name)} time="${seconds.toFixed(3)}"`
  if (result.outcome === 'passed') return [`${open}/>`]
  if (result.outcome === 'skipped') {
    return [`${open}>`, `      <skipped message=${quoted(result.problem ?? '')}/>`, '    </testcase>']
  }
  const { said, expected, problem } = failureOf(result)
  const lines = [
    ...said.map(({ kind, text }) => (kind === 'note' ? text : `${kind.padEnd(10)}${text}`)),
    ...(expected === undefined ? [] : [`expected  ${expected}`]),
    problem,
  ]
  return [
    `${open}>`,
    `      <failure message=${quoted(problem)}>${escaped(lines.join('\n'))}</failure>`,
    '    </testcase>',
  ]
}

function attributes({ passed, failed, skipped }: Counts): string {
  return `tests="${passed + failed + skipped}" failures="${failed}" errors="0" skipped="${skipped}"`
}

function sum(plays: readonly Play[]): number {
  return plays.reduce((total, { seconds }) => total + seconds, 0)
}

/** JUnit's has no fractions and no zone. */
function timestamp(date: Date): string {
  return date.toISOString().slice(0, 19)
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`
}

/** Most control characters, lone surrogates and U+FFFE and U+FFFF have no place in XML 1.0, not even as a reference. */
function escaped(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
  )
}
