import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** A database made for a test. `drop` ends whoever is still connected to it. */
export interface FreshDatabase {
  readonly url: string
  readonly drop: () => Promise<void>
}

const runName = /^tenantry_test_[0-9a-f]+$/
const random = (): string => randomBytes(6).toString('hex')

/** The name of a database for one test run, or of one that a test of that run makes for itself. */
const newName = (current: string): string => (runName.test(current) ? `${current}_${random()}` : `tenantry_test_${random()}`)

const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1))

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

/** Runs `work` on one connection, which is always closed. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 20_000 })
  client.on('error', () => {}) // a lost connection fails the query that waits for it; unheard, the event would end the process
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

const dropDatabase = (serverUrl: string, name: string): Promise<unknown> =>
  withClient(serverUrl, (client) => client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`))

/**
 * Creates an empty database with a random name on the server of `serverUrl`. The user of that URL must be allowed to create databases.
 * One that a test forgets to drop goes at the end of the run.
 */
export async function freshDatabase(serverUrl: string): Promise<FreshDatabase> {
  const name = newName(databaseOf(serverUrl))
  // template0: nobody can be connected to it, so any number may be created at once.
  await withClient(serverUrl, (client) => client.query(`create database ${pg.escapeIdentifier(name)} template template0`))
  return { url: withDatabase(serverUrl, name), drop: async () => void (await dropDatabase(serverUrl, name)) }
}

/** Drops a database that {@link freshDatabase} made for a run, and all that the tests of the run made beside it. */
export async function dropRun(serverUrl: string, runUrl: string): Promise<void> {
  const run = databaseOf(runUrl)
  const { rows } = await withClient(serverUrl, (client) =>
    client.query<{ datname: string }>('select datname from pg_database where datname = $1 or starts_with(datname::text, $2)', [
      run,
      `${run}_`,
    ]),
  )
  for (const { datname } of rows) await dropDatabase(serverUrl, datname)
}

/** A pool of at most `max` connections. End it before its database is dropped. */
export function createPool(url: string, max = 10): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max })
  pool.on('error', () => {}) // an idle connection was cut off, as by a forced drop; unheard, the event would end the process
  return pool
}
