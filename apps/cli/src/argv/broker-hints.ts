/**
 * What people bring to `mq broker` from other brokers and from `mq pub`, and what to say to it: the name of the option that is
 * meant, or plainly that there is none.
 */
const file = 'it reads no configuration file, options say everything'
const passwords =
  'it asks for no passwords yet; @mq/broker does, in ten lines of code: createBroker({ authenticate }), see its README'
const tls = 'it speaks no TLS yet; a TLS proxy before it does, such as stunnel or nginx'
const rights =
  'it has no rules of who may do what yet; @mq/broker has, in ten lines of code: createBroker({ authorize }), see its README'
const disk = 'it keeps everything in memory; after a restart retained messages and sessions are gone'

const hints: ReadonlyMap<string, string> = new Map([
  // -c, in mosquitto.
  ['disable-clean-session', file],
  ['config', file],
  ['config-file', file],
  ['conf', file],
  ['verbose', '--log-level debug says more'],
  ['debug', '--log-level debug says more; it always runs in the foreground'],
  ['daemon', 'it always runs in the foreground'],
  ['quiet', '--log-level silent says nothing'],
  ['username', passwords],
  ['pw', passwords],
  ['pw-file', passwords],
  ['cafile', tls],
  ['capath', tls],
  ['cert', tls],
  ['certfile', tls],
  ['key', tls],
  ['keyfile', tls],
  ['tls', tls],
  ['insecure', tls],
  ['acl-file', rights],
  ['persistence', disk],
  ['persistence-location', disk],
])

/** @param name the long name, of an option of another command or of none */
export function brokerHint(name: string, value = ''): string | undefined {
  if (name === 'port') return `say --listen tcp://127.0.0.1:${/^\d+$/.test(value) ? value : 1883}`
  if (name === 'host' || name === 'bind') return `say --listen tcp://${value === '' ? '127.0.0.1' : value}:1883`
  if (name === 'url') return `say --listen ${value === '' ? 'tcp://127.0.0.1:1883' : value}`
  return hints.get(name)
}
