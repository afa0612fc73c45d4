import type { Kysely } from 'kysely'
import { TenantryError } from '../../errors.js'
import { aBoolean, type OptionRule, optional } from '../node/read-options.js'
import type { Home } from './connection.js'
import { createHotPool, type PgPool } from './hot-pool.js'
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

/** What homes have in common with the options of the store. */
export interface HomeOptions {
  /**
   * The very `pg.Pool` that `db` uses. The statements that are asked on every request are then sent to it directly, and prepared once per
   * connection, which makes them about twice as fast; Kysely's `log` does not see them. Inside a transaction they stay in it.
   */
  readonly pool?: PgPool | undefined
  /**
   * `false` where a pooler stands between that cannot keep prepared statements, such as PgBouncer before 1.21 in transaction mode.
   * `true` when left out.
   */
  readonly preparedNames?: boolean | undefined
}

const aPool: OptionRule = {
  accepts: (value) => typeof (value as PgPool | null)?.connect === 'function',
  message: 'must be the pg.Pool that db uses',
}

/** What the options of a home must be. */
export const homeRules = { pool: optional(aPool), preparedNames: optional(aBoolean) }

/**
 * Where the host keeps our tables, out of the reach of its plugins.
 *
 * @throws TenantryError `invalid_input` for what is no Kysely
 */
export function homeOf(host: HostDatabase, { pool, preparedNames = true }: HomeOptions = {}): Home {
  if (typeof (host as Partial<HostDatabase> | null | undefined)?.withoutPlugins !== 'function') {
    throw new TenantryError('invalid_input', { issues: [{ path: 'db', message: 'must be a Kysely' }] })
  }
  const hostDb = host as Kysely<TenantryTables>
  const schema = schemaOf(hostDb)
  const db = hostDb.withoutPlugins()
  const tableName = tableNames(schema)
  const { adapter } = db.getExecutor()
  // A full Postgres undoes a failed change of the schema. pg-mem says of itself that it does not.
  const isFullPostgres = adapter.supportsTransactionalDdl
  const hot = hotStatements(tableName, isFullPostgres)
  return {
    db,
    schema,
    build: schema === null ? db : db.withSchema(schema),
    hot,
    tableName,
    isFullPostgres,
    hasManyConnections: !('supportsMultipleConnections' in adapter) || adapter.supportsMultipleConnections !== false,
    hotPool: pool === undefined ? null : createHotPool(pool, hot, preparedNames),
  }
}
