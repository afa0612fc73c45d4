import { CompiledQuery, Kysely, type KyselyPlugin, type LogEvent, PostgresDialect, sql } from 'kysely'
import { migrate, type TenantryTables } from 'tenantry/kysely'
import { type CuttingProxy, cuttingProxy } from './cutting-proxy.js'
import { createPool, freshDatabase } from './postgres.js'

/** A Kysely over tenantry's tables. */
export type Database = Kysely<TenantryTables>

/** How a Kysely reaches its database. */
interface Way {
  /** Connections of the pool, 10 when left out. */
  readonly max?: number
  /** Another way to the same database, such as a proxy. */
  readonly url?: string
  readonly plugins?: KyselyPlugin[]
}

/** A database of its own on the real server. */
export interface TestDatabase {
  readonly url: string
  readonly db: Database
  /** What `db` has sent to the server since {@link TestDatabase.clearLog}, transaction control included. */
  readonly log: readonly string[]
  readonly clearLog: () => void
  /** Another Kysely, with a pool of its own that is closed with this database. */
  readonly connect: (way?: Way) => Database
  readonly close: () => Promise<void>
}

/** Opens a new database on the server of `serverUrl`, migrated unless that is what is to be tested. */
export async function openDatabase(serverUrl: string, { max = 10, migrated = true } = {}): Promise<TestDatabase> {
  const { url, drop } = await freshDatabase(serverUrl)
  const log: string[] = []
  const opened: Database[] = []
  const open = (way: Way, onLog?: (event: LogEvent) => void): Database => {
    const db = openKysely({ url, max, ...way }, onLog)
    opened.push(db)
    return db
  }
  const db = open({}, ({ query }) => void log.push(query.sql))
  if (migrated) await migrate(db)
  log.splice(0)
  return {
    url,
    db,
    log,
    clearLog: () => void log.splice(0),
    connect: (way = {}) => open(way),
    async close() {
      await Promise.all(opened.map((each) => each.destroy()))
      await drop()
    },
  }
}

/** A database, and a way to it that can be cut. */
export interface FragileDatabase extends TestDatabase {
  readonly proxy: CuttingProxy
}

/** As {@link openDatabase}, with a proxy before it that is closed with it. */
export async function openFragileDatabase(serverUrl: string): Promise<FragileDatabase> {
  const database = await openDatabase(serverUrl)
  const proxy = await cuttingProxy(database.url)
  return {
    ...database,
    proxy,
    async close() {
      await database.close()
      await proxy.close()
    },
  }
}

function openKysely({ url, max, plugins = [] }: Way & { url: string }, log?: (event: LogEvent) => void): Database {
  const pool = createPool(url, max)
  pool.on('connect', (client) => client.on('error', () => {})) // a test cuts connections that are in use; unheard, the event would end the process
  return new Kysely({ dialect: new PostgresDialect({ pool }), plugins, ...(log && { log }) })
}

/** Runs one statement as it is. */
export async function run<Row = unknown>(db: Database, statement: string, ...parameters: unknown[]): Promise<Row[]> {
  return (await db.executeQuery(CompiledQuery.raw(statement, parameters) as CompiledQuery<Row>)).rows
}

/** Empties all tables of tenantry but that of the migrations. The ledger refuses that, unless its owner asks it to look away. */
export async function emptyTables(db: Database): Promise<void> {
  const tables = await run<{ name: string }>(
    db,
    `select quote_ident(tablename) as name from pg_tables
    where schemaname = current_schema() and tablename like 'tenantry\\_%' and tablename <> 'tenantry_migration'`,
  )
  await db.transaction().execute(async (trx) => {
    await sql`alter table tenantry_credit_entry disable trigger user`.execute(trx)
    await sql`truncate ${sql.raw(tables.map(({ name }) => name).join(', '))}`.execute(trx)
    await sql`alter table tenantry_credit_entry enable trigger user`.execute(trx)
  })
}
