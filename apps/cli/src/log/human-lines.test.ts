import { expect, test } from 'vitest'
import { humanLine } from './human-lines.ts'

const time = new Date(2026, 10, 22, 12, 31, 20, 114).getTime()
const line = (record: object) => humanLine(`${JSON.stringify({ time, ...record })}\n`, false)

test('a record is one line with its fields', () => {
  expect(line({ level: 30, msg: 'client connected', clientId: 'c1', keepAlive: 60 })).toBe(
    '12:31:20.114 info  client connected  clientId=c1  keepAlive=60\n',
  )
})

test('a reason code has its name, and the number that the specification gives it', () => {
  expect(line({ level: 40, msg: 'client refused', reasonCode: 135 })).toBe(
    '12:31:20.114 warn  client refused  reasonCode=not authorized (0x87)\n',
  )
})

test('an error is shown with its stack', () => {
  expect(line({ level: 50, msg: 'failed', err: { message: 'x', stack: 'Error: x\n    at y' } })).toBe(
    '12:31:20.114 error failed\nError: x\n    at y\n',
  )
})

test('what a client sent cannot control the terminal', () => {
  expect(line({ level: 40, msg: 'bad\x1b[2J', clientId: 'a\nb\x07' })).toBe(
    '12:31:20.114 warn  bad\\x1b[2J  clientId=a\\nb\\x07\n',
  )
})

test('what is not JSON is passed on', () => expect(humanLine('hello\n', false)).toBe('hello\n'))
