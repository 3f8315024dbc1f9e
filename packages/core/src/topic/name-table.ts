/**
 * Topic Names as numbers, and what belongs to each: the index of retained messages. Asks for one Topic Filter which names match
 * it. A number stands for its name until that is removed, and then for another. What belongs to a name is a number as well, its
 * `value`; 0 is none, and a name without a value is not there.
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
 * A walk may pause anywhere and the table may change meanwhile: a name that is there from the beginning to the end of the
 * walk is met exactly once; one that comes or goes meanwhile, at most once. name-nodes.ts says how.
 *
 * Always holds: every node other than the root has a value here or below (`remove` prunes). A term is there while a node has
 * it. There is no recursion.
 *
 * Rejected: the full name in every node (it is put together from its levels when it is asked for), an index per pair of
 * depth and level (a match looks at the depth anyhow), nodes and terms as objects (a million names had the collector stop
 * everybody for 0.3 to 0.6 s).
 */

import { bytesOfLevel, NameNodes } from './name-nodes.ts'
import { NameWalk } from './name-walk.ts'
import { levelEnd } from './topic-text.ts'

export class NameTable {
  readonly #nodes = new NameNodes()

  get size(): number {
    return this.#nodes.valueCountOf(this.#nodes.root)
  }

  /** What a name takes that has no level in common with others: the most that `bytes` grows by with it. */
  static bytesFor(name: string): number {
    let bytes = 0
    for (let start = 0; ; ) {
      const end = levelEnd(name, start)
      bytes += bytesOfLevel(end - start)
      if (end === name.length) return bytes
      start = end + 1
    }
  }

  /** What all of them take. */
  get bytes(): number {
    return this.#nodes.bytes
  }

  /** The number of a name; 0 if it is not there. */
  find(name: string): number {
    const nodes = this.#nodes
    let node = nodes.root
    for (let start = 0; node !== 0; ) {
      const end = levelEnd(name, start)
      node = nodes.childOf(node, name, start, end)
      if (end === name.length) return node !== 0 && nodes.valueOf(node) !== 0 ? node : 0
      start = end + 1
    }
    return 0
  }

  /** The number of a name, which is there from now on: with `value`, if it has none yet. */
  add(name: string, value: number): number {
    const nodes = this.#nodes
    let node = nodes.root
    for (let start = 0; ; ) {
      const end = levelEnd(name, start)
      node = nodes.childFor(node, name, start, end)
      if (end === name.length) break
      start = end + 1
    }
    if (nodes.valueOf(node) === 0) nodes.setValue(node, value)
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
    this.#nodes.prune(number)
  }

  /** The name that a number stands for. */
  textOf(number: number): string {
    return this.#nodes.pathOf(number)
  }

  /**
   * The values of all names that `topicFilter` matches (section 4.7), to be taken in slices: the table may change between two
   * of them.
   *
   * @example
   * const walk = table.walk('#')
   * while (walk.take(1000, deliver)) await nextTurn()
   */
  walk(topicFilter: string): NameWalk {
    return new NameWalk(this.#nodes, topicFilter)
  }
}
