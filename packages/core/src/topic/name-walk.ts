import type { NameNodes, NodeList } from './name-nodes.ts'

/** A list of nodes that is being read: children of a node, or all nodes of a term. */
interface Cursor {
  readonly list: NodeList
  /** The level of the filter that the nodes are held against. */
  readonly depth: number
  /** Whose children. */
  readonly parent: number
  readonly parentSerial: number
  /** The serial number that the next node to be met is below: that of the one met last. */
  below: number
  /** The node to be read next, if it still has this serial number then; 0: there are no more. */
  next: number
  nextSerial: number
}

/** A walk over the names of a NameTable that a Topic Filter matches. May be left at any time: it holds no resource. */
export class NameWalk {
  readonly #nodes: NameNodes
  readonly #levels: readonly string[]
  readonly #hashes: readonly number[]
  /** The term of each level, where it has been looked for and found since `#removals`. */
  #terms: (number | undefined)[] = []
  #removals = 0
  readonly #cursors: Cursor[] = []
  #start = 0
  #startSerial = 0

  /** @internal NameTable makes these. */
  constructor(nodes: NameNodes, topicFilter: string) {
    this.#nodes = nodes
    this.#levels = topicFilter.split('/')
    // Once, as a level may be 65,535 characters long and be looked for below every node.
    this.#hashes = this.#levels.map((level) => nodes.terms.hash(level, 0, level.length))
    const depth = this.#shortcut()
    if (depth !== undefined) {
      this.#read('term', nodes.root, depth)
      return
    }
    this.#start = this.#reach(nodes.root, 0)
    this.#startSerial = nodes.serialOf(this.#start)
  }

  /**
   * Looks at up to `stepsMax` nodes, and calls `visit` for those that match. False once there are no more. A node that does
   * not match is a step as well, so a slice is short even where matches are rare.
   */
  take(stepsMax: number, visit: (value: number, node: number) => void): boolean {
    for (let steps = 0; steps < stepsMax; steps++) {
      const node = this.#step()
      const value = node === 0 ? 0 : this.#nodes.valueOf(node)
      if (value !== 0) visit(value, node)
      if (this.#cursors.length === 0) return false
    }
    return true
  }

  /** Looks at one node; gives it back if it matches. */
  #step(): number {
    if (this.#start !== 0) {
      const start = this.#start
      this.#start = 0
      return this.#nodes.serialOf(start) === this.#startSerial ? start : 0
    }
    const cursor = this.#cursors.at(-1)
    if (cursor === undefined) return 0
    const nodes = this.#nodes
    // From the head again where the next one was removed meanwhile.
    const node = nodes.serialOf(cursor.next) === cursor.nextSerial ? cursor.next : this.#head(cursor)
    if (node === 0) {
      this.#cursors.pop()
      return 0
    }
    const serial = nodes.serialOf(node)
    cursor.next = nodes.following(node, cursor.list)
    cursor.nextSerial = nodes.serialOf(cursor.next)
    // It was met before, or came after the list was begun.
    if (serial >= cursor.below) return 0
    cursor.below = serial
    const { depth } = cursor
    if (cursor.list === 'term') return this.#standsBelow(node, depth) ? this.#reach(node, depth + 1) : 0
    if (this.#isHidden(node)) return 0
    if (this.#levels[depth] === '+') return this.#reach(node, depth + 1)
    if (nodes.firstChildOf(node) !== 0) this.#read('children', node, depth)
    return node
  }

  /** Goes on from `node`, which matches the levels before `depth`: down to a match, or to the next wildcard. */
  #reach(node: number, depth: number): number {
    const levels = this.#levels
    const at = this.#down(node, depth)
    if (at === 0) return 0
    let reached = depth
    while (reached < levels.length && !isWildcard(levels[reached]!)) reached++
    if (reached === levels.length) return at
    this.#read('children', at, reached)
    // "#" includes the parent level (section 4.7.1.2).
    return levels[reached] === '#' ? at : 0
  }

  /** From `node` by the levels from `depth` on that are no wildcards; 0: one of them is not there. */
  #down(node: number, depth: number): number {
    let at = node
    for (let each = depth; at !== 0 && each < this.#levels.length; each++) {
      if (isWildcard(this.#levels[each]!)) break
      const term = this.#termOf(each)
      at = term === 0 ? 0 : this.#nodes.childWith(at, term)
    }
    return at
  }

  #read(list: NodeList, parent: number, depth: number): void {
    const nodes = this.#nodes
    const parentSerial = nodes.serialOf(parent)
    const cursor = { list, depth, parent, parentSerial, below: nodes.newest + 1, next: 0, nextSerial: 0 }
    cursor.next = this.#head(cursor)
    cursor.nextSerial = nodes.serialOf(cursor.next)
    this.#cursors.push(cursor)
  }

  /** The newest node of the list; 0: it is empty. */
  #head({ depth, list, parent, parentSerial }: Cursor): number {
    const nodes = this.#nodes
    if (list === 'children') return nodes.serialOf(parent) === parentSerial ? nodes.firstChildOf(parent) : 0
    const term = this.#termOf(depth)
    return term === 0 ? 0 : nodes.terms.firstOf(term)
  }

  /**
   * Of the filter's levels behind its first wildcard the rarest, where reading the nodes that have it is less than reading
   * what lies below the levels before the wildcard.
   */
  #shortcut(): number | undefined {
    const levels = this.#levels
    const nodes = this.#nodes
    const wildcardAt = levels.findIndex(isWildcard)
    if (wildcardAt < 0) return undefined
    const prefix = this.#down(nodes.root, 0)
    if (prefix === 0) return undefined
    // Below "+/level" only the children are read; else there is no telling how many nodes it will be.
    const next = levels[wildcardAt + 1]
    let least = next !== undefined && !isWildcard(next) ? nodes.childCountOf(prefix) : nodes.valueCountOf(prefix)
    let shortcut: number | undefined
    for (let depth = wildcardAt + 1; depth < levels.length; depth++) {
      if (isWildcard(levels[depth]!)) continue
      const term = this.#termOf(depth)
      const count = term === 0 ? 0 : nodes.terms.countOf(term)
      if (count >= least) continue
      least = count
      shortcut = depth
    }
    return shortcut
  }

  /** Whether `node` is at `depth` and the levels above it match the filter's. */
  #standsBelow(node: number, depth: number): boolean {
    const nodes = this.#nodes
    if (nodes.depthOf(node) !== depth) return false
    for (let at = nodes.parentOf(node); at !== nodes.root; at = nodes.parentOf(at)) {
      const each = nodes.depthOf(at)
      if (this.#levels[each] === '+' ? this.#isHidden(at) : nodes.termOf(at) !== this.#termOf(each)) return false
    }
    return true
  }

  /** The term of a level of the filter, 0: no node has it. */
  #termOf(depth: number): number {
    const { terms } = this.#nodes
    if (this.#removals !== terms.removals) {
      this.#removals = terms.removals
      this.#terms = []
    }
    const known = this.#terms[depth]
    if (known !== undefined) return known
    const level = this.#levels[depth]!
    const term = terms.findHashed(level, 0, level.length, this.#hashes[depth]!)
    // Where there is none there may be one later.
    if (term !== 0) this.#terms[depth] = term
    return term
  }

  /** [MQTT-4.7.2-1] From a wildcard at the first level. */
  #isHidden(node: number): boolean {
    return this.#nodes.depthOf(node) === 0 && this.#nodes.terms.beginsWith(this.#nodes.termOf(node), dollar)
  }
}

const dollar = 0x24

function isWildcard(level: string): boolean {
  return level === '+' || level === '#'
}
