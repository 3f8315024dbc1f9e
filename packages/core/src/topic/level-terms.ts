import { LevelHash } from './level-hash.ts'
import { LevelText, rowsOfRest } from './level-text.ts'
import { RowIndex } from './row-index.ts'
import { Rows } from './rows.ts'

/**
 * The levels of the names in a NameTable: each text once, with the first of the nodes that have it and how many these are. A
 * term is a row of twelve words:
 *
 *     hash │ next │ nodes │ first node │ length │ text: 12 characters │ more
 */
export class LevelTerms {
  readonly #rows = new Rows(width)
  readonly #index = new RowIndex(this.#rows)
  readonly #text = new LevelText(this.#rows, lengthWord)
  readonly #hash = new LevelHash()
  #removals = 0

  /** How often a term was removed: until then the number of one stays the same text's. */
  get removals(): number {
    return this.#removals
  }

  get bytes(): number {
    return this.#rows.count * rowBytes
  }

  /** The term for the level of `text` from `start` to `end`, 0: no node has it. */
  find(text: string, start: number, end: number): number {
    return this.findHashed(text, start, end, this.hash(text, start, end))
  }

  hash(text: string, start: number, end: number): number {
    return this.#hash.ofText(text, start, end)
  }

  findOrAdd(text: string, start: number, end: number): number {
    const hash = this.hash(text, start, end)
    const present = this.findHashed(text, start, end, hash)
    if (present !== 0) return present
    const added = this.#rows.take()
    this.#text.write(added, text, start, end)
    this.#index.add(added, hash)
    return added
  }

  /** It has no node. */
  remove(term: number): void {
    this.#removals++
    this.#index.delete(term)
    this.#text.give(term)
  }

  beginsWith(term: number, character: number): boolean {
    return this.#text.beginsWith(term, character)
  }

  textOf(term: number): string {
    return this.#text.read(term)
  }

  countOf(term: number): number {
    return this.#rows.get(term, countWord)
  }

  addCount(term: number, difference: 1 | -1): void {
    this.#rows.set(term, countWord, this.#rows.get(term, countWord) + difference)
  }

  firstOf(term: number): number {
    return this.#rows.get(term, firstWord)
  }

  setFirst(term: number, node: number): void {
    this.#rows.set(term, firstWord, node)
  }

  /** As `find`, of a text whose hash is known. */
  findHashed(text: string, start: number, end: number, hash: number): number {
    const index = this.#index
    let row = index.first(hash)
    while (row !== 0 && (index.hashOf(row) !== hash || !this.#text.equals(row, text, start, end))) row = index.next(row)
    return row
  }
}

/** The words of a row; 0 and 1 belong to RowIndex, those from `lengthWord` on to LevelText. */
const countWord = 2
const firstWord = 3
const lengthWord = 4
const width = 12
/** With its part of the index. */
const rowBytes = 4 * width + 8

/** Of a text of `characters`: a row, and more where it is longer. */
export function bytesOfTerm(characters: number): number {
  return rowBytes * (1 + rowsOfRest(characters, width - lengthWord - 2, width))
}
