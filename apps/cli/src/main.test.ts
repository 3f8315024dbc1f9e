import { describe, expect, test } from 'vitest'
import { fakeIo } from '../test/fake-io.ts'
import type { Arguments } from './argv/arguments.ts'
import type { Command } from './command/command.ts'
import { commands } from './command/commands.ts'
import { Failure, UsageError } from './failure.ts'
import { main } from './main.ts'

/** The real commands' names and options, with a body of the test's. */
function standIns(run: (given: Arguments) => number | Promise<number>): readonly Command[] {
  return commands.map((command) => ({ ...command, load: async () => async (given: Arguments) => run(given) }))
}

async function mq(argv: readonly string[], run: (given: Arguments) => number | Promise<number> = () => 0, env = {}) {
  const io = fakeIo({ env })
  const exitCode = await main(argv, io, '1.2.3', standIns(run))
  return { exitCode, out: io.out(), err: io.err() }
}

describe('mq', () => {
  test('alone prints its help to stderr and exits with 2', async () => {
    const { exitCode, out, err } = await mq([])
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toMatch(/^mq: a command is missing; these are there\.\n\n/)
    expect(err).toMatch(/mq pub \[topic\] \[message\]/)
  })

  test('-v alone says why there is help, and what it may have meant', async () => {
    const { exitCode, err } = await mq(['-v'])
    expect(exitCode).toBe(2)
    expect(err).toMatch(/^mq: a command is missing beside -v; these are there\. mq --version tells the version\.\n\n/)
  })

  test.each([
    [['help'], ['--help']],
    [['-h'], ['--help']],
    [
      ['help', 'sub'],
      ['sub', '--help'],
    ],
    [
      ['sub', '-h'],
      ['sub', '--help'],
    ],
    [
      ['help', 'completion'],
      ['completion', '--help'],
    ],
  ])('%j is help as well', async (argv, same) => {
    const answer = await mq(argv)
    expect(answer).toEqual(await mq(same))
    expect(answer).toMatchObject({ exitCode: 0, err: '' })
  })

  test('help of a command that is not there', async () => {
    expect(await mq(['help', 'pbu'])).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/did you mean mq pub\?/),
    })
  })

  test('--help prints to stdout and exits with 0', async () => {
    const { exitCode, out, err } = await mq(['--help'])
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(out).toMatch(/mq broker/)
    expect(out).toMatch(/mq sub/)
  })

  test('pub --help has its options, and those of no other command', async () => {
    const { exitCode, out } = await mq(['pub', '--help'])
    expect(exitCode).toBe(0)
    expect(out).toMatch(/-m, --message/)
    expect(out).toMatch(/-h, --host/)
    expect(out).not.toMatch(/--retained-only/)
  })

  test('broker --help says what it cannot do yet', async () => {
    expect((await mq(['broker', '--help'])).out).toMatch(/No configuration file, passwords, TLS or disk yet/)
  })

  test('--version', async () => expect(await mq(['--version'])).toEqual({ exitCode: 0, out: '1.2.3\n', err: '' }))

  test('completion prints a script', async () => {
    const { exitCode, out } = await mq(['completion'])
    expect(exitCode).toBe(0)
    expect(out).toMatch(/complete .*mq/)
  })

  test('completion is for the shell that is named, or that is ours', async () => {
    const bash = /^complete -o .* mq$/m
    expect((await mq(['completion', 'bash'], undefined, { SHELL: '/bin/zsh' })).out).toMatch(bash)
    expect((await mq(['completion', 'zsh'], undefined, { SHELL: '/bin/bash' })).out).toMatch(/^#compdef mq/)
    expect((await mq(['completion'], undefined, { SHELL: '/usr/bin/fish' })).out).toMatch(/^complete -f -c mq/m)
    expect((await mq(['completion'])).out).toMatch(bash)
    const unknown = await mq(['completion', 'powershell'])
    expect(unknown).toMatchObject({ exitCode: 2, out: '' })
    expect(unknown.err).toMatch(/mq completion was given "powershell"; allowed is bash, zsh or fish\./)
    expect((await mq(['completion'], undefined, { SHELL: '/bin/tcsh' })).err).toMatch(/no completion for tcsh/)
  })

  test('an option is listed with what it is about, for the command that is asked about', async () => {
    const { out } = await mq(['conformance', '--help'])
    expect(out).toMatch(/^Conformance:\n {2}-W, --timeout .*for each answer/m)
    expect(out).not.toMatch(/^Subscription:/m)
    expect((await mq(['sub', '--help'])).out).toMatch(
      /--timeout .*<time> {2}Exit with 27 after this time: seconds, 500ms, 10s$/m,
    )
  })

  test('other spellings that are taken are named', async () => {
    const { out } = await mq(['pub', '--help'])
    for (const spelling of ['--password', '--user', '--client-id', '--password-file', '3.1.1'])
      expect(out).toContain(spelling)
  })

  test('completion --help prints no script', async () => {
    const { exitCode, out } = await mq(['completion', '--help'])
    expect(exitCode).toBe(0)
    expect(out).toMatch(/source <\(mq completion\)/)
    expect(out).not.toMatch(/compgen|compdef/)
  })

  test('an option that commands share is described for the one that is asked about', async () => {
    expect((await mq(['pub', '--help'])).out).toMatch(/--topic .*<topic> {2}Topic to publish to\. Repeatable/)
    expect((await mq(['sub', '--help'])).out).toMatch(/--topic .*<topic> {2}Topic filter to subscribe to/)
  })

  test('the completion script is answered with commands and options', async () => {
    expect((await mq(['--get-yargs-completions', 'mq', ''])).out).toMatch(/^pub/m)
    expect((await mq(['--get-yargs-completions', 'mq', 'pub', '--ret'])).out).toMatch(/--retain/)
  })

  test('runs the command with what was given and returns its exit code', async () => {
    const argv = [
      '-L',
      'mqtt://b',
      'pub',
      '-t',
      'a',
      '-m',
      '"on"',
      '-r',
      '-D',
      'publish',
      'user-property',
      'k',
      'v',
      '1e3',
    ]
    let seen: Arguments | undefined
    const { exitCode, err } = await mq(argv, (given) => {
      seen = given
      return 7
    })
    expect({ exitCode, err }).toEqual({ exitCode: 7, err: '' })
    expect(seen?.written('topic')).toBe('-t')
    expect(seen?.text('url')).toBe('mqtt://b')
    expect(seen?.text('message')).toBe('"on"')
    expect(seen?.flag('retain')).toBe(true)
    expect(seen?.positionals).toEqual(['1e3'])
    expect(seen?.properties).toEqual([['publish', 'user-property', 'k', 'v']])
  })

  test('a flag beats its environment variable, which beats nothing', async () => {
    const env = { MQ_HOST: 'env', MQ_PORT: '1', MQ_QOS: '', MQ_UNKNOWN: 'x' }
    await mq(
      ['pub', '-h', 'flag'],
      (given) => {
        expect(given.text('host')).toBe('flag')
        expect(given.text('port')).toBe('1')
        expect(given.written('port')).toBe('MQ_PORT')
        expect(given.text('qos')).toBeUndefined()
        return 0
      },
      env,
    )
  })
})

describe('exit codes', () => {
  test.each<readonly [string, readonly string[], string]>([
    ['an unknown command', ['pbu'], 'there is no command "pbu"; did you mean mq pub?'],
    [
      'a command like no other',
      ['xyz'],
      'there is no command "xyz"; there are bench, broker, conformance, pub, sub, completion.',
    ],
    ['a command as others call it', ['publish'], 'there is no command "publish"; did you mean mq pub?'],
    ['another', ['subscribe'], 'did you mean mq sub?'],
    ['an unknown option', ['pub', '--mesage', 'x'], 'there is no option --mesage; did you mean --message?'],
    ['a value that is missing', ['pub', '-t'], 'option -t needs a value: <topic>.'],
    [
      'an option of another command',
      ['sub', 'a', '--repeat', '2'],
      'mq sub has no option --repeat; it belongs to mq pub.',
    ],
    [
      '-D where nothing connects',
      ['broker', '-D', 'connect', 'receive-maximum', '1'],
      'mq broker has no option -D; it belongs to mq pub, mq sub.',
    ],
  ])('2 for %s', async (_, argv, sentence) => {
    const { exitCode, out, err } = await mq(argv)
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err.toLowerCase()).toContain(sentence.toLowerCase())
    expect(err).toMatch(/Try mq (\w+ )?--help/)
  })

  test('2 with the help of the command for a UsageError, the code of a Failure, 1 for anything else', async () => {
    const thrown = (error: unknown) => mq(['pub', 'a', 'b'], () => Promise.reject(error))
    expect(await thrown(new UsageError('no.'))).toEqual({ exitCode: 2, out: '', err: 'mq: no.\nTry mq pub --help.\n' })
    expect(await thrown(new Failure('refused.', 135))).toEqual({ exitCode: 135, out: '', err: 'mq: refused.\n' })
    expect(await thrown(new TypeError('x'))).toEqual({ exitCode: 1, out: '', err: 'mq: x\n' })
  })

  test.each([
    [['pub', '--nonsense'], 'mq pub --help'],
    [['sub', '-t'], 'mq sub --help'],
    [['--nonsense'], 'mq --help'],
  ])('%j is pointed to the help that it needs', async (argv, help) => {
    expect((await mq(argv)).err).toMatch(new RegExp(`\\nTry ${help}\\.\\n$`))
  })

  test('--quiet silences failures, not usage errors', async () => {
    const quiet = (error: unknown) => mq(['pub', 'a', 'b', '--quiet'], () => Promise.reject(error))
    expect((await quiet(new Failure('refused.', 135))).err).toBe('')
    expect((await quiet(new UsageError('no.'))).err).not.toBe('')
  })
})
