/** A million Topic Filters in a tree of their own, without a broker around it: what a subscribe and a match cost alone. */
import { FilterTable } from '@mq/core'
import { median } from './result.ts'
import { filterOf } from './scale-subscriptions.ts'

export interface TreeCosts {
  readonly subscribeUs: number
  /** A Topic Name that was never looked up. */
  readonly matchUs: number
}

export function measureTree(filters: number): TreeCosts {
  const texts = Array.from({ length: filters }, (_, n) => filterOf(n))
  const tree = new FilterTable()
  const subscribeUs = cpuUs(() => {
    for (const [n, text] of texts.entries()) tree.add(text, n + 1)
  })
  const found = { count: 0 }
  const count = (): void => {
    found.count++
  }
  const thirds = Math.floor(filters / 3)
  const rounds = [1, 3, 7, 11, 13].map((step) => {
    // Those without wildcards are names. Made anew: a name that was looked up once remembers its hash.
    const names = Array.from({ length: 100_000 }, (_, i) => filterOf(3 * ((i * step) % thirds) + 1))
    return cpuUs(() => {
      for (const name of names) tree.match(name, count)
    })
  })
  if (found.count < 500_000) throw new Error(`${found.count} matches, each of 500,000 names has one`)
  const costs = { subscribeUs: subscribeUs / filters, matchUs: median(rounds) / 100_000 }
  console.log(`  ${JSON.stringify(costs)}`)
  return costs
}

function cpuUs(act: () => void): number {
  const before = process.cpuUsage()
  act()
  const { user, system } = process.cpuUsage(before)
  return user + system
}
