import { randomBytes } from 'node:crypto'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { migrate } from 'tenantry/kysely'

/** Connections to a database. */
export interface BenchPool {
  readonly pool: pg.Pool
  readonly db: Kysely<unknown>
}

/** A database that a bench has for itself, with the tables of tenantry. */
export interface BenchDatabase extends BenchPool {
  readonly url: string
  drop(): Promise<void>
}

const defaultUrl = 'postgresql://root@127.0.0.1:5432/postgres'

/** The server of `TENANTRY_BENCH_DATABASE_URL`, or of this machine. Its user must be allowed to create databases. */
export const serverUrl = (): string => process.env['TENANTRY_BENCH_DATABASE_URL'] || defaultUrl

/** Connections of a pool, as many as `pg` opens when nothing is said. */
const poolSize = 10

/** Creates the database; ends the process with a plain word where that cannot be done. */
export async function openBenchDatabase(): Promise<BenchDatabase> {
  const name = `tenantry_bench_${randomBytes(6).toString('hex')}`
  await onServer(`create database ${name} template template0`)
  const url = Object.assign(new URL(serverUrl()), { pathname: `/${name}` }).href
  const { pool, db } = openPool(url)
  await migrate(db)
  let dropped: Promise<void> | undefined
  const drop = (): Promise<void> => {
    dropped ??= db.destroy().then(() => onServer(`drop database if exists ${name} with (force)`))
    return dropped
  }
  process.once('SIGINT', () => {
    console.log('\nInterrupted: dropping the database of the bench.')
    void onServer(`drop database if exists ${name} with (force)`).finally(() => process.exit(130))
  })
  return { url, pool, db, drop }
}

/** Opens connections to a database, as many as every contender of a bench gets. */
export function openPool(url: string): BenchPool {
  const pool = new pg.Pool({ connectionString: url, max: poolSize })
  // A forced drop cuts connections off, idle ones and those at work; unheard, the event would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return { pool, db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }) }
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl(), connectionTimeoutMillis: 5000 })
  try {
    await client.connect()
    await client.query(statement)
  } catch (error) {
    console.error(`The server at ${new URL(serverUrl()).host} cannot be used (${error instanceof Error ? error.message : error}).`)
    console.error('Start Postgres 15 or newer, or name one whose user may create databases with TENANTRY_BENCH_DATABASE_URL.')
    process.exit(2)
  } finally {
    await client.end().catch(() => {})
  }
}

/** The id of the account of this number, 36 characters as a UUID has. */
export const accountId = (number: number): string => `00000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`

/** What an account of the bench starts with: more than any bench spends. */
const credits = 1_000_000_000_000

/** Adds accounts 1 to `count`, each with its credits in one lot. Plain statements: a million sign-ups would take an hour. */
export async function addAccounts(pool: pg.Pool, count: number): Promise<void> {
  const id = `'00000000-0000-7000-8000-' || lpad(to_hex(number), 12, '0')`
  await pool.query(
    `insert into tenantry_account (id, name, status, payment_method, throttles, credits, unsettled_spend, entry_sequence, entry_hash, created_at, updated_at)
    select ${id}, 'bench', 'active', 'stripe', '{}', $2, 0, 1, sha256('start'), now(), now() from generate_series(1, $1::int) number`,
    [count, credits],
  )
  await pool.query(
    `insert into tenantry_credit_entry (account_id, sequence, id, type, amount, balance_after, description, idempotency_key, metadata, hash, created_at)
    select ${id}, 1, 'grant-' || number, 'purchase', $2, $2, 'start', 'start', '{}', sha256('start'), now() from generate_series(1, $1::int) number`,
    [count, credits],
  )
  await pool.query(
    `insert into tenantry_credit_lot (account_id, id, type, granted, remaining, reserved, priority, created_at)
    select ${id}, 'grant-' || number, 'purchase', $2, $2, 0, 0, now() from generate_series(1, $1::int) number`,
    [count, credits],
  )
  await pool.query('vacuum analyze')
}
