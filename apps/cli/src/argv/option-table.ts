/**
 * Every option of every command, once. The rewriter, the help, the completion and the README's test all read this table.
 *
 * Always holds: a letter or a long name means the same in all commands, so an option may stand before the command
 * (`mq -L mqtts://broker sub '#'`), where it is not yet known which command it is for. The one exception is -c of `mq bench`,
 * which must stand behind the word: every load generator has called the number of connections so.
 */
export interface OptionSpec {
  readonly name: string
  readonly short?: string
  /** The letter is this one's in `mq bench` only, behind the word; elsewhere it is another option's, or nobody's. */
  readonly shortIn?: 'bench'
  /** `flag` takes nothing, `value` one argument, `property` Mosquitto's three or four. */
  readonly kind: 'flag' | 'value' | 'property'
  /** Every occurrence counts. Without it the last one does. */
  readonly repeat?: true
  /** What the value is called in the help. */
  readonly value?: string
  readonly group: OptionGroup
  /** In the help of a command that has none of the others of that group. */
  readonly groupIn?: Partial<Record<CommandName, OptionGroup>>
  readonly describe: string
  /** In the help of a command for which that says too much. */
  readonly describeIn?: Partial<Record<CommandName, string>>
  readonly commands: readonly CommandName[]
  /** The environment variable that stands in for it. */
  readonly env?: string
}

export type OptionGroup =
  | 'Message'
  | 'Subscription'
  | 'Output'
  | 'Connection'
  | 'TLS'
  | 'Will'
  | 'Broker'
  | 'Bench'
  | 'Conformance'
  | 'General'

export type CommandName = 'bench' | 'broker' | 'conformance' | 'pub' | 'sub'

const connecting: readonly CommandName[] = ['pub', 'sub']
const dialling: readonly CommandName[] = [...connecting, 'bench']
const bench: readonly CommandName[] = ['bench']
const conformance: readonly CommandName[] = ['conformance']
/** Whoever needs an address and no more. */
const reaching: readonly CommandName[] = [...dialling, ...conformance]
const pub: readonly CommandName[] = ['pub']
const publishing: readonly CommandName[] = [...pub, ...bench]
const sub: readonly CommandName[] = ['sub']
const broker: readonly CommandName[] = ['broker']

// biome-ignore format: a table
export const optionTable: readonly OptionSpec[] = [
  { name: 'topic', short: 't', kind: 'value', repeat: true, value: 'topic', group: 'Message', commands: dialling, describe: 'Topic to publish to, or topic filter to subscribe to. Repeatable', describeIn: { pub: 'Topic to publish to. Repeatable: the message goes to each', sub: 'Topic filter to subscribe to. Repeatable', bench: 'Topic, or topic filter of sub; %i in it is the number of the connection' } },
  { name: 'message', short: 'm', kind: 'value', value: 'text', group: 'Message', commands: pub, describe: 'The payload' },
  { name: 'file', short: 'f', kind: 'value', value: 'path', group: 'Message', commands: pub, describe: 'The payload is this file, byte for byte' },
  { name: 'stdin-file', short: 's', kind: 'flag', group: 'Message', commands: pub, describe: 'The payload is all of stdin' },
  { name: 'stdin-line', short: 'l', kind: 'flag', group: 'Message', commands: pub, describe: 'Each line of stdin is a message' },
  { name: 'null-message', short: 'n', kind: 'flag', group: 'Message', commands: pub, describe: 'An empty payload' },
  { name: 'qos', short: 'q', kind: 'value', value: '0|1|2', group: 'Message', commands: dialling, env: 'MQ_QOS', describe: 'Quality of Service [0]' },
  { name: 'retain', short: 'r', kind: 'flag', group: 'Message', commands: pub, describe: 'The broker keeps the message for later subscribers' },
  { name: 'repeat', kind: 'value', value: 'n', group: 'Message', commands: pub, describe: 'Publish the message this many times [1]' },
  { name: 'repeat-delay', kind: 'value', value: 'time', group: 'Message', commands: pub, describe: 'Wait between repeats: seconds, 500ms, 10s [0]' },
  { name: 'max-inflight', short: 'M', kind: 'value', value: 'n', group: 'Message', commands: pub, describe: 'Messages of -l under way at once [20, at QoS 0 256]' },
  { name: 'content-type', kind: 'value', value: 'text', group: 'Message', commands: publishing, describe: 'Content Type, such as application/json' },
  { name: 'response-topic', kind: 'value', value: 'topic', group: 'Message', commands: publishing, describe: 'Response Topic' },
  { name: 'correlation-data', kind: 'value', value: 'text', group: 'Message', commands: publishing, describe: 'Correlation Data' },
  { name: 'expiry', kind: 'value', value: 'time', group: 'Message', commands: publishing, describe: 'Message Expiry Interval: seconds, 10s, 5m, 1h' },
  { name: 'user-property', kind: 'value', repeat: true, value: 'k=v', group: 'Message', commands: publishing, describe: 'User Property, split at the first =. Repeatable' },
  { name: 'require-subscriber', kind: 'flag', group: 'Message', commands: pub, describe: 'Exit with 16 where nobody subscribes; needs MQTT 5.0, and -q 1 or -q 2' },

  { name: 'filter-out', short: 'T', kind: 'value', repeat: true, value: 'filter', group: 'Subscription', commands: sub, describe: 'Do not show topics that match. Repeatable' },
  { name: 'unsubscribe', short: 'U', kind: 'value', repeat: true, value: 'filter', group: 'Subscription', commands: sub, describe: 'Unsubscribe from this, after subscribing. Repeatable' },
  { name: 'count', short: 'C', kind: 'value', value: 'n', group: 'Subscription', commands: sub, describe: 'Exit after n messages' },
  { name: 'timeout', short: 'W', kind: 'value', value: 'time', group: 'Subscription', commands: ['sub', 'conformance'], groupIn: { conformance: 'Conformance' }, describe: 'Exit with 27 after this time: seconds, 500ms, 10s', describeIn: { conformance: 'Wait no longer than this for each answer: seconds, 500ms, 10s [3s]' } },
  { name: 'subscribe-only', short: 'E', kind: 'flag', group: 'Subscription', commands: sub, describe: 'Exit once the broker has acknowledged the subscriptions' },
  { name: 'no-retained', short: 'R', kind: 'flag', group: 'Subscription', commands: sub, describe: 'Do not show retained messages' },
  { name: 'retained-only', kind: 'flag', group: 'Subscription', commands: sub, describe: 'Show retained messages, exit at the first that is not' },
  { name: 'remove-retained', kind: 'flag', group: 'Subscription', commands: sub, describe: 'Clear each retained message that arrives and is not filtered out' },
  { name: 'retain-as-published', kind: 'flag', group: 'Subscription', commands: sub, describe: 'Keep the retain flag as the publisher set it (MQTT 5.0)' },
  { name: 'retain-handling', kind: 'value', value: 'always|new|never', group: 'Subscription', commands: sub, describe: 'When the broker sends retained messages (MQTT 5.0) [always]' },
  { name: 'random-filter', kind: 'value', value: 'percent', group: 'Subscription', commands: sub, describe: 'Show only this share of the messages [100]' },
  { name: 'strict', kind: 'flag', group: 'Subscription', commands: sub, describe: 'Exit if the broker refuses any of the filters' },

  { name: 'verbose', short: 'v', kind: 'flag', group: 'Output', commands: sub, describe: 'Print the topic before the payload' },
  { name: 'format', short: 'F', kind: 'value', value: 'format', group: 'Output', commands: sub, describe: "Output format of mosquitto_sub, such as '%I %t %p'" },
  { name: 'no-newline', short: 'N', kind: 'flag', group: 'Output', commands: sub, describe: 'No newline after the payload' },
  { name: 'json', kind: 'flag', group: 'Output', commands: reaching, describe: 'One JSON object per line on stdout', describeIn: { bench: 'The report as one JSON object', conformance: 'The report as one JSON object' } },
  { name: 'raw', kind: 'flag', group: 'Output', commands: sub, describe: 'Payload bytes as they came, on a terminal too' },
  { name: 'pretty', kind: 'flag', group: 'Output', commands: sub, describe: 'Indent the JSON of -F %j and %J' },

  { name: 'url', short: 'L', kind: 'value', value: 'url', group: 'Connection', commands: reaching, env: 'MQ_URL', describe: 'mqtt(s)://[user[:password]@]host[:port][/topic] or ws(s)://host[:port]/path' },
  { name: 'host', short: 'h', kind: 'value', value: 'host', group: 'Connection', commands: reaching, env: 'MQ_HOST', describe: 'Broker [localhost]' },
  { name: 'port', short: 'p', kind: 'value', value: 'port', group: 'Connection', commands: reaching, env: 'MQ_PORT', describe: 'Port [1883, with TLS 8883]' },
  { name: 'username', short: 'u', kind: 'value', value: 'name', group: 'Connection', commands: dialling, env: 'MQ_USERNAME', describe: 'User name; also --user' },
  { name: 'pw', short: 'P', kind: 'value', value: 'password', group: 'Connection', commands: dialling, env: 'MQ_PASSWORD', describe: 'Password; also --password. Other users of the machine can see it, prefer --pw-file' },
  { name: 'pw-file', kind: 'value', value: 'path', group: 'Connection', commands: dialling, env: 'MQ_PASSWORD_FILE', describe: 'Read the password from this file; one newline at its end is left out. Also --password-file' },
  { name: 'id', short: 'i', kind: 'value', value: 'id', group: 'Connection', commands: connecting, env: 'MQ_ID', describe: 'Client Identifier; also --client-id [mq-<command>-<pid>-<random>]' },
  { name: 'id-prefix', short: 'I', kind: 'value', value: 'prefix', group: 'Connection', commands: connecting, describe: 'Client Identifier is this and the process id' },
  { name: 'keepalive', short: 'k', kind: 'value', value: 'seconds', group: 'Connection', commands: dialling, env: 'MQ_KEEPALIVE', describe: 'Keep Alive [60]' },
  { name: 'disable-clean-session', short: 'c', kind: 'flag', group: 'Connection', commands: connecting, describe: 'Go on with the session of this client id, and keep it' },
  { name: 'session-expiry-interval', short: 'x', kind: 'value', value: 'seconds', group: 'Connection', commands: connecting, describe: 'How long the broker keeps the session; -1 for ever [0, with -c -1]' },
  { name: 'protocol-version', short: 'V', kind: 'value', value: 'version', group: 'Connection', commands: reaching, env: 'MQ_PROTOCOL_VERSION', describe: '5, 311 (or 3.1.1, 4), 31 (or 3.1, 3), or auto: 5, and 3.1.1 where that is refused [auto]', describeIn: { bench: '5, 311 (or 3.1.1, 4) or 31 (or 3.1, 3) [5]', conformance: '5, 311 (or 3.1.1, 4) or 31 (or 3.1, 3) [all three]' } },
  { name: 'property', short: 'D', kind: 'property', repeat: true, value: 'packet name value', group: 'Connection', commands: connecting, describe: 'MQTT 5.0 property: -D publish content-type text/plain, -D connect user-property k v', describeIn: { sub: 'MQTT 5.0 property: -D connect receive-maximum 10, -D subscribe user-property k v' } },

  { name: 'cafile', kind: 'value', value: 'path', group: 'TLS', commands: reaching, env: 'MQ_CAFILE', describe: 'Trust the certificates in this PEM file' },
  { name: 'cert', kind: 'value', value: 'path', group: 'TLS', commands: reaching, env: 'MQ_CERT', describe: 'Client certificate, PEM' },
  { name: 'key', kind: 'value', value: 'path', group: 'TLS', commands: reaching, env: 'MQ_KEY', describe: 'Private key of the client certificate, PEM' },
  { name: 'insecure', kind: 'flag', group: 'TLS', commands: reaching, describe: 'Do not verify the certificate of the broker. For tests only' },

  { name: 'will-topic', kind: 'value', value: 'topic', group: 'Will', commands: connecting, describe: 'Topic of the Will' },
  { name: 'will-payload', kind: 'value', value: 'text', group: 'Will', commands: connecting, describe: 'Payload of the Will [empty]' },
  { name: 'will-qos', kind: 'value', value: '0|1|2', group: 'Will', commands: connecting, describe: 'Quality of Service of the Will [0]' },
  { name: 'will-retain', kind: 'flag', group: 'Will', commands: connecting, describe: 'The Will is retained' },

  { name: 'connections', short: 'c', shortIn: 'bench', kind: 'value', value: 'n', group: 'Bench', commands: bench, describe: 'How many connections; for e2e how many of each kind [1]' },
  { name: 'topology', kind: 'value', value: 'pair|fanin|fanout|shared', group: 'Bench', commands: bench, describe: 'Who talks to whom in e2e [pair]' },
  { name: 'publishers', kind: 'value', value: 'n', group: 'Bench', commands: bench, describe: 'Publishers of e2e, where not -c' },
  { name: 'subscribers', kind: 'value', value: 'n', group: 'Bench', commands: bench, describe: 'Subscribers of e2e, where not -c' },
  { name: 'rate', kind: 'value', value: 'n|max', group: 'Bench', commands: bench, describe: 'Messages per second, all together (conn: connections); 0 or max: as many as the window lets [max]' },
  { name: 'window', kind: 'value', value: 'n', group: 'Bench', commands: bench, describe: 'Messages of one publisher under way at once, with --rate max (conn: CONNECTs) [100]' },
  { name: 'duration', kind: 'value', value: 'time', group: 'Bench', commands: bench, describe: 'How long is measured; conn: how long the connections are held once they all stand [10s]' },
  { name: 'warmup', kind: 'value', value: 'time', group: 'Bench', commands: bench, describe: 'Run this long before measuring [1s]' },
  { name: 'size', kind: 'value', value: 'bytes', group: 'Bench', commands: bench, describe: 'Payload, 24 bytes at least [64]' },
  { name: 'bind', short: 'A', kind: 'value', repeat: true, value: 'address', group: 'Bench', commands: bench, describe: 'Connect from this address of the machine; several, in turns, have more ports than one. Repeatable' },
  { name: 'workers', kind: 'value', value: 'n', group: 'Bench', commands: bench, describe: 'Processes that make the load [one per free core]' },
  { name: 'spin', kind: 'flag', group: 'Bench', commands: bench, describe: 'Never sleep: send to the microsecond, a whole core per worker' },
  { name: 'pid', kind: 'value', value: 'pid', group: 'Bench', commands: bench, describe: 'Process of the broker on this machine, to read its CPU time and memory (Linux)' },
  { name: 'fail-if', kind: 'value', repeat: true, value: 'conditions', group: 'Bench', commands: bench, describe: "Exit with 1 if any holds: 'p99>50ms,loss>0'. Repeatable" },
  { name: 'csv', kind: 'flag', group: 'Bench', commands: bench, describe: 'The report as CSV, a header and a row' },
  { name: 'progress', kind: 'flag', group: 'Bench', commands: bench, describe: 'A line of progress every 5 s, also where stderr is no terminal' },

  { name: 'section', kind: 'value', repeat: true, value: 'number', group: 'Conformance', commands: conformance, describe: 'Only cases about this section of the specification, such as 3.3. Repeatable' },
  { name: 'statement', kind: 'value', repeat: true, value: 'id', group: 'Conformance', commands: conformance, describe: 'Only cases about this statement: MQTT-3.3.1-4 of 5.0, MQTT311-3.3.1-4 of 3.1.1. Repeatable' },
  { name: 'skip-slow', kind: 'flag', group: 'Conformance', commands: conformance, describe: 'Leave out the cases that wait: Keep Alive, expiry, Will Delay' },
  { name: 'junit', kind: 'value', value: 'path', group: 'Conformance', commands: conformance, describe: 'Write JUnit XML to this file as well; - for stdout, instead of the report' },

  { name: 'listen', kind: 'value', repeat: true, value: 'url', group: 'Broker', commands: broker, describe: 'Where to listen: tcp://127.0.0.1:1883, ws://127.0.0.1:8083/mqtt. Repeatable [tcp://127.0.0.1:1883]' },
  { name: 'allow-anonymous', kind: 'flag', group: 'Broker', commands: broker, describe: 'Let anybody connect, also from other machines' },
  { name: 'store', kind: 'value', value: 'memory', group: 'Broker', commands: broker, describe: 'Where sessions and retained messages are kept [memory]' },
  { name: 'log-level', kind: 'value', value: 'level', group: 'Broker', commands: broker, env: 'MQ_LOG_LEVEL', describe: 'silent, error, warn, info or debug [info]' },

  { name: 'quiet', kind: 'flag', group: 'General', commands: reaching, describe: 'No errors or warnings on stderr, only the exit code' },
  { name: 'debug', short: 'd', kind: 'flag', group: 'General', commands: connecting, describe: 'Say on stderr what happens' },
]

/** The spellings people know from elsewhere; taken, and named in what describes the option. */
export const optionSynonyms: ReadonlyMap<string, string> = new Map([
  ['password', 'pw'],
  ['password-file', 'pw-file'],
  ['client-id', 'id'],
  ['user', 'username'],
])

/** Words that are no option here, and which one is meant: too far from it to be a typing error. */
export const familiarNames: ReadonlyMap<string, string> = new Map([
  ['msg', 'message'],
  ['payload', 'message'],
  ['body', 'message'],
  ['hostname', 'host'],
  ['server', 'host'],
  ['broker', 'host'],
  ['uri', 'url'],
  ['login', 'username'],
  ['clientid', 'id'],
  ['ca', 'cafile'],
  ['cacert', 'cafile'],
  ['ca-file', 'cafile'],
  ['certificate', 'cert'],
  ['private-key', 'key'],
  ['mqtt-version', 'protocol-version'],
  ['lines', 'stdin-line'],
  ['filter', 'topic'],
])
