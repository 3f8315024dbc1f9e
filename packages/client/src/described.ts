/** A value that is not what was asked for, in words: `a number (21.5)`, `an array`, `undefined`. Secrets are not shown. */
export function described(value: unknown, isSecret = false): string {
  if (value === undefined || value === null) return String(value)
  switch (typeof value) {
    case 'object':
      return Array.isArray(value) ? 'an array' : withArticle(Object.prototype.toString.call(value).slice(8, -1))
    case 'function':
    case 'symbol':
      return `a ${typeof value}`
    case 'string':
      return isSecret ? 'a string' : `a string (${JSON.stringify(value.slice(0, 40))})`
    default:
      return isSecret ? `a ${typeof value}` : `a ${typeof value} (${String(value)})`
  }
}

function withArticle(name: string): string {
  if (name === 'Object') return 'an object'
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`
}
