import { expect, test } from 'vitest'
import { turns } from '../../test/harness.ts'
import { Turn } from './turn.ts'

const much = 1_000_000
const neverFails = (error: unknown): never => {
  throw error
}

test('a turn that has spent its share is over for costly work, and the next one is not', async () => {
  const turn = new Turn(neverFails)
  turn.spend(1)
  expect(turn.isSpent).toBe(false)
  turn.spend(much)
  expect(turn.isSpent).toBe(true)
  await turns(1)
  expect(turn.isSpent).toBe(false)
})

test('what waits is done first come, first served, something in every turn', async () => {
  const turn = new Turn(neverFails)
  const done: number[] = []
  for (let n = 0; n < 4; n++) {
    turn.later(() => {
      done.push(n)
      turn.spend(much)
    })
  }
  for (let n = 0; n < 4; n++) {
    expect(done).toEqual([0, 1, 2, 3].slice(0, n))
    await turns(1)
  }
  expect(done).toEqual([0, 1, 2, 3])
})

test('what comes in while others are done waits behind them', async () => {
  const turn = new Turn(neverFails)
  const done: string[] = []
  turn.later(() => {
    done.push('first')
    turn.later(() => void done.push('third'))
  })
  turn.later(() => void done.push('second'))
  await turns(2)
  expect(done).toEqual(['first', 'second', 'third'])
})

test('what throws is reported, and keeps nobody waiting', async () => {
  const failures: unknown[] = []
  const turn = new Turn((error) => void failures.push(error))
  const done: string[] = []
  const broken = new Error('broken')
  turn.later(() => {
    throw broken
  })
  turn.later(() => void done.push('second'))
  await turns(1)
  expect([failures, done]).toEqual([[broken], ['second']])
})
