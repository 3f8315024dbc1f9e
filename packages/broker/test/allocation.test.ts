// No object per packet: what 100,000 messages leave for the garbage collector. allocation-flow.ts measures it.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { AllocationReport } from './allocation-flow.ts'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

test('a message leaves next to nothing on the heap, at QoS 0 and 1, in 3.1.1 and 5.0', {
  timeout: 60_000,
}, async () => {
  const typescript = new URL('../../../scripts/typescript.mjs', import.meta.url).href
  const options = ['--conditions=@mq/source', '--import', typescript, at('./allocation-flow.ts')]
  const { stdout } = await promisify(execFile)(process.execPath, options)
  const reports: AllocationReport[] = JSON.parse(stdout)
  expect(reports).toHaveLength(4)
  for (const report of reports) {
    // It is about 10: the share of the chunk it came in. The smallest object for each packet would add 24, a closure 64, a view
    // of the payload 100, a Publication 200.
    expect(report.bytesPerMessage, JSON.stringify(report)).toBeLessThan(30)
    // Ten bytes of each message would be a megabyte.
    expect(report.bytesHeld, JSON.stringify(report)).toBeLessThan(1_000_000)
  }
})
