import { LevelHash } from './level-hash.ts'
import { bytesOfTerm, LevelTerms } from './level-terms.ts'
import { RowIndex } from './row-index.ts'
import { Rows } from './rows.ts'

/** Which of the lists that a node is in: that of its siblings, or of the nodes with the same text. */
export type NodeList = 'children' | 'term'

/**
 * The nodes of NameTable, which see. A node is the number of a row of fourteen words; 0 is none:
 *
 *     hash │ next │ parent │ term │ depth, serial │ serial │ values │ children │ first child │ siblings: 2 │ of term: 2 │ value
 *
 * Every node has a serial number, and no two ever have the same. Nodes enter a list at its head, so a list is in the order of
 * their serial numbers, the newest first, and whoever knows how far he had come finds his place again although the row where
 * he stood is another node's by now.
 */
export class NameNodes {
  readonly root: number
  readonly terms: LevelTerms = new LevelTerms()
  readonly #rows = new Rows(width)
  readonly #index = new RowIndex(this.#rows)
  readonly #hash = new LevelHash()
  #newest = 0

  constructor() {
    this.root = this.#rows.take()
    this.#number(this.root, 0)
  }

  get bytes(): number {
    return this.#rows.count * rowBytes + this.terms.bytes
  }

  /** The serial number of the newest node. */
  get newest(): number {
    return this.#newest
  }

  parentOf(node: number): number {
    return this.#rows.get(node, parentWord)
  }

  termOf(node: number): number {
    return this.#rows.get(node, termWord)
  }

  /** 0 for the first level. */
  depthOf(node: number): number {
    return this.#rows.get(node, depthWord) >>> 16
  }

  /** 0 for a row that is no node now. */
  serialOf(node: number): number {
    const rows = this.#rows
    return (rows.get(node, depthWord) & 0xffff) * 0x1_0000_0000 + (rows.get(node, serialWord) >>> 0)
  }

  /** Values here and below. */
  valueCountOf(node: number): number {
    return this.#rows.get(node, valueCountWord)
  }

  childCountOf(node: number): number {
    return this.#rows.get(node, childCountWord)
  }

  firstChildOf(node: number): number {
    return this.#rows.get(node, firstChildWord)
  }

  following(node: number, list: NodeList): number {
    return this.#rows.get(node, list === 'children' ? nextSiblingWord : nextOfTermWord)
  }

  valueOf(node: number): number {
    return this.#rows.get(node, valueWord)
  }

  /** 0 is none. */
  setValue(node: number, value: number): void {
    const rows = this.#rows
    const had = rows.get(node, valueWord) !== 0
    rows.set(node, valueWord, value)
    if (had === (value !== 0)) return
    const difference = had ? -1 : 1
    for (let at = node; at !== 0; at = rows.get(at, parentWord)) {
      rows.set(at, valueCountWord, rows.get(at, valueCountWord) + difference)
    }
  }

  /** The child of `parent` for the level of `text` from `start` to `end`, 0: none. */
  childOf(parent: number, text: string, start: number, end: number): number {
    const term = this.terms.find(text, start, end)
    return term === 0 ? 0 : this.childWith(parent, term)
  }

  /** The same, made if there is none. */
  childFor(parent: number, text: string, start: number, end: number): number {
    const term = this.terms.findOrAdd(text, start, end)
    const present = this.childWith(parent, term)
    return present === 0 ? this.#add(parent, term) : present
  }

  /** Free `node`, and those above it, as far as no value is lost with them. */
  prune(node: number): void {
    for (let at = node; at !== this.root && this.valueCountOf(at) === 0; ) {
      const parent = this.parentOf(at)
      this.#remove(parent, at)
      at = parent
    }
  }

  /** The name that ends at `node`. */
  pathOf(node: number): string {
    let name = this.terms.textOf(this.termOf(node))
    for (let at = this.parentOf(node); at !== this.root; at = this.parentOf(at)) {
      name = `${this.terms.textOf(this.termOf(at))}/${name}`
    }
    return name
  }

  /** The child of `parent` that has this term, 0: none. */
  childWith(parent: number, term: number): number {
    const rows = this.#rows
    let row = this.#index.first(this.#hash.ofChild(parent, term))
    while (row !== 0 && (rows.get(row, parentWord) !== parent || rows.get(row, termWord) !== term)) {
      row = this.#index.next(row)
    }
    return row
  }

  #add(parent: number, term: number): number {
    const { terms } = this
    const rows = this.#rows
    const node = rows.take()
    this.#number(node, parent === this.root ? 0 : this.depthOf(parent) + 1)
    rows.set(node, parentWord, parent)
    rows.set(node, termWord, term)
    this.#index.add(node, this.#hash.ofChild(parent, term))
    const sibling = rows.get(parent, firstChildWord)
    rows.set(node, nextSiblingWord, sibling)
    if (sibling !== 0) rows.set(sibling, previousSiblingWord, node)
    rows.set(parent, firstChildWord, node)
    rows.set(parent, childCountWord, rows.get(parent, childCountWord) + 1)
    const other = terms.firstOf(term)
    rows.set(node, nextOfTermWord, other)
    if (other !== 0) rows.set(other, previousOfTermWord, node)
    terms.setFirst(term, node)
    terms.addCount(term, 1)
    return node
  }

  /** A node without children. */
  #remove(parent: number, node: number): void {
    const { terms } = this
    const rows = this.#rows
    const term = rows.get(node, termWord)
    this.#index.delete(node)
    if (rows.get(parent, firstChildWord) === node) rows.set(parent, firstChildWord, rows.get(node, nextSiblingWord))
    this.#unlink(node, nextSiblingWord, previousSiblingWord)
    rows.set(parent, childCountWord, rows.get(parent, childCountWord) - 1)
    if (terms.firstOf(term) === node) terms.setFirst(term, rows.get(node, nextOfTermWord))
    this.#unlink(node, nextOfTermWord, previousOfTermWord)
    terms.addCount(term, -1)
    if (terms.countOf(term) === 0) terms.remove(term)
    rows.give(node)
  }

  #unlink(node: number, nextWord: number, previousWord: number): void {
    const rows = this.#rows
    const next = rows.get(node, nextWord)
    const previous = rows.get(node, previousWord)
    if (next !== 0) rows.set(next, previousWord, previous)
    if (previous !== 0) rows.set(previous, nextWord, next)
  }

  #number(node: number, depth: number): void {
    const serial = ++this.#newest
    this.#rows.set(node, depthWord, (depth << 16) | Math.trunc(serial / 0x1_0000_0000))
    this.#rows.set(node, serialWord, serial)
  }
}

/** The words of a row; 0 and 1 belong to RowIndex. */
const parentWord = 2
const termWord = 3
/** Upper half: the depth, of which there are 65,536; lower half: the upper part of the serial number, for 2^48 nodes. */
const depthWord = 4
const serialWord = 5
const valueCountWord = 6
const childCountWord = 7
const firstChildWord = 8
const nextSiblingWord = 9
const previousSiblingWord = 10
const nextOfTermWord = 11
const previousOfTermWord = 12
const valueWord = 13
const width = 14
/** With its part of the index. */
const rowBytes = 4 * width + 8

/** A node and a term of `characters`. */
export function bytesOfLevel(characters: number): number {
  return rowBytes + bytesOfTerm(characters)
}
