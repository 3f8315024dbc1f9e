/**
 * Topic Names and what belongs to each: the index of retained messages. Asks for one Topic Filter which names match it.
 *
 * A tree with a node per level, and across it an index of levels: all nodes with the same text, in one list.
 *
 *     fleet ─┬─ 1 ─┬─ temperature          'temperature' ── node ── node ── …
 *            │     └─ alarm                'alarm'       ── node
 *            └─ 2 ─── temperature
 *
 * `fleet/1/#` goes down the tree to its prefix and reads what is below. `fleet/+/alarm` would visit every child of `fleet`
 * that way; where the list of its rarest level is shorter, each node of that list is asked instead whether the levels above
 * it match, and read on from there.
 *
 * A walk may pause anywhere and the tree may change meanwhile: a name that is there from the beginning to the end of the
 * walk is met exactly once; one that comes or goes meanwhile, at most once. name-node.ts says how.
 *
 * Always holds: every node other than the root has a value here or below (delete prunes); valueCount is the number of them.
 * A term is in the map while a node has it. There is no recursion.
 *
 * Rejected: the full name in every node (it is put together from its levels when it is asked for), an index per pair of
 * depth and level (a match looks at the depth anyhow).
 */

import { addChild, childOf, LevelTerm, NameNode, nameOf, removeNode } from './name-node.ts'
import { NameWalk } from './name-walk.ts'
import { SegmentedMap } from './segmented-map.ts'

/** `undefined` is no value. */
export class NameTree<Value> {
  readonly #root: NameNode<Value> = new NameNode<Value>(undefined, new LevelTerm(''))
  readonly #terms = new SegmentedMap<LevelTerm<Value>>()

  get size(): number {
    return this.#root.valueCount
  }

  get(name: string): Value | undefined {
    return this.#find(name)?.value
  }

  set(name: string, value: Value): void {
    let node = this.#root
    for (let start = 0; start <= name.length; ) {
      const end = levelEnd(name, start)
      const level = name.slice(start, end)
      node = childOf(node, level) ?? addChild(node, this.#termOf(level))
      start = end + 1
    }
    if (node.value === undefined) countValue(node, 1)
    node.value = value
  }

  /** Whether there was such a name. */
  delete(name: string): boolean {
    const node = this.#find(name)
    if (node === undefined || node.value === undefined) return false
    node.value = undefined
    countValue(node, -1)
    for (let at = node; at.parent !== undefined && at.valueCount === 0; at = at.parent) {
      removeNode(at.parent, at)
      if (at.term.count === 0) this.#terms.delete(at.term.text)
    }
    return true
  }

  /** Calls `visit` for every name that the Topic Filter `filter` matches (section 4.7), each once, in no order. */
  match(filter: string, visit: (value: Value, name: string) => void): void {
    const walk = this.#walkOf(filter)
    for (let node = walk.nextNode(); node !== undefined; node = walk.nextNode()) {
      if (node.value !== undefined) visit(node.value, nameOf(node))
    }
  }

  /**
   * The values of all names that `filter` matches, to be taken in slices: the tree may change between two of them.
   *
   * @example
   * const walk = tree.walk('#')
   * while (walk.take(1000, deliver)) await nextTurn()
   */
  walk(filter: string): NameWalk<Value> {
    return this.#walkOf(filter)
  }

  #find(name: string): NameNode<Value> | undefined {
    let node: NameNode<Value> | undefined = this.#root
    for (let start = 0; node !== undefined && start <= name.length; ) {
      const end = levelEnd(name, start)
      node = childOf(node, name.slice(start, end))
      start = end + 1
    }
    return node
  }

  #walkOf(filter: string): NameWalk<Value> {
    return new NameWalk(this.#root, filter.split('/'), (level) => this.#terms.get(level))
  }

  #termOf(level: string): LevelTerm<Value> {
    let term = this.#terms.get(level)
    if (term === undefined) {
      term = new LevelTerm(level)
      this.#terms.set(level, term)
    }
    return term
  }
}

function countValue<Value>(node: NameNode<Value>, difference: 1 | -1): void {
  for (let at: NameNode<Value> | undefined = node; at !== undefined; at = at.parent) at.valueCount += difference
}

function levelEnd(text: string, start: number): number {
  const end = text.indexOf('/', start)
  return end < 0 ? text.length : end
}
