import { RowIndex } from './row-index.ts'
import { Rows } from './rows.ts'

/** The nodes of FilterTable, which see. A node is the number of a row; 0 is none. */
export class FilterNodes {
  readonly root: number
  readonly #rows = new Rows(width)
  readonly #index = new RowIndex(this.#rows)
  /** A peer that knew them could choose levels that all have the same hash. */
  readonly #seed = Math.trunc(Math.random() * 0x1_0000_0000)
  readonly #factor = Math.trunc(Math.random() * 0x1_0000_0000) | 1

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
    const factor = this.#factor
    let hash = this.#seed
    for (let at = start; at < end; at++) {
      hash = Math.imul(hash ^ text.charCodeAt(at), factor)
      // Without it a difference in high bits never reaches the low ones, and texts can be made that differ in vain.
      hash ^= hash >>> 15
    }
    return hash
  }

  /** The node below `node` for a level of a name, never one for a wildcard. `hash`: of `hashLevel`. */
  childOf(node: number, text: string, start: number, end: number, hash: number): number {
    const rows = this.#rows
    const only = rows.get(node, onlyWord)
    if (only !== 0) return this.#isText(only, text, start, end) ? only : 0
    if (rows.get(node, childrenWord) === 0) return 0
    const wanted = this.#hashChild(node, hash)
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
    this.#write(added, text, start, end)
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
      this.#give(at)
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
      this.#index.add(only, this.#hashChild(parent, this.hashLevel(level, 0, level.length)))
    }
    this.#index.add(child, this.#hashChild(parent, levelHash))
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

  #hashChild(parent: number, levelHash: number): number {
    const mixed = Math.imul(levelHash ^ Math.imul(parent, this.#factor), 0x85eb_ca6b)
    return mixed ^ (mixed >>> 13)
  }

  #isChild(row: number, hash: number, parent: number, text: string, start: number, end: number): boolean {
    const rows = this.#rows
    if (rows.get(row, hashWord) !== hash || rows.get(row, parentWord) !== parent) return false
    return this.#isText(row, text, start, end)
  }

  #isText(node: number, text: string, start: number, end: number): boolean {
    const rows = this.#rows
    if (rows.get(node, lengthWord) !== end - start) return false
    let row = node
    let word = textWord
    for (let at = start; at < end; at += 2) {
      if (word === moreWord) {
        row = rows.get(row, moreWord)
        word = furtherTextWord
      }
      if (rows.get(row, word++) !== twoCharacters(text, at, end)) return false
    }
    return true
  }

  #write(node: number, text: string, start: number, end: number): void {
    const rows = this.#rows
    rows.set(node, lengthWord, end - start)
    let row = node
    let word = textWord
    for (let at = start; at < end; at += 2) {
      if (word === moreWord) {
        const more = rows.take()
        rows.set(row, moreWord, more)
        row = more
        word = furtherTextWord
      }
      rows.set(row, word++, twoCharacters(text, at, end))
    }
  }

  #levelOf(node: number): string {
    const rows = this.#rows
    const parent = rows.get(node, parentWord)
    if (rows.get(parent, plusWord) === node) return '+'
    if (rows.get(parent, manyWord) === node) return '#'
    let text = ''
    let row = node
    let word = textWord
    for (let left = rows.get(node, lengthWord); left > 0; left -= 2) {
      if (word === moreWord) {
        row = rows.get(row, moreWord)
        word = furtherTextWord
      }
      const two = rows.get(row, word++)
      text += left === 1 ? String.fromCharCode(two) : String.fromCharCode(two & 0xffff, two >>> 16)
    }
    return text
  }

  #give(node: number): void {
    for (let row = node; row !== 0; ) {
      const more = this.#rows.get(row, moreWord)
      this.#rows.give(row)
      row = more
    }
  }
}

/** In which word of its parent the level stands that begins at `start`, if it is a wildcard; else 0. */
function wildcardAt(text: string, start: number, end: number): number {
  if (end - start !== 1) return 0
  const character = text.charCodeAt(start)
  if (character === plusSign) return plusWord
  return character === numberSign ? manyWord : 0
}

/** Of `text` at `at`, or the last one before `end`. */
function twoCharacters(text: string, at: number, end: number): number {
  const second = at + 1 < end ? text.charCodeAt(at + 1) : 0
  return text.charCodeAt(at) | (second << 16)
}

const plusSign = 0x2b
const numberSign = 0x23

/** The words of a row; 0 and 1 belong to RowIndex. */
const hashWord = 0
const parentWord = 2
const lengthWord = 3
const childrenWord = 4
const plusWord = 5
const manyWord = 6
const valueWord = 7
const onlyWord = 8
const textWord = 9
const moreWord = 15
const width = 16
/** Of a row with more text. */
const furtherTextWord = 2
