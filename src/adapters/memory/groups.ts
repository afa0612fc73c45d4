import type { Position } from '../../ports/store/position.js'
import type { Journal } from './journal.js'

/** The rows of each group, in a fixed order. */
export interface Groups<Row> {
  /** The first `limit` rows that come after the place `after`. */
  ascending(group: string, page?: { after: string | null; limit: number }): Row[]
  /** The last `limit` rows that come before the place `before`, the last one first; of those for which `where` holds. */
  descending(group: string, page: { before: string | null; limit: number }, where?: (row: Row) => boolean): Row[]
}

/** How rows are grouped and ordered. A row for which `groupOf` is `null` is in no group. Places are compared as text. */
export interface Grouping<Row> {
  groupOf(row: Row): string | null
  placeOf(row: Row): string
}

/** The place of something in a list by time and id. */
export const placeInTime = ({ createdAt, id }: Position): string => `${createdAt.toISOString()} ${id}`

interface Placed<Row> {
  readonly place: string
  readonly row: Row
}

/** Keeps rows in groups; `change` is told of every row that comes, takes the place of another, or goes. */
export function createGroups<Row>(journal: Journal, { groupOf, placeOf }: Grouping<Row>) {
  const groups = new Map<string, Placed<Row>[]>()
  const rowsOf = (group: string): Placed<Row>[] => groups.get(group) ?? []
  const splice = (rows: Placed<Row>[], start: number, count: number, ...items: Placed<Row>[]): void => {
    const removed = rows.splice(start, count, ...items)
    journal.undoSteps.push(() => rows.splice(start, items.length, ...removed))
  }
  const remove = (row: Row): void => {
    const rows = rowsOf(groupOf(row) ?? '')
    splice(rows, firstFrom(rows, placeOf(row)), 1)
  }
  const put = (row: Row): void => {
    const group = groupOf(row)
    if (group === null) return
    const rows = rowsOf(group)
    groups.set(group, rows)
    const place = placeOf(row)
    const index = firstFrom(rows, place)
    splice(rows, index, rows[index]?.place === place ? 1 : 0, { place, row })
  }
  const change = (before: Row | undefined, row: Row | undefined): void => {
    const stays = (from: Row): boolean => row !== undefined && groupOf(from) === groupOf(row) && placeOf(from) === placeOf(row)
    if (before !== undefined && groupOf(before) !== null && !stays(before)) remove(before)
    if (row !== undefined) put(row)
  }
  return { change, groups: readGroups(rowsOf) }
}

function readGroups<Row>(rowsOf: (group: string) => readonly Placed<Row>[]): Groups<Row> {
  return {
    ascending(group, { after, limit } = { after: null, limit: Number.POSITIVE_INFINITY }) {
      const rows = rowsOf(group)
      const start = after === null ? 0 : firstFrom(rows, `${after}\0`)
      return rows.slice(start, start + limit).map(({ row }) => row)
    },
    descending(group, { before, limit }, where = () => true) {
      const rows = rowsOf(group)
      const found: Row[] = []
      for (let index = (before === null ? rows.length : firstFrom(rows, before)) - 1; index >= 0 && found.length < limit; index--) {
        const row = rows[index]?.row
        if (row !== undefined && where(row)) found.push(row)
      }
      return found
    },
  }
}

/** The index of the first row at or after a place. */
function firstFrom<Row>(rows: readonly Placed<Row>[], place: string): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle]?.place ?? '') < place) low = middle + 1
    else high = middle
  }
  return low
}
