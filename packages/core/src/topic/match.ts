/**
 * Whether a Topic Filter matches a Topic Name (section 4.7), in its most readable form. FilterTable and NameTable answer the
 * same question for a million filters or names at once; their tests ask this function.
 *
 * `filter` is without `$share/{ShareName}/`, and both have been parsed. Levels are compared as they are [MQTT-4.7.3-4].
 *
 * @example
 * topicMatches('sport/+/#', 'sport/tennis') // true: "#" includes the parent level
 */
export function topicMatches(filter: string, name: string): boolean {
  // [MQTT-4.7.2-1]
  if (name.startsWith('$') && (filter.startsWith('+') || filter.startsWith('#'))) return false
  const filterLevels = filter.split('/')
  const nameLevels = name.split('/')
  for (const [depth, level] of filterLevels.entries()) {
    // All levels before this one matched, so what "#" is asked about is its parent or lies below it (section 4.7.1.2).
    if (level === '#') return true
    if (depth === nameLevels.length) return false
    if (level !== '+' && level !== nameLevels[depth]) return false
  }
  return filterLevels.length === nameLevels.length
}
