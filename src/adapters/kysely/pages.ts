import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Position } from '../../ports/store/position.js'

/** Which rows come after a place in a list, newest first. Written out, because pg-mem cannot compare whole rows. */
export const isAfter = ({ createdAt, id }: Position): RawBuilder<SqlBool> =>
  sql<SqlBool>`(created_at < ${createdAt} or (created_at = ${createdAt} and id < ${id}))`
