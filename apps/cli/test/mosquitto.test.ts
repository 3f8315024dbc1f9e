// Against Mosquitto's programs, both ways, where they are installed: the letters mean the same, and so does the output.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describePeer, type PeerProcess, peer, startPeer } from '../../../test/peers.ts'
import { brokerPort, freePort, runMq, startSub } from './mq.ts'

/** Starts mosquitto_sub; it is subscribed when a message that is published until it shows up has shown up. */
async function startMosquittoSub(path: string, port: string, argv: readonly string[]): Promise<PeerProcess> {
  const sub = startPeer(path, ['-d', '-p', port, ...argv])
  await sub.waitForLine(/received SUBACK|Subscribed \(mid/)
  return sub
}

describePeer('mosquitto', 'mq with a Mosquitto broker', (mosquitto) => {
  let broker: PeerProcess
  let port = ''
  let folder = ''

  beforeAll(async () => {
    port = await freePort()
    folder = mkdtempSync(join(tmpdir(), 'mq-cli-'))
    writeFileSync(join(folder, 'conf'), `listener ${port} 127.0.0.1\nallow_anonymous true\n`)
    broker = startPeer(mosquitto, ['-v', '-c', join(folder, 'conf')])
    await broker.waitForLine(/running/)
  })
  afterAll(async () => {
    await broker?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test.each(['5', '311', '31', 'auto'])('pub and sub with -V %s', async (version) => {
    const options = ['-h', '127.0.0.1', '-p', port, '-V', version]
    const sub = await startSub([...options, '-q', '2', '-v', '-t', `v${version}/#`, '-C', '3'])
    for (const qos of ['0', '1', '2']) {
      const topic = `v${version}/${qos}`
      expect(await runMq(['pub', ...options, '-q', qos, '-t', topic, '-m', `at ${qos}`])).toMatchObject({
        exitCode: 0,
        err: '',
      })
    }
    expect(await sub.exited).toBe(0)
    expect(sub.lines).toEqual(['0', '1', '2'].map((qos) => `v${version}/${qos} at ${qos}`))
  })

  const mosquittoSub = peer('mosquitto_sub')
  const mosquittoPub = peer('mosquitto_pub')

  test.skipIf(mosquittoSub === undefined || mosquittoPub === undefined)(
    'sub prints what mosquitto_sub prints',
    async () => {
      const formats = [
        [],
        ['-v'],
        ['-F', '%t|%p|%x|%X|%l|%q|%r|%C|%P|%E|%R|%%|\\t\\\\'],
        ['-F', '%20t|%-20t|%.4t|%10p|%-10p|%08l|%-8l|%8l|%5A|%05A|%20C|@@'],
      ]
      const payloads = ['on', '', 'a b', 'größe', '{"a": 1}']
      const common = ['-V', '5', '-p', port, '-t', 'same/#', '-q', '1', '-C', String(payloads.length)]
      const pairs = await Promise.all(
        formats.map(async (format) => ({
          format,
          ours: await startSub(['-h', '127.0.0.1', ...common, ...format]),
          theirs: await startMosquittoSub(mosquittoSub ?? '', port, [
            '-V',
            '5',
            '-t',
            'same/#',
            '-q',
            '1',
            '-C',
            String(payloads.length),
            ...format,
          ]),
        })),
      )
      const properties = ['content-type', 'text/plain', 'user-property', 'k', 'v', 'user-property', 'l', 'w']
      const given = [
        '-D',
        'publish',
        ...properties.slice(0, 2),
        '-D',
        'publish',
        ...properties.slice(2, 5),
        '-D',
        'publish',
        ...properties.slice(5),
      ]
      for (const payload of payloads) {
        const message = payload === '' ? ['-n'] : ['-m', payload]
        const pub = startPeer(mosquittoPub ?? '', [
          '-V',
          '5',
          '-p',
          port,
          '-q',
          '1',
          '-t',
          'same/topic',
          ...message,
          ...given,
        ])
        expect(await pub.exited).toBe(0)
      }
      for (const { format, ours, theirs } of pairs) {
        expect(await ours.exited).toBe(0)
        expect(await theirs.exited).toBe(0)
        // mosquitto_sub -d talks on stdout.
        const said = theirs.lines.filter((line) => !/^(Client |Subscribed )/.test(line))
        expect(ours.lines, format.join(' ')).toEqual(said)
      }
    },
  )
})

describe('mq broker', () => {
  describePeer('mosquitto_sub', 'serves mosquitto_sub', (mosquittoSub) => {
    test.each(['5', '311', '31'])('with -V %s', async (version) => {
      const port = await brokerPort()
      const sub = await startMosquittoSub(mosquittoSub, port, ['-V', version, '-t', 'a/#', '-q', '1', '-C', '1', '-v'])
      expect(await runMq(['pub', '-p', port, '-q', '1', '-t', 'a/b', '-m', 'from mq'])).toMatchObject({ exitCode: 0 })
      expect(await sub.exited).toBe(0)
      expect(sub.lines).toContain('a/b from mq')
    })
  })

  describePeer('mosquitto_pub', 'serves mosquitto_pub', (mosquittoPub) => {
    test.each(['5', '311', '31'])('with -V %s', async (version) => {
      const port = await brokerPort()
      const sub = await startSub(['-p', port, '-t', 'a/#', '-q', '2', '-C', '1', '-v'])
      const pub = startPeer(mosquittoPub, ['-V', version, '-p', port, '-q', '2', '-t', 'a/b', '-m', 'from mosquitto'])
      expect(await pub.exited).toBe(0)
      expect(await sub.exited).toBe(0)
      expect(sub.lines).toEqual(['a/b from mosquitto'])
    })
  })
})
