/** Cutting a line of the language into words: quotes hold together, whatever stands in them. */

/** At whitespace. */
export function words(text: string): string[] {
  return cut(text, /\s/).filter((word) => word !== '')
}

/** At one character. */
export function parts(text: string, separator: string): string[] {
  return cut(text, new RegExp(`\\${separator}`))
}

/** At ` + `, which joins several packets to one write. */
export function joined(text: string): string[] {
  const groups: string[] = ['']
  for (const word of words(text)) {
    if (word === '+') groups.push('')
    else groups[groups.length - 1] += ` ${word}`
  }
  return groups.map((group) => group.trim())
}

/** At ` or `, between alternatives. */
export function alternatives(text: string): string[] {
  const groups: string[] = ['']
  for (const word of words(text)) {
    if (word === 'or') groups.push('')
    else groups[groups.length - 1] += ` ${word}`
  }
  return groups.map((group) => group.trim())
}

function cut(text: string, separator: RegExp): string[] {
  const found: string[] = ['']
  let quote = ''
  for (const character of text) {
    if (quote === '' && separator.test(character)) {
      found.push('')
      continue
    }
    if (character === quote) quote = ''
    else if (quote === '' && (character === '"' || character === "'")) quote = character
    found[found.length - 1] += character
  }
  if (quote !== '') throw new SyntaxError(`a ${quote} is not closed: ${text}`)
  return found
}
