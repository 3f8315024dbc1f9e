/** What was said, for whoever has to find out why a case failed. */
import { decodePacket, FrameReader, type Packet, type ProtocolVersion } from '@mq/core'
import type { Arrival } from './conversation.ts'

const hexBytesMax = 96

export class Transcript {
  readonly lines: string[] = []

  note(line: string): void {
    this.lines.push(line)
  }

  sent(connection: string, bytes: Uint8Array, version: ProtocolVersion): void {
    this.lines.push(`${connection} > ${hex(bytes)}${readable(bytes, version)}`)
  }

  arrived(connection: string, arrival: Arrival): void {
    this.lines.push(`${connection} < ${showArrival(arrival)}`)
  }
}

export function showArrival(arrival: Arrival | undefined): string {
  switch (arrival?.type) {
    case undefined:
      return 'nothing'
    case 'closed':
      return 'closed'
    case 'unreadable':
      return `${hex(arrival.bytes)}  unreadable: ${arrival.fault.sentence}`
    case 'packet':
      return `${hex(arrival.bytes)}  ${showPacket(arrival.packet)}`
  }
}

export function showPacket(packet: Packet): string {
  const { type, ...fields } = packet
  const text = JSON.stringify(fields, (_, value: unknown) =>
    value instanceof Uint8Array ? new TextDecoder().decode(value.subarray(0, 40)) : value,
  )
  return `${type} ${text.slice(0, 400)}`
}

function readable(bytes: Uint8Array, version: ProtocolVersion): string {
  const found: string[] = []
  new FrameReader(Number.POSITIVE_INFINITY).push(bytes, {
    frame: (chunk, header, body, end) => {
      const packet = decodePacket(chunk, header, body, end, version)
      found.push(packet.type === 'fault' ? `(${packet.sentence})` : showPacket(packet))
      return true
    },
  })
  return found.map((each) => `  ${each}`).join('')
}

function hex(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, hexBytesMax)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return bytes.length > hexBytesMax ? `${shown} … (${bytes.length} bytes)` : shown
}
