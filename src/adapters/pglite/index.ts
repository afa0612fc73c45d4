import { CompiledQuery, type Dialect, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { singleConnectionDialect } from './single-connection.js'

/** What {@link pgliteDialect} needs of a `PGlite` from `@electric-sql/pglite`. */
export interface PGliteLike {
  readonly waitReady: Promise<void>
  readonly closed: boolean
  query(sql: string, parameters: unknown[]): Promise<{ rows: unknown[]; affectedRows?: number }>
  close(): Promise<void>
}

/**
 * A Kysely dialect for PGlite, the Postgres that runs inside the process: for development, demos and tests.
 *
 * It has one connection, so statements and transactions wait for one another. PGlite does not flush to disk and does not lock its folder:
 * keep no money in it. `kysely.destroy()` closes it.
 *
 * @example
 * const db = new Kysely<TenantryTables>({ dialect: pgliteDialect(new PGlite()) })
 */
export function pgliteDialect(pglite: PGliteLike): Dialect {
  return singleConnectionDialect(
    { CompiledQuery, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler },
    {
      engine: pglite,
      async execute(sql, parameters) {
        const { rows, affectedRows } = await pglite.query(sql, [...parameters])
        return { rows, affectedRows: affectedRows ?? 0 }
      },
      init: () => pglite.waitReady,
      async destroy() {
        if (!pglite.closed) await pglite.close()
      },
    },
  )
}
