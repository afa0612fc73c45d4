import { invariant } from '../../errors.js'
import { createGroups, type Grouping, type Groups } from './groups.js'
import { type Journal, type JournaledMap, journaledMap } from './journal.js'

/** Rows by key. Rows are values: a change puts a new row in the place of the old one. */
export interface Table<Row> {
  find(key: string): Row | null
  /** Adds a row with a new key. */
  add(row: Row): void
  /** Adds a row, or replaces the one with the same key. */
  put(row: Row): void
  remove(key: string): void
  /** Finds rows by another key, which no two of them share. Rows for which it is `null` are not found by it. */
  unique(keyOf: (row: Row) => string | null): (key: string) => Row | null
  grouped(grouping: Grouping<Row>): Groups<Row>
}

/** An index is told of every row that comes, takes the place of another, or goes. */
type Index<Row> = (before: Row | undefined, row: Row | undefined) => void

/** One key made of several parts. */
export const compound = (...parts: readonly (string | number)[]): string => JSON.stringify(parts)

/** An empty table. */
export function createTable<Row>(journal: Journal, keyOf: (row: Row) => string): Table<Row> {
  const rows = journaledMap<Row>(journal)
  const indexes: Index<Row>[] = []
  const put = (row: Row): void => {
    const before = rows.get(keyOf(row))
    for (const change of indexes) change(before, row)
    rows.set(keyOf(row), row)
  }
  return {
    find: (key) => rows.get(key) ?? null,
    put,
    add(row) {
      invariant(rows.get(keyOf(row)) === undefined, 'a row with this key is there already')
      put(row)
    },
    remove(key) {
      for (const change of indexes) change(rows.get(key), undefined)
      rows.set(key, undefined)
    },
    unique(otherKeyOf) {
      const found = journaledMap<Row>(journal)
      indexes.push(uniqueIndex(found, otherKeyOf))
      return (key) => found.get(key) ?? null
    },
    grouped(grouping) {
      const { change, groups } = createGroups(journal, grouping)
      indexes.push(change)
      return groups
    },
  }
}

function uniqueIndex<Row>(found: JournaledMap<Row>, keyOf: (row: Row) => string | null): Index<Row> {
  return (before, row) => {
    const earlierKey = before === undefined ? null : keyOf(before)
    if (earlierKey !== null) found.set(earlierKey, undefined)
    const key = row === undefined ? null : keyOf(row)
    if (row === undefined || key === null) return
    invariant(found.get(key) === undefined, 'another row has this unique key')
    found.set(key, row)
  }
}
