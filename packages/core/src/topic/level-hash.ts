/** Hashes for RowIndex. A peer that knew their numbers could choose levels that all have the same one. */
export class LevelHash {
  readonly #seed = Math.trunc(Math.random() * 0x1_0000_0000) | 0
  readonly #factor = Math.trunc(Math.random() * 0x1_0000_0000) | 1

  /** Of the level of `text` from `start` to `end`. */
  ofText(text: string, start: number, end: number): number {
    const factor = this.#factor
    let hash = this.#seed
    for (let at = start; at < end; at++) {
      hash = Math.imul(hash ^ text.charCodeAt(at), factor)
      // Without it a difference in high bits never reaches the low ones, and texts can be made that differ in vain.
      hash ^= hash >>> 15
    }
    return hash
  }

  /** Of what stands below the row `parent` and is known by `level`, a hash or a number. */
  ofChild(parent: number, level: number): number {
    const mixed = Math.imul(level ^ Math.imul(parent, this.#factor), 0x85eb_ca6b)
    return mixed ^ (mixed >>> 13)
  }
}
