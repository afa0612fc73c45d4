import type { Position } from '../ports/store/position.js'
import { invalidInput } from './parse-input.js'

/** One page of a list, newest first. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** Pass it as `before` for the page that follows; `null` on the last page. */
  readonly next: string | null
}

/** Asks the store for one item more than the page holds, to know whether there is a next page. */
export async function page<Item>(
  limit: number,
  read: (limit: number) => Promise<readonly Item[]>,
  cursor: (item: Item) => string,
): Promise<Page<Item>> {
  const found = await read(limit + 1)
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, next: found.length > limit && last !== undefined ? cursor(last) : null }
}

/** The cursor of an item that is listed by time and id. */
export const positionCursor = ({ createdAt, id }: Position): string => `${createdAt.getTime()}_${id}`

/**
 * Reads a cursor that {@link positionCursor} made.
 *
 * @throws TenantryError `invalid_input` for any other text
 */
export function parsePosition(cursor: string | undefined): Position | null {
  if (cursor === undefined) return null
  const match = /^(\d{1,15})_([\x21-\x7e]{1,128})$/.exec(cursor)
  const createdAt = new Date(Number(match?.[1]))
  if (match?.[2] === undefined || Number.isNaN(createdAt.getTime()) || createdAt.getUTCFullYear() > 9999) throw wrongCursor()
  return { createdAt, id: match[2] }
}

/**
 * Reads the cursor of a list that is ordered by number.
 *
 * @throws TenantryError `invalid_input` for a text that is not one
 */
export function parseSequence(cursor: string | undefined): number | null {
  if (cursor === undefined) return null
  if (!/^[1-9]\d{0,14}$/.test(cursor)) throw wrongCursor()
  return Number(cursor)
}

const wrongCursor = () => invalidInput([{ path: 'before', message: 'must be the `next` of an earlier page' }])
