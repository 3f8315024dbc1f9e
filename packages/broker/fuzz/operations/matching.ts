/** Topic Filters against Topic Names, as section 4.7 says it and as slowly as it can be written. */

export interface SplitFilter {
  readonly share: string | undefined
  readonly filter: string
}

export function splitShare(text: string): SplitFilter {
  if (!text.startsWith('$share/')) return { share: undefined, filter: text }
  const [, share, ...filter] = text.split('/')
  return { share, filter: filter.join('/') }
}

export function matches(filter: string, topic: string): boolean {
  // [MQTT-4.7.2-1]
  if (topic.startsWith('$') && !filter.startsWith('$')) return false
  return levelsMatch(filter.split('/'), topic.split('/'))
}

function levelsMatch([wanted, ...moreWanted]: readonly string[], levels: readonly string[]): boolean {
  // "#" stands for the parent level, too (4.7.1.2).
  if (wanted === '#') return true
  const [level, ...moreLevels] = levels
  if (wanted === undefined || level === undefined) return wanted === undefined && level === undefined
  return (wanted === '+' || wanted === level) && levelsMatch(moreWanted, moreLevels)
}
