import type { Compilable, CompiledQuery, Kysely, QueryResult } from 'kysely'
import { storeError } from './errors.js'
import type { HotPool } from './hot-pool.js'
import type { HotStatements } from './hot-statements.js'
import type { TableName } from './schema.js'
import type { TenantryTables } from './tables.js'

/** What all connections of one store share. */
export interface Home {
  /** The host's Kysely without its plugins. */
  readonly db: Kysely<TenantryTables>
  /** Where the tables are; `null` where the `search_path` says it. */
  readonly schema: string | null
  /** Builds statements for the store's schema. It executes none: that is for {@link Connection.execute}. */
  readonly build: Kysely<TenantryTables>
  readonly hot: HotStatements
  /** How a statement that is written by hand names our tables. */
  readonly tableName: TableName
  /** A server or PGlite, not pg-mem. */
  readonly isFullPostgres: boolean
  /** An engine inside the process has but one. */
  readonly hasManyConnections: boolean
  /** Where the host gave its pool: for the hot statements outside transactions. */
  readonly hotPool: HotPool | null
}

/** How one verb reaches the database. */
export interface Connection extends Pick<Home, 'build' | 'hot' | 'tableName' | 'isFullPostgres'> {
  /** Inside a transaction a failed statement spoils everything, so verbs take care that none fails that might be expected to. */
  readonly isTransaction: boolean
  /** Runs one statement. Throws nothing but a `TenantryError`. */
  execute<Row>(statement: Compilable<Row> | CompiledQuery<Row>): Promise<readonly Row[]>
}

/** A connection of the pool for each statement. What a writing statement did is not known if the connection is lost under it. */
export function pooledConnection(home: Home, operation: string, writes: boolean): Connection {
  const { build, hot, tableName, isFullPostgres } = home
  return {
    build,
    hot,
    tableName,
    isFullPostgres,
    isTransaction: false,
    async execute(statement) {
      let sent = false
      try {
        const { rows } = await send(home, statement, () => {
          sent = true
        })
        return rows
      } catch (error) {
        throw storeError(error, { operation, mayHaveHappened: sent && writes })
      }
    },
  }
}

function send<Row>(
  { db, hotPool }: Home,
  statement: Compilable<Row> | CompiledQuery<Row>,
  onSent: () => void,
): Promise<Pick<QueryResult<Row>, 'rows'>> {
  if (hotPool !== null && 'sql' in statement && hotPool.has(statement.sql)) return hotPool.run(statement, onSent)
  return db.connection().execute((connection) => {
    onSent()
    return connection.executeQuery(statement)
  })
}

/** Where a transaction keeps its first failed statement, in case its work swallows the error. */
export interface Course {
  failure: Error | null
}

/** The connection of a transaction that is under way. Whatever fails in it has not happened. */
export function transactionConnection({ db, build, hot, tableName, isFullPostgres }: Home, operation: string, course: Course): Connection {
  return {
    build,
    hot,
    tableName,
    isFullPostgres,
    isTransaction: true,
    async execute(statement) {
      try {
        return (await db.executeQuery(statement)).rows
      } catch (error) {
        const failure = storeError(error, { operation, mayHaveHappened: false })
        course.failure ??= failure
        throw failure
      }
    },
  }
}
