import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../failure.ts'
import { optionTable } from './option-table.ts'
import { rewrite } from './rewrite.ts'

/** A line of shell as its words, for what these tests need of it: 'single quotes' keep blanks. */
const words = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

function meaning(line: string) {
  const { command, positionals, options, properties } = rewrite(words(line))
  return { command, positionals, options: Object.fromEntries(options), properties }
}

describe('what yargs alone would get wrong', () => {
  test.each([
    ['a positional that looks like a number', 'pub house/x 1e3', { positionals: ['house/x', '1e3'] }],
    ['a negative number', 'pub house/x -5', { positionals: ['house/x', '-5'] }],
    ['a negative fraction', 'pub house/x -.5', { positionals: ['house/x', '-.5'] }],
    ['a number with leading zeros', 'pub -m 007', { options: { message: ['007'] } }],
    ['a value that looks like a long option', 'pub -m --x', { options: { message: ['--x'] } }],
    ['a value that looks like a short option', 'pub -m -a', { options: { message: ['-a'] } }],
    ['a value that is a known option', 'pub -m -t', { options: { message: ['-t'] } }],
    ['a value after a long option', 'pub --message --topic', { options: { message: ['--topic'] } }],
    ['a value of two dashes', 'pub -m -- -r', { options: { message: ['--'], retain: [''] } }],
    ['a value in the same word', 'pub -mhello', { options: { message: ['hello'] } }],
    ['a number in the same word', 'sub -p1884 -q1', { options: { port: ['1884'], qos: ['1'] } }],
    ['flags in one word, the last with a value', 'pub -rq 1', { options: { retain: [''], qos: ['1'] } }],
    ['a value with quotes', `pub -m "on"`, { options: { message: ['"on"'] } }],
    ['a value with = in it', 'pub --message=a=b', { options: { message: ['a=b'] } }],
    ['an empty value', "pub -m ''", { options: { message: [''] } }],
    ['an empty value after =', 'pub --message=', { options: { message: [''] } }],
    ['an option twice', 'pub -m a -m b', { options: { message: ['a', 'b'] } }],
    ['a repeatable option twice', 'sub -t a -t b', { options: { topic: ['a', 'b'] } }],
    ['a word after a repeatable option', 'pub -t a b', { options: { topic: ['a'] }, positionals: ['b'] }],
    ['-h for the host', 'sub -h localhost a', { options: { host: ['localhost'] }, positionals: ['a'] }],
    ['words after --', 'pub t -- -x --y', { positionals: ['t', '-x', '--y'] }],
    ['an option before the command', 'sub -L mqtt://b a', { command: 'sub', positionals: ['a'] }],
    [
      'a long name that starts with no-',
      'sub --no-newline --no-retained',
      { options: { 'no-newline': [''], 'no-retained': [''] } },
    ],
    ['a name with a dot in its value', 'pub --user-property a.b=c', { options: { 'user-property': ['a.b=c'] } }],
  ])('%s: mq %s', (_, line, expected) => {
    expect(meaning(line)).toMatchObject(expected)
  })

  test('-D takes three words, and four for a user property', () => {
    expect(meaning('pub -D publish user-property k v -D publish content-type text/plain topic')).toEqual({
      command: 'pub',
      positionals: ['topic'],
      options: {},
      properties: [
        ['publish', 'user-property', 'k', 'v'],
        ['publish', 'content-type', 'text/plain'],
      ],
    })
  })

  test('an option that stands before the command is one of it', () => {
    expect(meaning('-L mqtt://broker sub #')).toMatchObject({
      command: 'sub',
      options: { url: ['mqtt://broker'] },
      positionals: ['#'],
    })
  })

  test('yargs sees no value, whatever it is', () => {
    const value = fc.string()
    fc.assert(
      fc.property(value, value, (first, second) => {
        const { options, positionals, forYargs } = rewrite(['pub', '-m', first, '--', second])
        expect(options.get('message')).toEqual([first])
        expect(positionals).toEqual([second])
        expect(forYargs).toEqual(['pub'])
      }),
    )
  })
})

describe('what is refused', () => {
  test.each([
    ['pub -m', 'option -m needs a value: <text>.'],
    ['pub -t a --file', 'option --file needs a value: <path>.'],
    ['pub --retain=yes', 'option --retain takes no value, and was given "yes".'],
    ['pub -D publish user-property k', 'option -D needs a value: <packet name value>.'],
    ['pub --mesage x', 'there is no option --mesage; did you mean --message?'],
    ['pub --msg x', 'there is no option --msg; did you mean --message?'],
    ['pub -t a -h', 'option -h needs a value: <host>.'],
    ['pub --zzz', 'there is no option --zzz.'],
    ['broker --foo', 'there is no option --foo.'],
    ['pub --qso 1', 'there is no option --qso; did you mean --qos?'],
    ['pub --reatin', 'there is no option --reatin; did you mean --retain?'],
    ['pub -Z', 'there is no option -Z.'],
    ['pub -topic a', undefined],
    ['sub -json', 'there is no option -j in -json; did you mean --json?'],
  ])('mq %s', (line, sentence) => {
    if (sentence === undefined) return expect(meaning(line).options).toEqual({ topic: ['opic'] })
    expect(() => rewrite(words(line))).toThrow(new UsageError(sentence))
  })
})

test('the table of options is consistent', () => {
  const names = optionTable.map(({ name }) => name)
  const shorts = optionTable.flatMap(({ short, shortIn }) => (shortIn === undefined ? (short ?? []) : []))
  expect(new Set(names).size).toBe(names.length)
  expect(new Set(shorts).size).toBe(shorts.length)
  for (const { name, kind, value } of optionTable) expect(kind === 'flag', name).toBe(value === undefined)
})

test.each([
  ['-h', ['--help']],
  ['pub -h', ['pub', '--help']],
  ['pub -h b', ['pub']],
])('-h without a host asks for help: mq %s', (line, forYargs) => {
  expect(rewrite(words(line)).forYargs).toEqual(forYargs)
})

test('-c is a number of connections behind `bench`, and the session everywhere else', () => {
  expect(meaning('bench pub -c 5')).toMatchObject({ options: { connections: ['5'] }, positionals: ['pub'] })
  expect(meaning('-c sub -t a')).toMatchObject({ options: { 'disable-clean-session': [''] } })
})
