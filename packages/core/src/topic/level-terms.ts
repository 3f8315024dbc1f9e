import { LevelHash } from './level-hash.ts'
import { LevelText } from './level-text.ts'
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

  get bytes(): number {
    return this.#rows.count * termBytes
  }

  /** The term for the level of `text` from `start` to `end`, 0: no node has it. */
  find(text: string, start: number, end: number): number {
    return this.#find(text, start, end, this.#hash.ofText(text, start, end))
  }

  findOrAdd(text: string, start: number, end: number): number {
    const hash = this.#hash.ofText(text, start, end)
    const present = this.#find(text, start, end, hash)
    if (present !== 0) return present
    const added = this.#rows.take()
    this.#text.write(added, text, start, end)
    this.#index.add(added, hash)
    return added
  }

  /** It has no node. */
  remove(term: number): void {
    this.#index.delete(term)
    this.#text.give(term)
  }

  is(term: number, level: string): boolean {
    return this.#text.equals(term, level, 0, level.length)
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

  #find(text: string, start: number, end: number, hash: number): number {
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
export const termBytes: number = 4 * width + 8
