/** The list of subcommands: a new one is a file beside this, and an entry here. */
import type { Command } from './command.ts'

export const commands: readonly Command[] = [
  {
    name: 'bench',
    usage: 'bench <conn|pub|sub|e2e>',
    describe: 'Load a broker, and measure it',
    examples: [
      ['mq bench e2e -c 10 --rate 1000 --duration 10s', 'ten pairs, 1000 messages per second together'],
      ['mq bench pub -t b/%i -c 100 --rate 5000 --size 256 -q 1', 'a hundred publishers'],
      ['mq bench conn -c 5000 --rate 500', 'connections'],
      ["mq bench e2e -q 1 --rate 500 --json --fail-if 'p99>50ms,loss>0'", 'in a pipeline'],
    ],
    async load() {
      const [{ bench }, { forkWorker }] = await Promise.all([import('./bench.ts'), import('../bench/fork-worker.ts')])
      return (given, io) => bench(given, io, forkWorker)
    },
  },
  {
    name: 'broker',
    usage: 'broker',
    describe: 'Run an MQTT broker here',
    examples: [
      ['mq broker', 'listen on tcp://127.0.0.1:1883'],
      ['mq broker --listen tcp://127.0.0.1:1884 --listen ws://127.0.0.1:8083/mqtt', 'TCP and WebSocket'],
    ],
    epilogue:
      'No configuration file, passwords, TLS or disk yet: options say everything, other machines come in with --allow-anonymous,\n' +
      'and after a restart retained messages and sessions are gone. Passwords take ten lines of code with @mq/broker:\n' +
      'createBroker({ authenticate }).',
    async load() {
      const { runBroker } = await import('./broker.ts')
      return runBroker
    },
  },
  {
    name: 'conformance',
    usage: 'conformance [url]',
    describe: 'Does a broker speak MQTT? Test it, statement by statement',
    examples: [
      ['mq conformance tcp://127.0.0.1:1883', 'every statement, in 3.1, 3.1.1 and 5.0'],
      ['mq conformance ws://127.0.0.1:8083/mqtt -V 5 --section 3.3', 'PUBLISH of 5.0, over WebSocket'],
      ['mq conformance mqtt://broker --skip-slow --junit report.xml', 'in a pipeline'],
    ],
    async load() {
      const { conformance } = await import('./conformance.ts')
      return conformance
    },
  },
  {
    name: 'pub',
    usage: 'pub [topic] [message]',
    describe: 'Publish a message',
    examples: [
      ['mq pub -t house/bulb1 -m on', 'one message'],
      ['mq pub settings/lamp -f lamp.json -r -q 1', 'a file, retained'],
      ['seq 5 | mq pub -t count -l', 'each line a message'],
    ],
    async load() {
      const [{ pub }, { openConnection }] = await Promise.all([import('./pub.ts'), import('../connection/open.ts')])
      return (given, io) => pub(given, io, openConnection)
    },
  },
  {
    name: 'sub',
    usage: 'sub [filter..]',
    describe: 'Subscribe, and print what arrives',
    examples: [
      ["mq sub -t 'house/#'", 'everything below house'],
      ["mq sub 'house/#' -T 'house/log/#' --json | jq .payload", 'lines of JSON'],
      ['mq sub -t a -C 1 -W 5 || echo "exit $?"', 'one message, 27 if none comes in 5 s'],
    ],
    async load() {
      const [{ sub }, { openConnection }] = await Promise.all([import('./sub.ts'), import('../connection/open.ts')])
      return (given, io) => sub(given, io, openConnection)
    },
  },
]
