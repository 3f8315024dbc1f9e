/**
 * What Mosquitto (2.0) does otherwise, by the title of the case, and why that is no mistake of the case. A newer Mosquitto
 * may do better, so a case that passes is no surprise.
 */
interface Deviation {
  readonly why: string
  readonly titles: readonly string[]
}

const deviations: readonly Deviation[] = [
  {
    why: 'It takes a Remaining Length in more bytes than it needs [MQTT-1.5.5-1].',
    titles: ['a Remaining Length that is longer than it needs to be is refused'],
  },
  {
    why: 'It looks at the reserved flags of some packets only; [MQTT-2.1.3-1] and [MQTT311-2.2.2-2] are about all.',
    titles: [
      'reserved flags in PUBACK',
      'reserved flags in PUBREC',
      'reserved flags in PUBCOMP',
      'reserved flags in PINGREQ',
    ],
  },
  {
    why: 'It does not look at what follows the last field it knows, which makes a packet malformed.',
    titles: ['bytes after the last field of a PINGREQ', 'a PUBACK of three bytes before 5.0'],
  },
  {
    why: 'It takes any Reason Code in an acknowledgement; the tables of 3.4 to 3.7 are closed [MQTT-3.4.2-1].',
    titles: [
      'an acknowledgement with a Reason Code that the packet does not have',
      'a PUBACK with a Reason Code that PUBACK does not have',
      'a PUBREC with a Reason Code that PUBREC does not have',
      'a PUBREL with a Reason Code that PUBREL does not have',
      'a PUBCOMP with a Reason Code that PUBCOMP does not have',
    ],
  },
  {
    why: 'It ignores packets that only a server sends, which are protocol errors (section 4.13).',
    titles: ['a PINGRESP from a client', 'a SUBACK from a client', 'an UNSUBACK from a client'],
  },
  {
    why: 'It takes Authentication Data without a method, a Protocol Error by section 3.1.2.11.10.',
    titles: ['Authentication Data without Authentication Method'],
  },
  {
    why: 'It waits for the whole Will Delay Interval even when the session has ended [MQTT-3.1.2-8].',
    titles: [
      'a session that ends with its connection publishes its Will at once',
      'Clean Start ends the session and so publishes a Will that waits',
      'a Will does not wait longer than its session lives',
    ],
  },
  {
    why: 'It lets a QoS 2 message expire that it has sent [MQTT-4.3.3-7].',
    titles: ['QoS 2, sending: a message that was sent does not expire'],
  },
  {
    why: 'It compares Maximum Packet Size with less than the whole packet [MQTT-3.1.2-24].',
    titles: ['a packet one byte larger than Maximum Packet Size is not sent'],
  },
  {
    why: 'It takes wildcards in a Response Topic [MQTT-3.3.2-14].',
    titles: ['a Response Topic with a wildcard'],
  },
  {
    why: 'Before 5.0 it sends one copy at the QoS of whichever subscription it meets first [MQTT311-3.3.5-1].',
    titles: ['overlapping subscriptions: at the highest QoS of them'],
  },
  {
    why: 'It takes a Subscription Identifier from a client [MQTT-3.3.4-6].',
    titles: ['a Subscription Identifier in a PUBLISH of a client'],
  },
  {
    why: 'It refuses the one message too many with 0x97, where section 3.3.4 wants DISCONNECT with 0x93.',
    titles: ['more than Receive Maximum QoS 2 messages that are not released'],
  },
  {
    why: 'It takes No Local on a Shared Subscription [MQTT-3.8.3-4].',
    titles: ['No Local on a Shared Subscription'],
  },
  {
    why: 'It keeps options of the subscription that was replaced [MQTT-3.8.4-3].',
    titles: [
      'a second SUBSCRIBE replaces options and identifier, too',
      'options of a second SUBSCRIBE hold for what comes after it',
    ],
  },
  {
    why: 'It takes $share filters that have no ShareName or no Topic Filter as plain ones [MQTT-4.8.2-1], [MQTT-4.8.2-2].',
    titles: [
      'a Shared Subscription without ShareName',
      'a Shared Subscription without Topic Filter',
      'a Shared Subscription with an empty Topic Filter',
    ],
  },
  {
    why: 'It sends retained messages to a new Shared Subscription (section 4.8.2).',
    titles: ['a Shared Subscription gets no retained messages when it is made'],
  },
]

/** Why Mosquitto fails a case; undefined when nobody has looked into it. */
export function explained(title: string): string | undefined {
  return deviations.find(({ titles }) => titles.includes(title))?.why
}

export const explainedTitles: readonly string[] = deviations.flatMap(({ titles }) => titles)
