import type pg from 'pg'
import { createTenantry, type Tenantry, uuidv7 } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { accountId, type BenchDatabase, openBenchDatabase } from '../support/database.js'

/** A ledger of a certain length, in a database of its own. */
export interface Ledger {
  readonly entries: number
  readonly pool: pg.Pool
  readonly tenantry: Tenantry
  /** An account like most. */
  anyAccount(): string
  /** The account with a hundredth of all entries. */
  readonly busyAccount: string
  spend(): Promise<unknown>
  close(): Promise<void>
}

/** Each account but the busy one has so many entries, over the last thirty days. */
const entriesPerAccount = 100

/** Writes a ledger of `entries` entries in the order of time, so that the entries of an account lie far apart. */
export async function openLedger(entries: number): Promise<Ledger> {
  const database = await openBenchDatabase()
  const accounts = entries / entriesPerAccount
  await fill(database, accounts, entries / 100)
  const tenantry = createTenantry({ store: kyselyStore(database.db, { pool: database.pool }) })
  const anyAccount = (): string => accountId(2 + Math.floor(Math.random() * (accounts - 1)))
  return {
    entries,
    pool: database.pool,
    tenantry,
    anyAccount,
    busyAccount: accountId(1),
    spend: () => tenantry.spendCredits({ accountId: anyAccount(), amount: 1, idempotencyKey: uuidv7(), operation: 'article.generate' }),
    close: database.drop,
  }
}

const granted = 1_000_000_000

/** Account 1 is the busy one. Entry 1 of an account grants, every other takes one credit; the last was written a moment ago. */
async function fill({ pool }: BenchDatabase, accounts: number, busyEntries: number): Promise<void> {
  const plan = `select '00000000-0000-7000-8000-' || lpad(to_hex(number), 12, '0') as id,
    case number when 1 then ${busyEntries} else ${entriesPerAccount} end as entries from generate_series(1, ${accounts}) number`
  await pool.query(
    `insert into tenantry_account (id, name, status, payment_method, throttles, credits, unsettled_spend, entry_sequence, entry_hash, created_at, updated_at)
    select id, 'bench', 'active', 'stripe', '{}', ${granted} + 1 - entries, entries - 1, entries, sha256(id::bytea), now() - interval '31 days', now() from (${plan}) plan`,
  )
  await pool.query(
    `insert into tenantry_credit_entry
      (account_id, sequence, id, type, amount, balance_after, operation, description, idempotency_key, metadata, hash, created_at)
    select id, sequence, id || '-' || sequence, case sequence when 1 then 'purchase' else 'usage' end,
      case sequence when 1 then ${granted} else -1 end, ${granted} + 1 - sequence, case when sequence > 1 then 'article.generate' end, 'bench',
      'key-' || sequence, '{}', sha256(id::bytea), moment
    from (${plan}) plan, generate_series(1, entries) sequence,
      lateral (select now() - interval '30 days' * (1 - sequence::double precision / entries) as moment) written
    order by moment`,
  )
  await pool.query(
    `insert into tenantry_credit_lot (account_id, id, type, granted, remaining, reserved, priority, created_at)
    select account_id, id, 'purchase', ${granted}, ${granted}, 0, 0, created_at from tenantry_credit_entry where sequence = 1`,
  )
  await pool.query('vacuum analyze')
}
