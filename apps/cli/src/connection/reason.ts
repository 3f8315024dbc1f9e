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
  // Many brokers, ours too, only say the name again.
  const says = reasonString?.trim().toLowerCase() ?? ''
  return says === '' || says === name?.trim() ? words : `${words}, "${reasonString}"`
}

/** What to do about a refusal, to end a sentence with: of a client that gave no name, for want of one. */
export function reasonHint(reasonCode: number, userName: string | undefined): string {
  const wantsName = reasonCode === ReasonCode.badUserNameOrPassword || reasonCode === ReasonCode.notAuthorized
  return wantsName && userName === undefined
    ? '; no user name was given: say it with -u, and the password with --pw-file'
    : ''
}
