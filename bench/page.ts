/**
 * docs/performance.md: the words are written by people, the tables between `<!-- bench:name -->` and `<!-- /bench -->` and the
 * charts by this.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chartSvg } from './chart.ts'
import type { BenchResult, EndToEndResult, ScaleResult } from './result.ts'

const colours: Readonly<Record<string, string>> = {
  mq: '#0969da',
  mosquitto: '#bf8700',
  aedes: '#8250df',
  yardstick: '#8c959f',
}
const otherColour = '#6e7781'

/** Returns the files that were written. */
export function writeDocs(result: BenchResult, root: string): string[] {
  const page = join(root, 'docs', 'performance.md')
  const chart = join(root, 'docs', 'performance-brokers.svg')
  writeFileSync(page, filled(readFileSync(page, 'utf8'), tablesOf(result)))
  writeFileSync(chart, brokersChart(result))
  return [page, chart]
}

export function filled(page: string, tables: Readonly<Record<string, string>>): string {
  return page.replaceAll(
    /(<!-- bench:(\w+) -->\n)[\s\S]*?(<!-- \/bench -->)/g,
    (whole, start: string, name: string, end: string) => {
      const table = tables[name]
      return table === undefined ? whole : `${start}\n${table}\n\n${end}`
    },
  )
}

export function tablesOf(result: BenchResult): Readonly<Record<string, string>> {
  return {
    run: runOf(result),
    brokers: brokersOf(result),
    latency: latencyOf(result),
    protocols: protocolsOf(result),
    idle: idleOf(result),
    micro: microOf(result),
    scale: scaleOf(result),
  }
}

/** Too little to stand on. */
export function isShort({ rounds, seconds }: BenchResult): boolean {
  return rounds < 3 || seconds < 1.5
}

/** Other work on the machine at the beginning, in cores. */
const busyLoad = 0.5

function runOf(result: BenchResult): string {
  const { machine, date, revision, rounds, seconds, command } = result
  const memory = `${Math.round(machine.memoryBytes / 2 ** 30)} GiB`
  const lines = [
    `\`${command}\` on ${date.slice(0, 10)}, revision ${revision}: ${rounds} rounds of ${seconds} s for each broker in each scenario.`,
    `Node.js ${machine.node}, ${machine.cpu}, ${machine.cores} cores, ${memory}, ${machine.system}.`,
  ]
  if (isShort(result))
    lines.push('**A short run**: the order of magnitude is right, differences of a few per cent mean nothing.')
  if (machine.loadBefore > busyLoad) {
    lines.push(
      `**The machine was busy** (load ${machine.loadBefore.toFixed(1)} before it began): ratios suffer less than throughput and latency, which are those of a busy machine.`,
    )
  }
  return lines.join('\n')
}

function scenarioNames({ endToEnd }: BenchResult): string[] {
  return [...new Set(endToEnd.map(({ scenario }) => scenario))]
}

function brokerNamesOf({ endToEnd, idle }: BenchResult): string[] {
  return [...new Set([...endToEnd, ...idle].map(({ broker }) => broker))]
}

function find({ endToEnd }: BenchResult, scenario: string, broker: string): EndToEndResult | undefined {
  return endToEnd.find((each) => each.scenario === scenario && each.broker === broker)
}

function titled({ endToEnd, idle }: BenchResult, broker: string): string {
  const version = [...endToEnd, ...idle].find((each) => each.broker === broker)?.version
  return broker === 'mq' || !version ? broker : `${broker} ${version}`
}

function brokersOf(result: BenchResult): string {
  const brokers = brokerNamesOf(result)
  const rows = scenarioNames(result).map((scenario) => {
    const own = find(result, scenario, 'mq')
    const cells = brokers.map((broker) => {
      const each = find(result, scenario, broker)
      if (each === undefined) return '–'
      const ratio = own === undefined || broker === 'mq' ? '' : ` (${(each.cpuUsEach / own.cpuUsEach).toFixed(1)}×)`
      const lost = each.lost + each.errors > 0 ? `, ${each.lost} lost, ${each.errors} errors` : ''
      return `${each.cpuUsEach.toFixed(2)}${ratio}${lost}${behind(each)}`
    })
    return [scenario, ...cells]
  })
  return markdown(['CPU µs per delivered message', ...brokers.map((broker) => titled(result, broker))], rows)
}

/** How many times Mosquitto's p99 ours may be. */
const latencyAtMost = 1.5

/** Of the scenarios that have a rate: with a window, latency is little else than the window. */
function latencyOf(result: BenchResult): string {
  const brokers = brokerNamesOf(result)
  const paced = result.endToEnd.filter(({ targetPerSecond }) => targetPerSecond !== null)
  const rows = [...new Set(paced.map(({ scenario }) => scenario))].map((scenario) => {
    const own = find(result, scenario, 'mq')
    const cells = brokers.map((broker) => {
      const each = find(result, scenario, broker)
      if (each === undefined) return '–'
      const ratio = own === undefined || broker === 'mq' ? '' : ` (${(each.p99Ms / own.p99Ms).toFixed(1)}×)`
      return `${each.p50Ms.toFixed(2)} / ${each.p99Ms.toFixed(2)}${ratio}${behind(each)}`
    })
    const mosquitto = find(result, scenario, 'mosquitto')
    if (own === undefined || mosquitto === undefined) return [scenario, ...cells, '–']
    const times = own.p99Ms / mosquitto.p99Ms
    return [scenario, ...cells, `${times.toFixed(2)}×${times > latencyAtMost ? ', **missed**' : ''}`]
  })
  const header = ['ms until delivery, p50 / p99', ...brokers.map((broker) => titled(result, broker))]
  return markdown([...header, `ours to Mosquitto's p99, at most ${latencyAtMost.toFixed(1)}×`], rows)
}

function protocolsOf({ protocols = [] }: Partial<BenchResult>): string {
  const scenarios = [...new Set(protocols.map(({ scenario }) => scenario))]
  const rows = [...new Set(protocols.map(({ variant }) => variant))].map((variant) => {
    const found = protocols.filter((each) => each.variant === variant)
    const cells = scenarios.map((scenario) => {
      const each = found.find((one) => one.scenario === scenario)
      if (each === undefined) return '–'
      const lost = each.lost + each.errors > 0 ? `, ${each.lost} lost, ${each.errors} errors` : ''
      const missed = each.ratio > each.atMost ? ', **missed**' : ''
      return `${each.cpuUsEach.toFixed(2)} (${each.ratio.toFixed(2)}×${missed})${lost}${behind(each)}`
    })
    return [variant, ...cells, found[0] === undefined ? '' : `${found[0].atMost.toFixed(2)}×`]
  })
  return markdown(['CPU µs per delivered message', ...scenarios, 'aimed at, at most'], rows)
}

/** Where there was a rate to keep, and it was not kept. */
function behind({
  targetPerSecond,
  deliveredPerSecond,
}: Pick<EndToEndResult, 'targetPerSecond' | 'deliveredPerSecond'>): string {
  if (targetPerSecond === null || deliveredPerSecond >= 0.95 * targetPerSecond) return ''
  return `, only ${deliveredPerSecond.toLocaleString('en-US')}/s`
}

function idleOf(result: BenchResult): string {
  const rows = result.idle.map(({ broker, connections, bytesPerConnection, cpuUsPerConnect }) => [
    titled(result, broker),
    connections.toLocaleString('en-US'),
    (bytesPerConnection / 1024).toFixed(1),
    cpuUsPerConnect.toFixed(0),
  ])
  return markdown(['', 'connections', 'KB each', 'CPU µs per CONNECT'], rows)
}

function microOf({ micro }: BenchResult): string {
  const rows = micro.map(({ name, nsEach, nsLow, nsHigh }) => [
    name,
    nsEach.toFixed(0),
    `${nsLow.toFixed(0)} – ${nsHigh.toFixed(0)}`,
  ])
  return markdown(['', 'CPU ns', 'middle half of the rounds'], rows)
}

function scaleOf({ scale = [] }: Partial<BenchResult>): string {
  const text = ({ unit }: ScaleResult, value: number): string => {
    if (unit === 'bytes') return `${Math.round(value).toLocaleString('en-US')} bytes`
    return `${value < 1000 ? value.toPrecision(3) : Math.round(value).toLocaleString('en-US')} ${unit}`
  }
  const rows = scale.map((each, n) => [
    each.subject === scale[n - 1]?.subject ? '' : each.subject,
    each.what,
    text(each, each.value),
    each.atMost === null ? '' : `${text(each, each.atMost)}${each.value > each.atMost ? ', **missed**' : ''}`,
  ])
  return markdown(['', '', 'found', 'aimed at, at most'], rows)
}

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

export function brokersChart(result: BenchResult): string {
  const brokers = brokerNamesOf(result)
  return chartSvg({
    title: 'CPU time of the broker for one delivered message',
    subtitle: `64 bytes of payload, one core, shorter is better. ${result.date.slice(0, 10)}, Node.js ${result.machine.node}${isShort(result) ? ', a short run' : ''}`,
    groups: scenarioNames(result).map((scenario) => ({
      label: scenario,
      bars: brokers.flatMap((broker) => {
        const each = find(result, scenario, broker)
        if (each === undefined) return []
        const text = `${each.cpuUsEach.toFixed(2)} µs`
        return [{ label: titled(result, broker), value: each.cpuUsEach, text, colour: colours[broker] ?? otherColour }]
      }),
    })),
  })
}
