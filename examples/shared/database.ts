import { type Dialect, Kysely, PostgresDialect } from 'kysely'
import type { Logger } from 'tenantry'
import type { TenantryTables } from 'tenantry/kysely'
import { pgliteDialect } from 'tenantry/pglite'

/** Which database the examples run on. */
export interface DatabaseOptions {
  /** A Postgres server. Left out, Postgres runs inside the process (PGlite). */
  readonly databaseUrl?: string | undefined
  /** Where PGlite keeps its files; in memory when left out. */
  readonly dataFolder?: string | undefined
}

/** Opens the database. `destroy()` closes it. */
export async function openDatabase(options: DatabaseOptions, logger: Logger): Promise<Kysely<TenantryTables>> {
  const { databaseUrl, dataFolder } = options
  const dialect = databaseUrl === undefined ? await embeddedPostgres(dataFolder) : await postgresServer(databaseUrl, logger)
  return new Kysely<TenantryTables>({ dialect })
}

async function embeddedPostgres(dataFolder: string | undefined): Promise<Dialect> {
  const { PGlite } = await import('@electric-sql/pglite')
  return pgliteDialect(await PGlite.create(dataFolder))
}

async function postgresServer(connectionString: string, logger: Logger): Promise<Dialect> {
  const { Pool } = (await import('pg')).default
  const pool = new Pool({ connectionString, max: 10, connectionTimeoutMillis: 5_000 })
  // The pool replaces a connection that is lost, in use or not. Unheard, the events would end the process.
  const onLost = (error: Error): void => logger.warn('a connection to the database was lost', { error: error.message })
  pool.on('error', onLost).on('connect', (client) => client.on('error', onLost))
  return new PostgresDialect({ pool })
}
