import { expect, test } from 'vitest'
import { parseUsage, readUsage } from './process-usage.ts'

test('reads proc(5), whatever the program is called', () => {
  const stat =
    '4711 (my (odd) name) S 1 4711 4711 0 -1 4194560 100 0 0 0 250 150 0 0 20 0 11 0 12345 1000000 2000 18446744073709551615'
  const status = 'Name:\tmy (odd) name\nVmPeak:\t  9000 kB\nVmRSS:\t  2048 kB\nThreads:\t11\n'
  expect(parseUsage(stat, status, 100)).toEqual({ cpuSeconds: 4, rssBytes: 2048 * 1024 })
})

test('a process that is not there', () => expect(readUsage(2 ** 30, 100)).toBeUndefined())

test.runIf(process.platform === 'linux')('this process', () => {
  const usage = readUsage(process.pid)
  const { user, system } = process.cpuUsage()
  expect(usage?.cpuSeconds).toBeGreaterThan(0)
  // In ticks of 10 ms, and other threads of the process count, too.
  expect(Math.abs((usage?.cpuSeconds ?? 0) - (user + system) / 1e6)).toBeLessThan(1)
  expect(usage?.rssBytes).toBeGreaterThan(1_000_000)
})
