/** Whether `name` may be `known`, misspelt: other capitals, or a character too many, too few, wrong, or two exchanged. */
export function isNear(name: string, known: string): boolean {
  const a = name.toLowerCase().replaceAll(/[-_]/g, '')
  const b = known.toLowerCase()
  if (a === b) return true
  // In a short name one character is most of it.
  if (b.length < 3 || Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  const [restA, restB] = [a.slice(start), b.slice(start)]
  const isExchanged = restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2)
  return isExchanged || restA.slice(1) === restB || restA === restB.slice(1) || restA.slice(1) === restB.slice(1)
}
