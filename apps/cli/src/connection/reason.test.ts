import { expect, test } from 'vitest'
import { reasonHint, reasonText } from './reason.ts'

test.each([
  [0x86, undefined, 'bad user name or password (0x86)'],
  [0x86, 'Bad user name or password', 'bad user name or password (0x86)'],
  [0x86, 'the account is locked', 'bad user name or password (0x86), "the account is locked"'],
  [0x87, '', 'not authorized (0x87)'],
  [0xff, 'odd', '0xff, "odd"'],
])('%d, %s', (code, said, text) => expect(reasonText(code, said)).toBe(text))

test('who gave no user name is told how to', () => {
  expect(reasonHint(0x86, undefined)).toMatch(/-u, .*--pw-file$/)
  expect(reasonHint(0x87, undefined)).toMatch(/-u, .*--pw-file$/)
  expect(reasonHint(0x86, 'me')).toBe('')
  expect(reasonHint(0x97, undefined)).toBe('')
})
