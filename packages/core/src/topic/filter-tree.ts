import { FilterTable } from './filter-table.ts'

/** A FilterTable with values of any kind. `undefined` is no value. */
export class FilterTree<Value> {
  readonly #table = new FilterTable()
  /** By the number of the filter. */
  readonly #values: (Value | undefined)[] = []

  get size(): number {
    return this.#table.size
  }

  get(filter: string): Value | undefined {
    const number = this.#table.find(filter)
    return number === 0 ? undefined : this.#values[number]
  }

  set(filter: string, value: Value): void {
    this.#values[this.#table.add(filter, present)] = value
  }

  /** Whether there was such a filter. */
  delete(filter: string): boolean {
    const number = this.#table.find(filter)
    if (number === 0) return false
    this.#table.remove(number)
    this.#values[number] = undefined
    return true
  }

  /** As FilterTable's. */
  match(name: string, visit: (value: Value) => void): void {
    this.#table.match(name, (_, number) => visit(this.#values[number]!))
  }
}

/** What the table knows of a value. */
const present = 1
