import type { Kysely } from 'kysely'
import type { Home } from './connection.js'
import { hotStatements } from './hot-statements.js'
import { schemaOf, tableNames } from './schema.js'
import type { TenantryTables } from './tables.js'

/**
 * Any Kysely of the host, or any transaction of it. Described by what it can do, because the types of Kysely do not let one that knows
 * certain tables pass for one that knows others.
 */
export interface HostDatabase {
  readonly isTransaction: boolean
  withoutPlugins(): object
  withSchema(schema: string): object
}

/** Where the host keeps our tables, out of the reach of its plugins. */
export function homeOf(host: HostDatabase): Home {
  const hostDb = host as Kysely<TenantryTables>
  const schema = schemaOf(hostDb)
  const db = hostDb.withoutPlugins()
  return {
    db,
    schema,
    build: schema === null ? db : db.withSchema(schema),
    hot: hotStatements(tableNames(schema)),
    // A full Postgres undoes a failed change of the schema. pg-mem says of itself that it does not.
    isFullPostgres: db.getExecutor().adapter.supportsTransactionalDdl,
  }
}
