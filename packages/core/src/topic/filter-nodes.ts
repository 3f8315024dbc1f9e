import { LevelHash } from './level-hash.ts'
import { LevelText } from './level-text.ts'
import { RowIndex } from './row-index.ts'
import { Rows } from './rows.ts'

/** The nodes of FilterTable, which see. A node is the number of a row; 0 is none. */
export class FilterNodes {
  readonly root: number
  readonly #rows = new Rows(width)
  readonly #index = new RowIndex(this.#rows)
  readonly #text = new LevelText(this.#rows, lengthWord)
  readonly #hash = new LevelHash()

  constructor() {
    this.root = this.#rows.take()
  }

  get rowCount(): number {
    return this.#rows.count
  }

  valueOf(node: number): number {
    return this.#rows.get(node, valueWord)
  }

  setValue(node: number, value: number): void {
    this.#rows.set(node, valueWord, value)
  }

  plusOf(node: number): number {
    return this.#rows.get(node, plusWord)
  }

  manyOf(node: number): number {
    return this.#rows.get(node, manyWord)
  }

  /** Of the level of `text` from `start` to `end`, as `childOf` wants it. */
  hashLevel(text: string, start: number, end: number): number {
    return this.#hash.ofText(text, start, end)
  }

  /** The node below `node` for a level of a name, never one for a wildcard. `hash`: of `hashLevel`. */
  childOf(node: number, text: string, start: number, end: number, hash: number): number {
    const rows = this.#rows
    const only = rows.get(node, onlyWord)
    if (only !== 0) return this.#text.equals(only, text, start, end) ? only : 0
    if (rows.get(node, childrenWord) === 0) return 0
    const wanted = this.#hash.ofChild(node, hash)
    let row = this.#index.first(wanted)
    while (row !== 0 && !this.#isChild(row, wanted, node, text, start, end)) row = this.#index.next(row)
    return row
  }

  /** The node below for a level of a filter. */
  step(node: number, text: string, start: number, end: number): number {
    const wildcard = wildcardAt(text, start, end)
    if (wildcard !== 0) return this.#rows.get(node, wildcard)
    return this.childOf(node, text, start, end, this.hashLevel(text, start, end))
  }

  /** As `step`, made if there is none. */
  stepTo(node: number, text: string, start: number, end: number): number {
    const wildcard = wildcardAt(text, start, end)
    if (wildcard !== 0) {
      const present = this.#rows.get(node, wildcard)
      if (present !== 0) return present
      const added = this.#add(node)
      this.#rows.set(node, wildcard, added)
      return added
    }
    const hash = this.hashLevel(text, start, end)
    const present = this.childOf(node, text, start, end, hash)
    if (present !== 0) return present
    const added = this.#add(node)
    this.#text.write(added, text, start, end)
    this.#enter(node, added, hash)
    return added
  }

  /** Free `node`, and those above it, as far as nothing is lost with them. */
  prune(node: number): void {
    const rows = this.#rows
    let at = node
    while (at !== this.root && this.#isBare(at)) {
      const parent = rows.get(at, parentWord)
      if (rows.get(parent, plusWord) === at) rows.set(parent, plusWord, 0)
      else if (rows.get(parent, manyWord) === at) rows.set(parent, manyWord, 0)
      else this.#leave(parent, at)
      this.#text.give(at)
      at = parent
    }
  }

  /** The filter that ends at `node`. */
  pathOf(node: number): string {
    const levels: string[] = []
    for (let at = node; at !== this.root; at = this.#rows.get(at, parentWord)) levels.push(this.#levelOf(at))
    return levels.reverse().join('/')
  }

  #add(parent: number): number {
    const rows = this.#rows
    const added = rows.take()
    rows.set(added, parentWord, parent)
    return added
  }

  #enter(parent: number, child: number, levelHash: number): void {
    const rows = this.#rows
    const children = rows.get(parent, childrenWord)
    rows.set(parent, childrenWord, children + 1)
    if (children === 0) {
      rows.set(parent, onlyWord, child)
      return
    }
    const only = rows.get(parent, onlyWord)
    if (only !== 0) {
      const level = this.#levelOf(only)
      rows.set(parent, onlyWord, 0)
      this.#index.add(only, this.#hash.ofChild(parent, this.hashLevel(level, 0, level.length)))
    }
    this.#index.add(child, this.#hash.ofChild(parent, levelHash))
  }

  #leave(parent: number, child: number): void {
    const rows = this.#rows
    rows.set(parent, childrenWord, rows.get(parent, childrenWord) - 1)
    if (rows.get(parent, onlyWord) === child) rows.set(parent, onlyWord, 0)
    else this.#index.delete(child)
  }

  #isBare(node: number): boolean {
    const rows = this.#rows
    return (
      rows.get(node, valueWord) === 0 &&
      rows.get(node, childrenWord) === 0 &&
      rows.get(node, plusWord) === 0 &&
      rows.get(node, manyWord) === 0
    )
  }

  #isChild(row: number, hash: number, parent: number, text: string, start: number, end: number): boolean {
    const rows = this.#rows
    if (rows.get(row, hashWord) !== hash || rows.get(row, parentWord) !== parent) return false
    return this.#text.equals(row, text, start, end)
  }

  #levelOf(node: number): string {
    const rows = this.#rows
    const parent = rows.get(node, parentWord)
    if (rows.get(parent, plusWord) === node) return '+'
    if (rows.get(parent, manyWord) === node) return '#'
    return this.#text.read(node)
  }
}

/** In which word of its parent the level stands that begins at `start`, if it is a wildcard; else 0. */
function wildcardAt(text: string, start: number, end: number): number {
  if (end - start !== 1) return 0
  const character = text.charCodeAt(start)
  if (character === plusSign) return plusWord
  return character === numberSign ? manyWord : 0
}

const plusSign = 0x2b
const numberSign = 0x23

/** The words of a row; 0 and 1 belong to RowIndex, those from `lengthWord` on to LevelText. */
const hashWord = 0
const parentWord = 2
const childrenWord = 3
const plusWord = 4
const manyWord = 5
const valueWord = 6
const onlyWord = 7
const lengthWord = 8
const width = 16
