import { SegmentedMap } from './segmented-map.ts'

/** A level's text, once for all nodes that have it, and these nodes in a list. */
export class LevelTerm<Value> {
  readonly text: string
  count = 0
  firstNode: NameNode<Value> | undefined = undefined

  constructor(text: string) {
    this.text = text
  }
}

/**
 * A level of NameTree. It is in two lists: its siblings and the nodes with the same text. Nodes enter a list at its head
 * only, and a node that was removed keeps its pointers forward; so whoever stands on a removed node and goes on from it
 * meets every node that was behind it and is still there, each once.
 */
export class NameNode<Value> {
  readonly parent: NameNode<Value> | undefined
  readonly term: LevelTerm<Value>
  /** 0 for the first level, -1 for the root. */
  readonly depth: number
  value: Value | undefined = undefined
  removed = false
  /** Values here and below. */
  valueCount = 0
  childCount = 0
  firstChild: NameNode<Value> | undefined = undefined
  nextSibling: NameNode<Value> | undefined = undefined
  previousSibling: NameNode<Value> | undefined = undefined
  nextOfTerm: NameNode<Value> | undefined = undefined
  previousOfTerm: NameNode<Value> | undefined = undefined
  /** Beside the list, once that is slow to search. */
  childMap: SegmentedMap<NameNode<Value>> | undefined = undefined

  constructor(parent: NameNode<Value> | undefined, term: LevelTerm<Value>) {
    this.parent = parent
    this.term = term
    this.depth = parent === undefined ? -1 : parent.depth + 1
  }
}

const searchedChildrenMax = 4

export function childOf<Value>(node: NameNode<Value>, level: string): NameNode<Value> | undefined {
  if (node.childMap !== undefined) return node.childMap.get(level)
  let child = node.firstChild
  while (child !== undefined && child.term.text !== level) child = child.nextSibling
  return child
}

/** A new child of `parent`, which has none for this term. */
export function addChild<Value>(parent: NameNode<Value>, term: LevelTerm<Value>): NameNode<Value> {
  const node = new NameNode(parent, term)
  node.nextSibling = parent.firstChild
  if (parent.firstChild !== undefined) parent.firstChild.previousSibling = node
  parent.firstChild = node
  parent.childCount++
  node.nextOfTerm = term.firstNode
  if (term.firstNode !== undefined) term.firstNode.previousOfTerm = node
  term.firstNode = node
  term.count++
  if (parent.childMap !== undefined) parent.childMap.set(term.text, node)
  else if (parent.childCount > searchedChildrenMax) mapChildren(parent)
  return node
}

/** Takes `node`, which has no children, out of its lists. */
export function removeNode<Value>(parent: NameNode<Value>, node: NameNode<Value>): void {
  const { term, nextSibling, previousSibling, nextOfTerm, previousOfTerm } = node
  if (previousSibling === undefined) parent.firstChild = nextSibling
  else previousSibling.nextSibling = nextSibling
  if (nextSibling !== undefined) nextSibling.previousSibling = previousSibling
  if (previousOfTerm === undefined) term.firstNode = nextOfTerm
  else previousOfTerm.nextOfTerm = nextOfTerm
  if (nextOfTerm !== undefined) nextOfTerm.previousOfTerm = previousOfTerm
  parent.childMap?.delete(term.text)
  if (--parent.childCount === 0) parent.childMap = undefined
  term.count--
  node.removed = true
}

export function nameOf<Value>(node: NameNode<Value>): string {
  let name = node.term.text
  for (let above = node.parent; above?.parent !== undefined; above = above.parent) name = `${above.term.text}/${name}`
  return name
}

function mapChildren<Value>(parent: NameNode<Value>): void {
  parent.childMap = new SegmentedMap()
  for (let child = parent.firstChild; child !== undefined; child = child.nextSibling) {
    parent.childMap.set(child.term.text, child)
  }
}
