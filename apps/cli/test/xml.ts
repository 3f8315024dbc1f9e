/**
 * Whether a text is well-formed XML, as far as a report uses it: declaration, elements, attributes, text and the five
 * references. Answers with what is wrong, undefined for nothing.
 */
export function malformed(xml: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  const strange = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.exec(xml)
  if (strange !== null) return `the character ${JSON.stringify(strange[0])}`
  const open: string[] = []
  let roots = 0
  const rest = xml
    .replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>/, '')
    .replaceAll(
      /<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g,
      (_, slash: string, name: string, _attributes: string, selfClosed: string) => {
        if (slash !== '') return open.pop() === name ? '' : `<unexpected /${name}>`
        if (open.length === 0) roots += 1
        if (selfClosed === '') open.push(name)
        return ''
      },
    )
  if (open.length > 0) return `${open.join(', ')} not closed`
  if (roots !== 1) return `${roots} roots`
  if (/[<>]/.test(rest)) return `no tag: ${/.{0,20}[<>].{0,40}/s.exec(rest)?.[0]}`
  const reference = /&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.exec(xml)
  return reference === null ? undefined : `a bare & at ${reference.index}`
}
