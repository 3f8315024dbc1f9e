/**
 * Ranges of at least four bytes as words of four, read through a DataView: byte by byte the same takes three times as long.
 * Where the length is no multiple of four the last word overlaps the one before it.
 */

import { emptyBytes } from './writer.ts'

/** The view of a chunk that is read, made once for it. */
export class ChunkView {
  /** Kept until the next one. */
  #chunk: Uint8Array = emptyBytes
  #view: DataView = viewOf(emptyBytes)

  of(chunk: Uint8Array): DataView {
    if (chunk !== this.#chunk) {
      this.#chunk = chunk
      this.#view = viewOf(chunk)
    }
    return this.#view
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export function wordCount(bytes: number): number {
  return (bytes + 3) >>> 2
}

/** From `start` to `end`, into the first ones of `words`. */
export function readWords(view: DataView, start: number, end: number, words: Int32Array): void {
  const last = wordCount(end - start) - 1
  for (let word = 0; word < last; word++) words[word] = view.getInt32(start + word * 4, true)
  words[last] = view.getInt32(end - 4, true)
}

/** Whether the range has the same bytes as the one of this length that `words` were read from. */
export function areWords(view: DataView, start: number, end: number, words: Int32Array): boolean {
  const last = end - 4
  let word = 0
  for (let at = start; at < last; at += 4) {
    if (words[word++] !== view.getInt32(at, true)) return false
  }
  return words[word] === view.getInt32(last, true)
}
