/** Bars as an SVG of its own: no library, readable on light and dark pages. */

export interface Bar {
  readonly label: string
  readonly value: number
  /** Behind the bar: `1.23 µs`. */
  readonly text: string
  readonly colour: string
}

export interface BarGroup {
  readonly label: string
  readonly bars: readonly Bar[]
}

export interface Chart {
  readonly title: string
  readonly subtitle: string
  readonly groups: readonly BarGroup[]
}

const width = 760
const labelWidth = 150
const textWidth = 130
const barHeight = 13
const groupGap = 12
const top = 76

export function chartSvg({ title, subtitle, groups }: Chart): string {
  const most = Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value)), Number.MIN_VALUE)
  const scale = (width - labelWidth - textWidth) / most
  const parts: string[] = []
  let y = top
  for (const { label, bars } of groups) {
    const middle = y + (bars.length * barHeight) / 2
    parts.push(`<text class="label" x="${labelWidth - 8}" y="${(middle + 4).toFixed(1)}">${escaped(label)}</text>`)
    for (const bar of bars) {
      const length = Math.max(1, bar.value * scale)
      parts.push(
        `<rect x="${labelWidth}" y="${y + 1}" width="${length.toFixed(1)}" height="${barHeight - 2}" fill="${bar.colour}"/>`,
        `<text class="value" x="${(labelWidth + length + 5).toFixed(1)}" y="${y + barHeight - 3}">${escaped(bar.text)}</text>`,
      )
      y += barHeight
    }
    y += groupGap
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 4}" viewBox="0 0 ${width} ${y + 4}" role="img" aria-label="${escaped(title)}">`,
    '<style>',
    'text { font: 11px system-ui, sans-serif; fill: #57606a }',
    '.title { font-size: 15px; font-weight: 600; fill: #24292f }',
    '.label { text-anchor: end; fill: #24292f }',
    '</style>',
    `<rect width="100%" height="100%" rx="6" fill="#ffffff"/>`,
    `<text class="title" x="16" y="24">${escaped(title)}</text>`,
    `<text x="16" y="42">${escaped(subtitle)}</text>`,
    legend(groups),
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

function legend(groups: readonly BarGroup[]): string {
  const colours = new Map(groups.flatMap(({ bars }) => bars.map(({ label, colour }) => [label, colour] as const)))
  let x = 16
  return [...colours]
    .map(([label, colour]) => {
      const entry = `<rect x="${x}" y="53" width="10" height="10" fill="${colour}"/><text x="${x + 15}" y="62">${escaped(label)}</text>`
      x += 35 + label.length * 7
      return entry
    })
    .join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
