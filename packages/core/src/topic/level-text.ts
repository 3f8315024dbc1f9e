import type { Rows } from './rows.ts'

/**
 * The text of a level in a row, two characters in a word, and in as many further rows as it needs:
 *
 *     … │ length │ text │ more ──► │ hash │ next │ text of the rest │ more
 *
 * Its owner has the words before `length`; `more` is the last word of the row.
 */
export class LevelText {
  readonly #rows: Rows
  readonly #lengthWord: number
  readonly #moreWord: number

  constructor(rows: Rows, lengthWord: number) {
    this.#rows = rows
    this.#lengthWord = lengthWord
    this.#moreWord = rows.width - 1
  }

  equals(row: number, text: string, start: number, end: number): boolean {
    const rows = this.#rows
    if (rows.get(row, this.#lengthWord) !== end - start) return false
    let at = row
    let word = this.#lengthWord + 1
    for (let character = start; character < end; character += 2) {
      if (word === this.#moreWord) {
        at = rows.get(at, this.#moreWord)
        word = furtherTextWord
      }
      if (rows.get(at, word++) !== twoCharacters(text, character, end)) return false
    }
    return true
  }

  /** Into a row that has none yet. */
  write(row: number, text: string, start: number, end: number): void {
    const rows = this.#rows
    rows.set(row, this.#lengthWord, end - start)
    let at = row
    let word = this.#lengthWord + 1
    for (let character = start; character < end; character += 2) {
      if (word === this.#moreWord) {
        const more = rows.take()
        rows.set(at, this.#moreWord, more)
        at = more
        word = furtherTextWord
      }
      rows.set(at, word++, twoCharacters(text, character, end))
    }
  }

  read(row: number): string {
    const rows = this.#rows
    let text = ''
    let at = row
    let word = this.#lengthWord + 1
    for (let left = rows.get(row, this.#lengthWord); left > 0; left -= 2) {
      if (word === this.#moreWord) {
        at = rows.get(at, this.#moreWord)
        word = furtherTextWord
      }
      const two = rows.get(at, word++)
      text += left === 1 ? String.fromCharCode(two) : String.fromCharCode(two & 0xffff, two >>> 16)
    }
    return text
  }

  beginsWith(row: number, character: number): boolean {
    const rows = this.#rows
    return rows.get(row, this.#lengthWord) > 0 && (rows.get(row, this.#lengthWord + 1) & 0xffff) === character
  }

  /** Free the row, and those with the rest of its text. */
  give(row: number): void {
    for (let at = row; at !== 0; ) {
      const more = this.#rows.get(at, this.#moreWord)
      this.#rows.give(at)
      at = more
    }
  }
}

/** How many further rows of `width` words a text takes, of which the first row has room for `firstWords`. */
export function rowsOfRest(characters: number, firstWords: number, width: number): number {
  const rest = characters - 2 * firstWords
  return rest <= 0 ? 0 : Math.ceil(rest / (2 * (width - 1 - furtherTextWord)))
}

/** Of `text` at `at`, or the last one before `end`. */
function twoCharacters(text: string, at: number, end: number): number {
  const second = at + 1 < end ? text.charCodeAt(at + 1) : 0
  return text.charCodeAt(at) | (second << 16)
}

/** Of a row with the rest of a text; the words before are RowIndex's, which has its first row alone. */
const furtherTextWord = 2
