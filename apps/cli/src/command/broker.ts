/** mq broker: @mq/broker in the foreground, until SIGINT or SIGTERM. */
import { type Broker, createBroker } from '@mq/broker'
import { type Logger, pino } from 'pino'
import type { Arguments } from '../argv/arguments.ts'
import { choiceOf } from '../argv/values.ts'
import { ExitCode } from '../exit-code.ts'
import { Failure, messageOf, UsageError } from '../failure.ts'
import type { Io } from '../io.ts'
import { humanLines } from '../log/human-lines.ts'
import { colourWanted } from '../output/renderer.ts'
import { anotherPort, checkListenAddress, portOf } from './listen-address.ts'
import { isNpmStart, meantForNpmStart } from './npm-start.ts'

const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const
type LogLevel = (typeof logLevels)[number]

export async function runBroker(given: Arguments, io: Io): Promise<number> {
  const meant = meantForNpmStart(given, io)
  if (meant !== undefined)
    throw new UsageError(`npm kept options that are for mq broker; put -- before them: ${meant}.`)
  const before = isNpmStart(io) ? 'npm start -- ' : ''
  if (given.positionals.length > 0) {
    const [word = ''] = given.positionals
    throw new UsageError(
      `mq broker takes no argument, and was given "${word}"; where to listen says --listen, such as ${before}--listen ${word.includes('://') ? word : 'tcp://127.0.0.1:1883'}.`,
    )
  }
  const level = choiceOf(given.written('log-level'), given.text('log-level') ?? 'info', logLevels)
  choiceOf('--store', given.text('store') ?? 'memory', ['memory'])
  const wanted = given.all('listen').length > 0 ? given.all('listen') : ['tcp://127.0.0.1:1883']
  for (const address of wanted) checkListenAddress(address)
  const broker = createBroker({
    logger: loggerOf(level, io),
    allowAnonymous: given.flag('allow-anonymous'),
  })
  let stop = (): void => {}
  const interrupted = new Promise<void>((resolve) => {
    stop = io.onInterrupt(() => resolve())
  })
  try {
    const urls: string[] = []
    for (const url of wanted) urls.push(await listen(broker, url, wanted, before))
    if (level !== 'silent') io.stderr.write(greeting(urls, runsThroughNpm(io), io.addresses()))
    await interrupted
    if (level !== 'silent')
      io.stderr.write('mq broker is stopping: clients are told, then it ends. Again to end at once.\n')
    await broker.close()
    if (level !== 'silent') io.stderr.write('mq broker has stopped.\n')
    return ExitCode.done
  } finally {
    await broker.close()
    stop()
  }
}

/**
 * @param all the addresses of this command
 * @param before what goes before the options where they are not given to `mq` itself
 */
async function listen(broker: Broker, url: string, all: readonly string[], before: string): Promise<string> {
  try {
    return (await broker.listen(url)).url
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'MQ_BAD_LISTEN_URL') throw new UsageError(`--listen: ${messageOf(error)}`)
    if (code === 'MQ_ADDRESS_IN_USE') {
      const port = portOf(url)
      const another = `tcp://127.0.0.1:${anotherPort(port, all)}`
      throw new Failure(
        `port ${port} is in use, perhaps by another broker; stop that one, or choose another port, such as ${before}--listen ${another}.`,
        ExitCode.unexpected,
        { cause: error },
      )
    }
    if (code === 'MQ_OPEN_WITHOUT_AUTHENTICATION') {
      throw new Failure(
        `${url} can be reached from other machines, and anybody could connect; listen on 127.0.0.1, or add --allow-anonymous if that is what you want.`,
        ExitCode.unexpected,
        { cause: error },
      )
    }
    throw new Failure(messageOf(error), ExitCode.unexpected, { cause: error })
  }
}

/** Readable lines on stderr for a person at a terminal; JSON lines on stdout for whoever collects logs. */
function loggerOf(level: LogLevel, io: Io): Logger {
  const destination = io.stdout.isTty
    ? humanLines((line) => void io.stderr.write(line), colourWanted(io))
    : { write: (line: string) => void io.stdout.write(line) }
  return pino({ level, base: null }, destination)
}

/** npm start and npx: then `mq` alone is not a command in this shell. */
function runsThroughNpm(io: Io): boolean {
  return io.env['npm_lifecycle_event'] !== undefined || io.env['npm_command'] === 'exec'
}

/** What listens where, and two lines to try. `addresses`: of this machine in its networks. */
export function greeting(urls: readonly string[], throughNpm: boolean, addresses: readonly string[] = []): string {
  const mq = throughNpm ? 'npx mq' : 'mq'
  const address = addressOptions(urls)
  return [
    ...urls.flatMap((url) => [
      `mq broker listens on ${url}`,
      // Nobody can connect to 0.0.0.0 from elsewhere, and most people do not know their address by heart.
      ...addresses
        .filter(() => anyHost.test(url))
        .map((host) => `  from other machines: ${url.replace(anyHost, host)}`),
    ]),
    '',
    '  Try it, each line in a terminal of its own:',
    `    ${mq} sub${address} -t 'house/#'`,
    `    ${mq} pub${address} -t house/bulb1 -m on`,
    '',
    '  Stop it with Ctrl-C.',
    '',
    '',
  ].join('\n')
}

const anyHost = /(?<=^\w+:\/\/)(0\.0\.0\.0|\[::\])(?=[:/]|$)/

/** What the two lines need to reach us: nothing on the default port of this machine. */
function addressOptions(urls: readonly string[]): string {
  const tcp = urls.find((url) => url.startsWith('tcp://') || url.startsWith('mqtt://'))
  const [, host = '', port = '1883'] = /^\w+:\/\/(.*?)(?::(\d+))?(?:\/|$)/.exec(tcp ?? '') ?? []
  if (tcp === undefined) {
    const web = urls.find((url) => url.startsWith('ws://'))
    return web === undefined ? '' : ` -L ${web}`
  }
  const local = ['127.0.0.1', 'localhost', '0.0.0.0', '[::]', '[::1]', '*'].includes(host)
  return `${local ? '' : ` -h ${host}`}${port === '1883' ? '' : ` -p ${port}`}`
}
