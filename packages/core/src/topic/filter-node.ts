import { SegmentedMap } from './segmented-map.ts'

/** A level of FilterTree. Few children are a list; more than `listedChildrenMax` are a map, and the list is empty then. */
export class FilterNode<Value> {
  readonly level: string
  /** Tells most levels apart without a look at their text, which lies elsewhere in memory. */
  readonly signature: number
  value: Value | undefined = undefined
  /** Of the filter that goes on with `#` here. */
  manyValue: Value | undefined = undefined
  plus: FilterNode<Value> | undefined = undefined
  firstChild: FilterNode<Value> | undefined = undefined
  nextSibling: FilterNode<Value> | undefined = undefined
  /** A bit for each listed child, by its signature, and perhaps for some that have gone: where it is 0 there is no need to look. */
  listed = 0
  childMap: SegmentedMap<FilterNode<Value>> | undefined = undefined

  constructor(level: string) {
    this.level = level
    this.signature = signatureOf(level)
  }
}

/** A list of more children than this is searched slower than a map. */
const listedChildrenMax = 8

/** The node below for a level of a filter, `+` included. */
export function stepOf<Value>(node: FilterNode<Value>, level: string): FilterNode<Value> | undefined {
  return level === '+' ? node.plus : childOf(node, level)
}

/** As stepOf, made if there is none. */
export function stepTo<Value>(node: FilterNode<Value>, level: string): FilterNode<Value> {
  const existing = stepOf(node, level)
  if (existing !== undefined) return existing
  const added = new FilterNode<Value>(level)
  if (level === '+') node.plus = added
  else addChild(node, added)
  return added
}

/** The node below for a level of a name: never `plus`. */
export function childOf<Value>(node: FilterNode<Value>, level: string): FilterNode<Value> | undefined {
  if (node.childMap !== undefined) return node.childMap.get(level)
  if (node.listed === 0) return undefined
  const signature = signatureOf(level)
  if ((node.listed & bitOf(signature)) === 0) return undefined
  let child = node.firstChild
  while (child !== undefined && (child.signature !== signature || child.level !== level)) child = child.nextSibling
  return child
}

function signatureOf(level: string): number {
  const length = level.length
  return length === 0 ? 0 : (level.charCodeAt(0) << 16) ^ (level.charCodeAt(length - 1) << 8) ^ length
}

function bitOf(signature: number): number {
  return 1 << (Math.imul(signature, 0x9e37_79b1) >>> 27)
}

/** All nodes directly below, `plus` included. */
export function* childrenOf<Value>(node: FilterNode<Value>): IterableIterator<FilterNode<Value>> {
  if (node.plus !== undefined) yield node.plus
  for (let child = node.firstChild; child !== undefined; child = child.nextSibling) yield child
  if (node.childMap !== undefined) {
    for (const [, child] of node.childMap.entries()) yield child
  }
}

/** Whether nothing would be lost with `node`. */
export function isBare<Value>(node: FilterNode<Value>): boolean {
  return (
    node.value === undefined &&
    node.manyValue === undefined &&
    node.plus === undefined &&
    node.firstChild === undefined &&
    node.childMap === undefined
  )
}

export function removeChild<Value>(node: FilterNode<Value>, removed: FilterNode<Value>): void {
  if (node.plus === removed) {
    node.plus = undefined
  } else if (node.childMap !== undefined) {
    node.childMap.delete(removed.level)
    if (node.childMap.size === 0) node.childMap = undefined
  } else if (node.firstChild === removed) {
    node.firstChild = removed.nextSibling
    if (node.firstChild === undefined) node.listed = 0
  } else {
    let before = node.firstChild
    while (before !== undefined && before.nextSibling !== removed) before = before.nextSibling
    if (before !== undefined) before.nextSibling = removed.nextSibling
  }
}

function addChild<Value>(node: FilterNode<Value>, added: FilterNode<Value>): void {
  if (node.childMap === undefined && countListed(node) < listedChildrenMax) {
    added.nextSibling = node.firstChild
    node.firstChild = added
    node.listed |= bitOf(added.signature)
    return
  }
  node.childMap ??= mapListed(node)
  node.childMap.set(added.level, added)
}

function countListed<Value>(node: FilterNode<Value>): number {
  let listed = 0
  for (let child = node.firstChild; child !== undefined; child = child.nextSibling) listed++
  return listed
}

/** The listed children as a map; the list is empty afterwards. */
function mapListed<Value>(node: FilterNode<Value>): SegmentedMap<FilterNode<Value>> {
  const map = new SegmentedMap<FilterNode<Value>>()
  let child = node.firstChild
  node.firstChild = undefined
  node.listed = 0
  while (child !== undefined) {
    const next: FilterNode<Value> | undefined = child.nextSibling
    child.nextSibling = undefined
    map.set(child.level, child)
    child = next
  }
  return map
}
