import { childOf, type LevelTerm, type NameNode } from './name-node.ts'

/** A list of nodes that is being read: children of a node, or all nodes of a term. */
interface Cursor<Value> {
  readonly list: 'children' | 'term'
  /** The level of the filter that the nodes are held against. */
  readonly depth: number
  readonly first: NameNode<Value> | undefined
  /** The node read last; before the first one, undefined. */
  last: NameNode<Value> | undefined
}

/** A walk over the names of a NameTree that a Topic Filter matches. May be left at any time: it holds no resource. */
export class NameWalk<Value> implements IterableIterator<Value, undefined> {
  readonly #levels: readonly string[]
  readonly #cursors: Cursor<Value>[] = []
  #start: NameNode<Value> | undefined

  /** @internal NameTree makes these. */
  constructor(
    root: NameNode<Value>,
    levels: readonly string[],
    termOf: (level: string) => LevelTerm<Value> | undefined,
  ) {
    this.#levels = levels
    const shortcut = findShortcut(root, levels, termOf)
    if (shortcut === undefined) this.#start = this.#reach(root, 0)
    else this.#cursors.push(shortcut)
  }

  /**
   * Looks at up to `stepsMax` nodes, and calls `visit` for those that match. False once there are no more. A node that does
   * not match is a step as well, so a slice is short even where matches are rare.
   */
  take(stepsMax: number, visit: (value: Value) => void): boolean {
    for (let steps = 0; steps < stepsMax; steps++) {
      const node = this.#step()
      if (node?.value !== undefined) visit(node.value)
      if (this.#cursors.length === 0) return false
    }
    return true
  }

  next(): IteratorResult<Value, undefined> {
    const value = this.nextNode()?.value
    return value === undefined ? { done: true, value: undefined } : { done: false, value }
  }

  [Symbol.iterator](): this {
    return this
  }

  /** @internal The next node that matches and has a value. */
  nextNode(): NameNode<Value> | undefined {
    do {
      const node = this.#step()
      if (node?.value !== undefined) return node
    } while (this.#cursors.length > 0)
    return undefined
  }

  /** Looks at one node; gives it back if it matches. */
  #step(): NameNode<Value> | undefined {
    if (this.#start !== undefined) {
      const start = this.#start
      this.#start = undefined
      return start
    }
    const cursor = this.#cursors.at(-1)
    if (cursor === undefined) return undefined
    const node = advance(cursor)
    if (node === undefined) {
      this.#cursors.pop()
      return undefined
    }
    const { depth } = cursor
    if (cursor.list === 'term') return standsBelow(node, depth, this.#levels) ? this.#reach(node, depth + 1) : undefined
    if (isHidden(node)) return undefined
    if (this.#levels[depth] === '+') return this.#reach(node, depth + 1)
    if (node.firstChild !== undefined) this.#read(node, depth)
    return node
  }

  /** Goes on from `node`, which matches the levels before `depth`: down to a match, or to the next wildcard. */
  #reach(node: NameNode<Value>, depth: number): NameNode<Value> | undefined {
    const levels = this.#levels
    let at: NameNode<Value> | undefined = node
    for (; depth < levels.length && !isWildcard(levels[depth]!); depth++) {
      at = childOf(at, levels[depth]!)
      if (at === undefined) return undefined
    }
    if (depth === levels.length) return at
    this.#read(at, depth)
    // "#" includes the parent level (section 4.7.1.2).
    return levels[depth] === '#' ? at : undefined
  }

  #read(parent: NameNode<Value>, depth: number): void {
    this.#cursors.push({ list: 'children', depth, first: parent.firstChild, last: undefined })
  }
}

/**
 * The list of the filter's rarest level behind its first wildcard, where reading that list is less than reading what lies
 * below the levels before the wildcard. An empty list if a level of the filter is in no name at all.
 */
function findShortcut<Value>(
  root: NameNode<Value>,
  levels: readonly string[],
  termOf: (level: string) => LevelTerm<Value> | undefined,
): Cursor<Value> | undefined {
  const wildcardAt = levels.findIndex(isWildcard)
  if (wildcardAt < 0) return undefined
  let prefix: NameNode<Value> | undefined = root
  for (let depth = 0; depth < wildcardAt && prefix !== undefined; depth++) prefix = childOf(prefix, levels[depth]!)
  if (prefix === undefined) return undefined
  // Below "+/level" only the children are read; else there is no telling how many nodes it will be.
  const next = levels[wildcardAt + 1]
  let least = next !== undefined && !isWildcard(next) ? prefix.childCount : prefix.valueCount
  let shortcut: Cursor<Value> | undefined
  for (let depth = wildcardAt + 1; depth < levels.length; depth++) {
    if (isWildcard(levels[depth]!)) continue
    const term = termOf(levels[depth]!)
    const count = term?.count ?? 0
    if (count >= least) continue
    least = count
    shortcut = { list: 'term', depth, first: term?.firstNode, last: undefined }
  }
  return shortcut
}

/** The next node of the list that is still in the tree. */
function advance<Value>(cursor: Cursor<Value>): NameNode<Value> | undefined {
  let node = cursor.last === undefined ? cursor.first : following(cursor, cursor.last)
  while (node?.removed) node = following(cursor, node)
  cursor.last = node
  return node
}

function following<Value>(cursor: Cursor<Value>, node: NameNode<Value>): NameNode<Value> | undefined {
  return cursor.list === 'children' ? node.nextSibling : node.nextOfTerm
}

/** Whether `node` is at `depth` and the levels above it match the filter's. */
function standsBelow<Value>(node: NameNode<Value>, depth: number, levels: readonly string[]): boolean {
  if (node.depth !== depth) return false
  for (let at = node.parent; at !== undefined && at.depth >= 0; at = at.parent) {
    const level = levels[at.depth]!
    if (level === '+' ? isHidden(at) : level !== at.term.text) return false
  }
  return true
}

/** [MQTT-4.7.2-1] From a wildcard at the first level. */
function isHidden<Value>(node: NameNode<Value>): boolean {
  return node.depth === 0 && node.term.text.startsWith('$')
}

function isWildcard(level: string): boolean {
  return level === '+' || level === '#'
}
