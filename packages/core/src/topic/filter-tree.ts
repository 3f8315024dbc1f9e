/**
 * Topic Filters and what belongs to each: the index of subscriptions. Asks for one Topic Name which filters match it.
 *
 * A filter without wildcards matches exactly one name, so these live in one map from text to value. Filters with wildcards
 * live in a tree with a node per level, `+` and `#` in fields of their own:
 *
 *     a/+/c   a/#   a/b/+          root ── a ─┬─ plus ── c = value
 *                                    manyValue ┘└─ b ── plus = value
 *
 * A match goes down level by level with the set of nodes that are still possible. Each node has one path from the root, so
 * it is looked at once at most: the work is bounded by the nodes that exist, never by the 2^n ways to read `+/+/+/…`. There
 * is no recursion, so a filter of 65,535 levels overflows nothing.
 *
 * Always holds: every node other than the root has a value or something below it (delete prunes). `#` is no node: its value
 * is its parent's `manyValue`. Few children are a list; many are a map, and the list is empty then.
 *
 * Rejected: exact filters in the tree as well (three nodes instead of one map entry for most subscriptions); a Map in every
 * node (more memory than the rest of the node).
 */

import { childOf, childrenOf, FilterNode, isBare, removeChild, stepOf, stepTo } from './filter-node.ts'
import { SegmentedMap } from './segmented-map.ts'

/** Filters are parsed ones, without `$share/{ShareName}/`. `undefined` is no value. */
export class FilterTree<Value> {
  #exact = new SegmentedMap<Value>()
  #root = new FilterNode<Value>('')
  #wildcardSize = 0

  get size(): number {
    return this.#exact.size + this.#wildcardSize
  }

  get(filter: string): Value | undefined {
    if (!hasWildcard(filter)) return this.#exact.get(filter)
    let node: FilterNode<Value> | undefined = this.#root
    for (let start = 0; node !== undefined; ) {
      const end = levelEnd(filter, start)
      if (isManyLevel(filter, start)) return node.manyValue
      node = stepOf(node, filter.slice(start, end))
      if (end === filter.length) return node?.value
      start = end + 1
    }
    return undefined
  }

  /** Set it unless there is one; what is there already is returned, and stays. */
  add(filter: string, value: Value): Value | undefined {
    if (!hasWildcard(filter)) return this.#exact.add(filter, value)
    const present = this.get(filter)
    if (present === undefined) this.set(filter, value)
    return present
  }

  set(filter: string, value: Value): void {
    if (!hasWildcard(filter)) {
      this.#exact.set(filter, value)
      return
    }
    let node = this.#root
    for (let start = 0; ; ) {
      if (isManyLevel(filter, start)) {
        if (node.manyValue === undefined) this.#wildcardSize++
        node.manyValue = value
        return
      }
      const end = levelEnd(filter, start)
      node = stepTo(node, filter.slice(start, end))
      if (end === filter.length) {
        if (node.value === undefined) this.#wildcardSize++
        node.value = value
        return
      }
      start = end + 1
    }
  }

  /** Whether there was such a filter. */
  delete(filter: string): boolean {
    if (!hasWildcard(filter)) return this.#exact.delete(filter)
    const path = [this.#root]
    let node: FilterNode<Value> = this.#root
    for (let start = 0; !isManyLevel(filter, start); ) {
      const end = levelEnd(filter, start)
      const below = stepOf(node, filter.slice(start, end))
      if (below === undefined) return false
      node = below
      path.push(node)
      if (end === filter.length) {
        if (node.value === undefined) return false
        node.value = undefined
        this.#deleted(path)
        return true
      }
      start = end + 1
    }
    if (node.manyValue === undefined) return false
    node.manyValue = undefined
    this.#deleted(path)
    return true
  }

  /**
   * Calls `visit` for every filter that matches the Topic Name `name` (section 4.7), each once, in no order. `visit` may
   * match again, but not change the tree.
   */
  match(name: string, visit: (value: Value) => void): void {
    const exact = this.#exact.get(name)
    if (exact !== undefined) visit(exact)
    if (this.#wildcardSize === 0) return
    // [MQTT-4.7.2-1] A wildcard at the first level does not match names that begin with "$".
    let wildcardsMatch = name.charCodeAt(0) !== dollar
    let possible: FilterNode<Value>[] = [this.#root]
    let below: FilterNode<Value>[] = []
    for (let start = 0; possible.length > 0; ) {
      const end = levelEnd(name, start)
      const level = name.slice(start, end)
      const isLast = end === name.length
      for (const node of possible) {
        if (wildcardsMatch) {
          if (node.manyValue !== undefined) visit(node.manyValue)
          if (node.plus !== undefined) below.push(node.plus)
        }
        const child = childOf(node, level)
        if (child !== undefined) below.push(child)
      }
      if (isLast) {
        for (const node of below) {
          if (node.value !== undefined) visit(node.value)
          // "#" includes the parent level (section 4.7.1.2).
          if (node.manyValue !== undefined) visit(node.manyValue)
        }
        return
      }
      const spent = possible
      possible = below
      below = spent
      below.length = 0
      wildcardsMatch = true
      start = end + 1
    }
  }

  /** All filters, in no order. The tree must not change meanwhile. */
  *entries(): IterableIterator<[string, Value]> {
    yield* this.#exact.entries()
    // A node with its path: the texts are made anew, as nodes keep only their own level.
    const open: { node: FilterNode<Value>; prefix: string }[] = [{ node: this.#root, prefix: '' }]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { node, prefix } = next
      if (node.manyValue !== undefined) yield [`${prefix}#`, node.manyValue]
      for (const child of childrenOf(node)) {
        const text = prefix + child.level
        if (child.value !== undefined) yield [text, child.value]
        open.push({ node: child, prefix: `${text}/` })
      }
    }
  }

  #deleted(path: FilterNode<Value>[]): void {
    this.#wildcardSize--
    for (let depth = path.length - 1; depth > 0; depth--) {
      const node = path[depth]!
      if (!isBare(node)) return
      removeChild(path[depth - 1]!, node)
    }
  }
}

const dollar = 0x24

function hasWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#')
}

function levelEnd(text: string, start: number): number {
  const end = text.indexOf('/', start)
  return end < 0 ? text.length : end
}

function isManyLevel(filter: string, start: number): boolean {
  return start === filter.length - 1 && filter[start] === '#'
}
