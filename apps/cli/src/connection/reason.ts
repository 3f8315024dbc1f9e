import { ReasonCode } from '@mq/core'

const names = new Map<number, string>(
  Object.entries(ReasonCode).map(([name, code]) => [
    code,
    name.replaceAll(/[A-Z0-9]+/g, (part) => ` ${part.toLowerCase()}`),
  ]),
)

/** A reason code in words: "not authorized (0x87)". */
export function reasonText(reasonCode: number, reasonString?: string): string {
  const code = `0x${reasonCode.toString(16).padStart(2, '0')}`
  const name = names.get(reasonCode)
  const words = name === undefined ? code : `${name} (${code})`
  return reasonString === undefined || reasonString === '' ? words : `${words}, "${reasonString}"`
}
