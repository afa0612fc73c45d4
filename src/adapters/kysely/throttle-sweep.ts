import { CompiledQuery } from 'kysely'
import { type Home, pooledConnection } from './connection.js'
import type { TableName } from './schema.js'

const everyMs = 60_000
/** Pages a statement looks at: few thousand rows, so that whoever needs one that is about to go waits for some milliseconds at most. */
const pagesAtOnce = 32
/** Statements a sweep consists of at most, for 64 MB of a table. The next one goes on from there. */
const statementsAtOnce = 256

/**
 * Forgets the budgets in some pages that have been whole for a minute, by the clocks of caller and database: clocks differ a little, and a
 * minute more costs nothing. Where they are half an hour apart one of them has stepped, or is set by a test, and nothing is forgotten. It takes
 * no row that is in use and waits for nobody; where another process is at it, it takes none. Pages are read in order, because an index to find
 * the rows by would have to be written at every take.
 *
 * $1 the table, $2 and $3 the first page and the one after the last, as `(page,0)`, $4 the moment of the call in microseconds
 */
const sweepSql = (table: TableName): string => `with whole as materialized (
  select ctid from ${table('tenantry_throttle')}
  where ctid >= ($2::text)::tid and ctid < ($3::text)::tid and coalesce(tat, 0) < (
    select case
      when abs(here - there) < 1800000000 and pg_try_advisory_xact_lock(hashtextextended('tenantry_throttle ' || ($1::text)::regclass::oid, 0))
      then least(here, there) - 60000000 end
    from (select ($4::text)::bigint as here, (extract(epoch from clock_timestamp()) * 1000000)::bigint as there) as clocks
  )
  for update skip locked
), forgotten as (
  delete from ${table('tenantry_throttle')} where ctid = any (array(select ctid from whole))
)
select (pg_relation_size(($1::text)::regclass) / current_setting('block_size')::int)::int as pages`

/**
 * Keeps the table of the budgets as small as what is in use. To be told the moment of each call; at most once a minute it then sweeps, off
 * the request path: nobody waits for it, and what goes wrong with it is left to the next one. Where several processes sweep at once, one does.
 */
export function throttleSweep(home: Home): (nowMs: number) => void {
  const { execute } = pooledConnection(home, 'sweepThrottle', true)
  const table = home.tableName('tenantry_throttle')
  const statement = sweepSql(home.tableName)
  let lastMs: number | null = null
  let isSweeping = false
  let page = 0

  async function sweep(nowMs: number): Promise<void> {
    for (let count = 0; count < statementsAtOnce; count++) {
      const range = [`(${page},0)`, `(${page + pagesAtOnce},0)`]
      const rows = await execute<{ pages: number }>(CompiledQuery.raw(statement, [table, ...range, String(nowMs * 1000)]))
      page += pagesAtOnce
      if (page < (rows[0]?.pages ?? 0)) continue
      page = 0
      return
    }
  }

  return (nowMs) => {
    // A clock that stepped back must not put the next sweep off.
    if (lastMs === null || nowMs < lastMs) lastMs = nowMs
    if (isSweeping || nowMs - lastMs < everyMs) return
    lastMs = nowMs
    isSweeping = true
    sweep(nowMs)
      .catch(() => undefined)
      .finally(() => {
        isSweeping = false
      })
  }
}
