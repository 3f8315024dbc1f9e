/**
 * Topic Filters as numbers, and for a Topic Name the numbers of those that match it. A number stands for its filter until that
 * is removed, and then for another. What belongs to a filter is a number as well, its `value`; 0 is none, and a filter without
 * a value is not there.
 *
 * The filters are a tree with a node per level. A node is a row of sixteen words, 64 bytes, and no object:
 *
 *     a/+/c   a/#   a/b/+          root ── a ─┬─ plus ── c = value
 *                                             ├─ many = value
 *                                             └─ b ── plus = value
 *
 *     hash │ next │ parent │ children │ plus │ many │ value │ only │ length │ text: 12 characters │ more
 *
 * `+` and `#` are in fields of their parent, and so is a child that is the only other one. Where there are more, all of them
 * are found by a hash of their parent and their text, in one index for the whole tree. Where a text is longer, `more` is a row
 * with the next 26 characters.
 *
 * A match goes down level by level with the set of nodes that are still possible. Each node has one path from the root, so
 * it is looked at once at most: the work is bounded by the nodes that exist, never by the 2^n ways to read `+/+/+/…`. There
 * is no recursion, so a filter of 65,535 levels overflows nothing.
 *
 * Always holds: every node other than the root has a value or something below it (`remove` prunes).
 *
 * Rejected: nodes as objects, and a map for filters without wildcards (a million of them held up the event loop by 60 to
 * 90 ms at a time: the collector copied them).
 */

import { FilterNodes } from './filter-nodes.ts'
import { levelEnd } from './topic-text.ts'

/** Filters are parsed ones, without `$share/{ShareName}/`. */
export class FilterTable {
  readonly #nodes = new FilterNodes()
  #size = 0

  /** How many filters have a value. */
  get size(): number {
    return this.#size
  }

  /** What it takes: rows of 64 bytes. */
  get rowCount(): number {
    return this.#nodes.rowCount
  }

  /** The number of a filter; 0 if it is not there. */
  find(filter: string): number {
    const nodes = this.#nodes
    let node = nodes.root
    for (let start = 0; node !== 0; ) {
      const end = levelEnd(filter, start)
      node = nodes.step(node, filter, start, end)
      if (end === filter.length) return node !== 0 && nodes.valueOf(node) !== 0 ? node : 0
      start = end + 1
    }
    return 0
  }

  /** The number of a filter, which is there from now on: with `value`, if it has none yet. */
  add(filter: string, value: number): number {
    const nodes = this.#nodes
    let node = nodes.root
    for (let start = 0; ; ) {
      const end = levelEnd(filter, start)
      node = nodes.stepTo(node, filter, start, end)
      if (end === filter.length) break
      start = end + 1
    }
    if (nodes.valueOf(node) === 0) {
      nodes.setValue(node, value)
      this.#size++
    }
    return node
  }

  valueOf(number: number): number {
    return this.#nodes.valueOf(number)
  }

  /** `value` is not 0. */
  setValue(number: number, value: number): void {
    this.#nodes.setValue(number, value)
  }

  remove(number: number): void {
    this.#nodes.setValue(number, 0)
    this.#size--
    this.#nodes.prune(number)
  }

  /** The filter that a number stands for. */
  textOf(number: number): string {
    return this.#nodes.pathOf(number)
  }

  /**
   * Calls `visit` for every filter that matches the Topic Name `name` (section 4.7), each once, in no order. `visit` may
   * match again, but not change the table.
   */
  match(name: string, visit: (value: number, number: number) => void): void {
    if (this.#size === 0) return
    const nodes = this.#nodes
    // [MQTT-4.7.2-1] A wildcard at the first level does not match names that begin with "$".
    let wildcardsMatch = name.charCodeAt(0) !== dollar
    let possible = [nodes.root]
    let below: number[] = []
    for (let start = 0; possible.length > 0; ) {
      const end = levelEnd(name, start)
      const hash = nodes.hashLevel(name, start, end)
      for (let i = 0; i < possible.length; i++) {
        const node = possible[i]!
        if (wildcardsMatch) {
          const many = nodes.manyOf(node)
          if (many !== 0) visit(nodes.valueOf(many), many)
          const plus = nodes.plusOf(node)
          if (plus !== 0) below.push(plus)
        }
        const child = nodes.childOf(node, name, start, end, hash)
        if (child !== 0) below.push(child)
      }
      if (end === name.length) break
      const spent = possible
      possible = below
      below = spent
      below.length = 0
      wildcardsMatch = true
      start = end + 1
    }
    for (let i = 0; i < below.length; i++) {
      const node = below[i]!
      const value = nodes.valueOf(node)
      if (value !== 0) visit(value, node)
      // "#" includes the parent level (section 4.7.1.2).
      const many = nodes.manyOf(node)
      if (many !== 0) visit(nodes.valueOf(many), many)
    }
  }
}

const dollar = 0x24
