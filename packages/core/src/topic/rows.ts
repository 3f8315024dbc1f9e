/**
 * Rows of 32-bit words, numbered from 1: what would be a million small objects is a few hundred typed arrays instead, which
 * the garbage collector neither copies nor walks through.
 *
 *     row 4097 ──► pages[1], from word 1 * width on        a page holds 4096 rows, or fewer of wide ones; the first begins
 *                                                          with less and doubles
 *
 * Words 0 and 1 are for RowIndex while the row is in one, and for the list of free rows while it is in none.
 *
 * Always holds: all words of a row that is handed out anew are 0. A page whose rows are all free holds no memory, but for
 * the first and one more. Row 0 is never handed out: as a reference it is "none".
 */
export class Rows {
  readonly #width: number
  readonly #pageBits: number
  readonly #pageMask: number
  readonly #pages: Int32Array[] = []
  readonly #states: PageState[] = []
  /** Pages with a free row; the last one is used first. */
  readonly #open: number[] = []
  /** A page that holds memory though all its rows are free; -1: none. Who takes and gives one row would make and drop it each time. */
  #spare = -1
  #count = 0

  /** `width`: words of a row, those for the index included. A page holds 2 to the power of `pageBits` rows. */
  constructor(width: number, pageBits = 12) {
    this.#width = width
    this.#pageBits = pageBits
    this.#pageMask = (1 << pageBits) - 1
    this.#addPage()
    // Row 0.
    this.take()
    this.#count = 0
  }

  get width(): number {
    return this.#width
  }

  /** How many are handed out. */
  get count(): number {
    return this.#count
  }

  /** Pages that hold memory. */
  get pagesHeld(): number {
    return this.#pages.filter((page) => page !== noWords).length
  }

  get(row: number, word: number): number {
    return this.#pages[row >>> this.#pageBits]![(row & this.#pageMask) * this.#width + word]!
  }

  set(row: number, word: number, value: number): void {
    this.#pages[row >>> this.#pageBits]![(row & this.#pageMask) * this.#width + word] = value
  }

  /** The page that a row is in: until the next row is taken or given. */
  page(row: number): Int32Array {
    return this.#pages[row >>> this.#pageBits]!
  }

  /** Where a row begins in its page. */
  wordAt(row: number): number {
    return (row & this.#pageMask) * this.#width
  }

  take(): number {
    const pageRows = this.#pageMask + 1
    const at = this.#open.at(-1) ?? this.#addPage()
    const state = this.#states[at]!
    if (at === this.#spare) this.#spare = -1
    if (this.#pages[at] === noWords) this.#pages[at] = new Int32Array(pageRows * this.#width)
    const page = this.#pages[at]!
    let slot = state.free
    if (slot < 0) {
      slot = state.fresh++
    } else {
      const nextWord = slot * this.#width + freeWord
      state.free = page[nextWord]!
      page[nextWord] = 0
    }
    state.live++
    if (state.live === pageRows || (at === 0 && state.live * this.#width === page.length)) this.#filled(at)
    this.#count++
    return (at << this.#pageBits) | slot
  }

  /** Free it. */
  give(row: number): void {
    const at = row >>> this.#pageBits
    const state = this.#states[at]!
    const slot = row & this.#pageMask
    this.#count--
    if (state.live === this.#pageMask + 1) this.#open.push(at)
    state.live--
    if (state.live === 0 && at > 0 && this.#spare < 0) this.#spare = at
    else if (state.live === 0 && at > 0) {
      this.#pages[at] = noWords
      state.free = -1
      state.fresh = 0
      return
    }
    const page = this.#pages[at]!
    const start = slot * this.#width
    page.fill(0, start, start + this.#width)
    page[start + freeWord] = state.free
    state.free = slot
  }

  #addPage(): number {
    const at = this.#pages.length
    const pageRows = this.#pageMask + 1
    this.#pages.push(new Int32Array((at === 0 ? Math.min(firstPageRows, pageRows) : pageRows) * this.#width))
    this.#states.push({ live: 0, fresh: 0, free: -1 })
    this.#open.push(at)
    return at
  }

  /** Of the page that was used, the last of those that are open. */
  #filled(at: number): void {
    const page = this.#pages[at]!
    if (page.length === (this.#pageMask + 1) * this.#width) {
      this.#open.pop()
      return
    }
    const larger = new Int32Array(page.length * 2)
    larger.set(page)
    this.#pages[at] = larger
  }
}

interface PageState {
  live: number
  /** Rows from here on were never used. */
  fresh: number
  /** The first of the list of those that were and are free, -1: none. */
  free: number
}

const firstPageRows = 16
const freeWord = 1
const noWords = new Int32Array(0)
