// Against Mosquitto's programs, both ways, where they are installed: the letters mean the same, and so does the output.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describePeer, type PeerProcess, peer, startPeer } from '../../../test/peers.ts'
import { brokerPort, freePort, runMq, startSub } from './mq.ts'

// mosquitto_sub does not say when it is subscribed (in a pipe it keeps its debug lines to itself), so its session is begun
// first (-E), and read once the messages wait in it.
async function beginSession(command: string, argv: readonly string[]): Promise<void> {
  expect(await startPeer(command, [...argv, '-E']).exited).toBe(0)
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
        ['-N'],
        ['-F', '%t|%p|%x|%X|%l|%q|%r|%C|%P|%E|%R|%%|\\t\\\\'],
        ['-F', '%20t|%-20t|%.4t|%10p|%-10p|%08l|%-8l|%8l|%5A|%05A|%20C|@@'],
      ]
      const session = (id: string) => [
        '-h',
        '127.0.0.1',
        '-p',
        port,
        '-V',
        '5',
        '-i',
        id,
        '-c',
        '-t',
        'same/#',
        '-q',
        '1',
      ]
      for (const index of formats.keys()) {
        await beginSession(mosquittoSub ?? '', session(`theirs${index}`))
        expect(await runMq(['sub', ...session(`ours${index}`), '-E'])).toMatchObject({ exitCode: 0, err: '' })
      }
      const payloads = ['on', '', 'a b', 'größe', '{"a": 1}']
      const properties = [
        ['content-type', 'text/plain'],
        ['user-property', 'k', 'v'],
        ['user-property', 'l', 'w'],
      ].flatMap((property) => ['-D', 'publish', ...property])
      for (const payload of payloads) {
        const message = payload === '' ? ['-n'] : ['-m', payload]
        const options = [
          '-h',
          '127.0.0.1',
          '-p',
          port,
          '-V',
          '5',
          '-q',
          '1',
          '-t',
          'same/topic',
          ...message,
          ...properties,
        ]
        // By turns: the two publish alike as well.
        if (payload === 'a b') expect(await runMq(['pub', ...options])).toMatchObject({ exitCode: 0, err: '' })
        else expect(await startPeer(mosquittoPub ?? '', options).exited).toBe(0)
      }
      for (const [index, format] of formats.entries()) {
        const rest = ['-C', String(payloads.length), '-W', '10', ...format]
        const theirs = startPeer(mosquittoSub ?? '', [...session(`theirs${index}`), ...rest])
        expect(await theirs.exited).toBe(0)
        const ours = await runMq(['sub', ...session(`ours${index}`), ...rest])
        expect(ours).toMatchObject({ exitCode: 0, err: '' })
        const lines = theirs.lines.map((line) => (format[0] === '-N' ? line : `${line}\n`))
        expect(ours.out, format.join(' ')).toBe(lines.join(''))
      }
    },
  )
})

describe('mq broker', () => {
  describePeer('mosquitto_sub', 'serves mosquitto_sub', (mosquittoSub) => {
    test.each(['5', '311', '31'])('with -V %s', async (version) => {
      const port = await brokerPort()
      const session = ['-p', port, '-V', version, '-i', 'me', '-c', '-t', 'a/#', '-q', '1']
      await beginSession(mosquittoSub, session)
      expect(await runMq(['pub', '-p', port, '-q', '1', '-t', 'a/b', '-m', 'from mq'])).toMatchObject({ exitCode: 0 })
      const sub = startPeer(mosquittoSub, [...session, '-C', '1', '-W', '10', '-v'])
      expect(await sub.exited).toBe(0)
      expect(sub.lines).toEqual(['a/b from mq'])
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
