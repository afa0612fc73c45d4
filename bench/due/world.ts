import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { createTenantry, type Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { type BenchDatabase, openBenchDatabase } from '../support/database.js'

/** Accounts with paid time, of which none is due until some are made so. */
export interface World {
  readonly accounts: number
  readonly database: BenchDatabase
  readonly tenantry: Tenantry
  /** Lets the next paid month of so many accounts begin. They are others each time, and lie all over the table. */
  makeDue(count: number): Promise<void>
  /** Tenantry on connections of its own, on which a wait of more than some hundredths of a second for anybody's lock is an error. */
  worker(): Worker
  close(): Promise<void>
}

/** One of several workers. */
export interface Worker {
  readonly tenantry: Tenantry
  close(): Promise<void>
}

const credits = 5000

/** Writes the accounts. Plain statements: a million sign-ups and payments would take hours. */
export async function openWorld(accounts: number): Promise<World> {
  const database = await openBenchDatabase()
  await fill(database, accounts)
  let round = 0
  return {
    accounts,
    database,
    tenantry: createTenantry({ store: kyselyStore(database.db, { pool: database.pool }) }),
    async makeDue(count) {
      await letMonthBegin(database, { count, every: Math.floor(accounts / count), remainder: round++ })
    },
    worker: () => openWorker(database.url),
    close: database.drop,
  }
}

/** Each account has paid for a year, has used a tenth of its first month's credits, and is due when the second begins, in half a month. */
async function fill({ pool }: BenchDatabase, accounts: number): Promise<void> {
  const each = `select 'account-' || number as account_id, 'grant-' || number as entry_id from generate_series(1, ${accounts}) number`
  const [start, month, end] = ["now() - interval '15 days'", "now() + interval '15 days'", "now() + interval '350 days'"]
  await pool.query(
    `insert into tenantry_plan (id, slug, name, prices, billing_cycle, included_credits, limits, throttles, is_active, credit_rollover, created_at,
      updated_at)
    values ('plan', 'starter', 'Starter', '[{"amountMinor":2999,"currency":"USD"}]', 'monthly', ${credits}, '{"maxSites":3}', '{}', true, 'none',
      now(), now())`,
  )
  await pool.query(
    `insert into tenantry_account (id, name, status, payment_method, plan_id, throttles, credits, unsettled_spend, entry_sequence, entry_hash, settles_at, next_due_at,
      created_at, updated_at)
    select account_id, 'bench', 'active', 'bank_transfer', 'plan', '{}', ${credits}, 0, 1, sha256('start'), ${month}, ${month}, ${start}, ${start} from (${each}) made`,
  )
  await pool.query(
    `insert into tenantry_subscription (account_id, id, plan_id, status, payment_method, current_period_start, current_period_end, billing_anchor,
      next_credits_at, cancel_at_period_end, created_at, updated_at)
    select account_id, 'subscription', 'plan', 'active', 'bank_transfer', ${start}, ${end}, ${start}, ${month}, false, ${start}, ${start}
    from (${each}) made`,
  )
  await pool.query(
    `insert into tenantry_credit_entry (account_id, sequence, id, type, amount, balance_after, description, idempotency_key, metadata, hash, created_at)
    select account_id, 1, entry_id, 'subscription', ${credits}, ${credits}, 'start', 'start', '{}', sha256('start'), ${start} from (${each}) made`,
  )
  await pool.query(
    `insert into tenantry_credit_lot (account_id, id, type, granted, remaining, reserved, priority, expires_at, created_at)
    select account_id, entry_id, 'subscription', ${credits}, ${credits}, 0, 0, ${month}, ${start} from (${each}) made`,
  )
  await pool.query('vacuum analyze')
}

/** The month of an account begins: its credits lapse and new ones come. */
async function letMonthBegin({ pool }: BenchDatabase, slice: { count: number; every: number; remainder: number }): Promise<void> {
  const ids = `select 'account-' || (${slice.remainder + 1} + ${slice.every} * number) from generate_series(0, ${slice.count - 1}) number`
  const begun = "now() - interval '1 minute'"
  await pool.query(`update tenantry_account set settles_at = ${begun}, next_due_at = ${begun} where id in (${ids})`)
  await pool.query(
    `update tenantry_subscription set next_credits_at = ${begun}, billing_anchor = ${begun} - interval '1 month' where account_id in (${ids})`,
  )
  await pool.query(`update tenantry_credit_lot set expires_at = ${begun} where account_id in (${ids})`)
  await pool.query('vacuum analyze tenantry_account, tenantry_subscription, tenantry_credit_lot')
}

function openWorker(connectionString: string): Worker {
  const pool = new pg.Pool({ connectionString, max: 2, options: '-c lock_timeout=25' })
  pool.on('error', () => {}) // a forced drop cuts idle connections off; unheard, the event would end the process
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  return { tenantry: createTenantry({ store: kyselyStore(db, { pool }) }), close: () => db.destroy() }
}
