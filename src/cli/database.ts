import type { Kysely } from 'kysely'
import type { TenantryTables } from '../adapters/kysely/index.js'
import { createTenantry, type Tenantry } from '../index.js'
import { loadPackages } from './packages.js'
import { type Target, unreachable } from './target.js'

type Packages = Awaited<ReturnType<typeof loadPackages>>

/** An open database with tenantry on it. */
export interface Database {
  readonly db: Kysely<TenantryTables>
  readonly schema: string | undefined
  readonly tenantry: Tenantry
  readonly sql: Packages['kysely']['sql']
  readonly adapter: Packages['adapter']
}

/**
 * Opens the database, makes sure that it answers, runs `work`, and closes it whatever happens.
 *
 * @throws Failure `setup` when packages are missing, `store_unavailable` when the database does not answer
 */
export async function withDatabase<Result>(target: Target, work: (database: Database) => Promise<Result>): Promise<Result> {
  const packages = await loadPackages()
  const { kysely, adapter } = packages
  const plain = new kysely.Kysely<TenantryTables>({ dialect: new kysely.PostgresDialect({ pool: createPool(packages, target) }) })
  try {
    await kysely.sql`select 1`.execute(plain).catch((error: unknown) => {
      throw unreachable(target, error)
    })
    const db = target.schema === undefined ? plain : plain.withSchema(target.schema)
    return await work({ db, schema: target.schema, tenantry: createTenantry({ store: adapter.kyselyStore(db) }), sql: kysely.sql, adapter })
  } finally {
    await plain.destroy()
  }
}

function createPool({ pg }: Packages, { url }: Target) {
  const pool = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 10_000, application_name: 'tenantry' })
  // The query that waits fails with a lost connection; unheard, the event would end the process besides.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
