import { describe, expect, test } from 'vitest'
import { certificate } from '../../test/certificate.ts'
import { type FakeIoOptions, fakeIo } from '../../test/fake-io.ts'
import { argumentsOf } from '../argv/arguments.ts'
import { rewrite } from '../argv/rewrite.ts'
import { connectPlanOf } from './connect-wishes.ts'

async function plan(argv: readonly string[], world: FakeIoOptions = {}) {
  const io = fakeIo(world)
  return { ...(await connectPlanOf(argumentsOf(rewrite(['pub', ...argv]), io.env), io, false)), err: io.err() }
}
const wishes = async (argv: readonly string[], world: FakeIoOptions = {}) => (await plan(argv, world)).wishes

describe('the address', () => {
  test.each<readonly [string, readonly string[], Record<string, string>, string]>([
    ['nothing', [], {}, 'mqtt://localhost:1883'],
    ['a host', ['-h', 'b'], {}, 'mqtt://b:1883'],
    ['a port', ['-p', '1884'], {}, 'mqtt://localhost:1884'],
    ['the port of TLS', ['-p', '8883'], {}, 'mqtts://localhost:8883'],
    ['a TLS option', ['--insecure'], {}, 'mqtts://localhost:8883'],
    ['an IPv6 address', ['-h', '::1'], {}, 'mqtt://[::1]:1883'],
    ['a URL', ['-L', 'mqtt://b'], {}, 'mqtt://b:1883'],
    ['a URL with everything', ['-L', 'mqtts://u:p@b:99/a/b'], {}, 'mqtts://b:99'],
    ['another name of the scheme', ['-L', 'tcp://b'], {}, 'mqtt://b:1883'],
    ['an IPv6 URL', ['-L', 'mqtt://[::1]:1884'], {}, 'mqtt://[::1]:1884'],
    ['a WebSocket URL keeps its path', ['-L', 'ws://b:8083/mqtt?x=1'], {}, 'ws://b:8083/mqtt?x=1'],
    ['a secure WebSocket URL', ['-L', 'wss://b'], {}, 'wss://b:443/'],
    ['the environment', [], { MQ_URL: 'mqtts://b:99' }, 'mqtts://b:99'],
    ['host and port of the environment', [], { MQ_HOST: 'b', MQ_PORT: '99' }, 'mqtt://b:99'],
    [
      'a flag takes nothing from an MQ_URL for another broker',
      ['-h', 'c'],
      { MQ_URL: 'mqtts://b:99' },
      'mqtt://c:1883',
    ],
    ['nor from an MQ_PORT', ['-h', 'c'], { MQ_HOST: 'b', MQ_PORT: '99' }, 'mqtt://c:1883'],
    ['a port alone is of the broker that is set', ['-p', '98'], { MQ_URL: 'mqtts://b:99' }, 'mqtts://b:98'],
    ['host and port beside a URL win', ['-L', 'mqtts://b:99', '-h', 'c', '-p', '98'], {}, 'mqtts://c:98'],
  ])('%s', async (_, argv, env, url) => expect((await wishes(argv, { env })).url).toBe(url))

  test.each(['house/#', 'a/b', '$share/g/a'])('the path of an mqtt URL is the topic: %s', async (topic) => {
    expect((await plan(['-L', `mqtt://b/${topic}`])).address.topic).toBe(topic)
  })

  test('a password in a bad URL is not printed', async () => {
    await expect(plan(['-L', 'mqt://u:secret@b'])).rejects.toThrow('-L was given "mqt://u:***@b"')
  })

  test.each([
    ['localhost:1884', '-h localhost -p 1884.'],
    ['[::1]:1884', '-h [::1] -p 1884.'],
    ['mqtt://localhost', '-L mqtt://localhost.'],
    ['mqtt://u:secret@b:1', '-L mqtt://u:***@b:1.'],
    ['b/topic', '-L mqtt://b/topic.'],
  ])('-h with more than a host: %s', async (host, instead) => {
    await expect(plan(['-h', host])).rejects.toThrow(/-h takes a host name only, .* the port goes to -p, a URL to -L: /)
    await expect(plan(['-h', host])).rejects.toThrow(instead)
    await expect(plan([], { env: { MQ_HOST: host } })).rejects.toThrow('MQ_HOST takes a host name only')
  })

  test('TLS options with a URL that has no TLS', async () => {
    await expect(plan(['-L', 'ws://b', '--insecure'])).rejects.toThrow('ws://b has none, use wss://')
  })
})

describe('user and password', () => {
  test.each<readonly [string, readonly string[], Record<string, string>, string | undefined, string | undefined]>([
    ['nothing', [], {}, undefined, undefined],
    ['flags', ['-u', 'u', '-P', 'p'], {}, 'u', 'p'],
    ['a URL', ['-L', 'mqtt://u%40x:p%3a@b'], {}, 'u@x', 'p:'],
    ['a URL with a name only', ['-L', 'mqtt://u@b'], {}, 'u', undefined],
    ['flags beat a URL', ['-L', 'mqtt://u:p@b', '-u', 'v', '-P', 'q'], {}, 'v', 'q'],
    ['the environment', [], { MQ_USERNAME: 'u', MQ_PASSWORD: 'p' }, 'u', 'p'],
    ['a URL beats the environment', ['-L', 'mqtt://u:p@b'], { MQ_USERNAME: 'v', MQ_PASSWORD: 'q' }, 'u', 'p'],
    ['a file, without its newline', ['-u', 'u', '--pw-file', 'pw'], {}, 'u', 'from file'],
    ['a file that the environment names', ['-u', 'u'], { MQ_PASSWORD_FILE: 'pw' }, 'u', 'from file'],
    ['no user name is fine in 5.0', ['-P', 'p'], {}, undefined, 'p'],
  ])('%s', async (_, argv, env, userName, password) => {
    const given = await wishes(argv, { env, files: { pw: 'from file\n' } })
    expect(given.userName).toBe(userName)
    expect(given.password === undefined ? undefined : Buffer.from(given.password).toString()).toBe(password)
  })
})

describe('the session', () => {
  test.each<readonly [readonly string[], object]>([
    [
      [],
      {
        cleanStart: true,
        sessionExpiryInterval: 0,
        keepAlive: 60,
        protocolVersion: 'auto',
        clientId: 'mq-pub-4711-ababab',
      },
    ],
    [['-c', '-i', 'me'], { cleanStart: false, sessionExpiryInterval: 0xffff_ffff, clientId: 'me' }],
    [['-c', '-i', 'me', '-x', '60'], { cleanStart: false, sessionExpiryInterval: 60 }],
    [['-x', '-1'], { cleanStart: true, sessionExpiryInterval: 0xffff_ffff }],
    [['-I', 'pre-'], { clientId: 'pre-4711' }],
    [['-k', '5', '-V', 'mqttv311'], { keepAlive: 5, protocolVersion: 4 }],
    [['-D', 'connect', 'receive-maximum', '5'], { protocolVersion: 5, properties: { receiveMaximum: 5 } }],
    [
      [
        '--will-topic',
        'w',
        '--will-payload',
        'gone',
        '--will-qos',
        '1',
        '--will-retain',
        '-D',
        'will',
        'content-type',
        'x',
      ],
      {
        will: { topicName: 'w', payload: Buffer.from('gone'), qos: 1, retain: true, properties: { contentType: 'x' } },
      },
    ],
    [['--cafile', 'ca', '--insecure'], { tls: { ca: Buffer.from(certificate), rejectUnauthorized: false } }],
  ])('%j', async (argv, expected) => expect(await wishes(argv, { files: { ca: certificate } })).toMatchObject(expected))

  test.each<readonly [readonly string[], string]>([
    [['-i', 'a', '-I', 'b'], 'give --id or --id-prefix, not both.'],
    [['--cert', 'c'], '--cert and --key belong together; give both or neither.'],
    [['-P', 'p', '--pw-file', 'f'], 'give --pw or --pw-file, not both.'],
    [['-k', '70000'], '-k was given "70000"; allowed is a whole number, 0 to 65535.'],
    [['--will-topic', 'a/#'], '--will-topic was given "a/#"; allowed is a topic without the wildcards'],
    [['-V', '311', '-D', 'connect', 'receive-maximum', '5'], '-D needs MQTT 5.0; -V asks for an older one.'],
    [['-L', 'mqtt://b:0'], 'the port of -L was given "0"; allowed is a whole number, 1 to 65535.'],
  ])('%j is refused', async (argv, sentence) => {
    const argv2 = argv.includes('--cert') ? ['-L', 'mqtts://b', ...argv] : argv
    await expect(wishes(argv2)).rejects.toThrow(sentence)
  })

  test('a bad value from the environment is called by the name of its variable', async () => {
    await expect(wishes([], { env: { MQ_PORT: 'x' } })).rejects.toThrow(
      'MQ_PORT was given "x"; allowed is a whole number, 1 to 65535.',
    )
  })
})
