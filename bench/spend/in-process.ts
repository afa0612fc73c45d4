import type pg from 'pg'
import { createTenantry, uuidv7 } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { tableNames } from '../../src/adapters/kysely/schema.js'
import { entryByKeySql, spendSql } from '../../src/adapters/kysely/spend-sql.js'
import type { BenchDatabase } from '../support/database.js'
import { closedLoop } from '../support/load.js'
import { type Contender, pickAccount } from './contender.js'

const operation = 'article.generate'

/** `tenantry.spendCredits`, with everything that it does for a caller. */
export function tenantryContender({ db, pool }: BenchDatabase): Contender {
  const tenantry = createTenantry({ store: kyselyStore(db, { pool }) })
  return inProcess('tenantry', (accountId) =>
    tenantry.spendCredits({ accountId, amount: 1, idempotencyKey: uuidv7(), operation, metadata: { model: 'large' } }),
  )
}

/** The statement that tenantry uses for one spend, sent by hand: prepared by name, nothing checked, nothing made of the answer. */
export function byHandContender({ pool }: BenchDatabase): Contender {
  const text = spendSql(tableNames(null))
  return inProcess('pg by hand', (accountId) =>
    pool.query({
      name: 'by-hand',
      text,
      values: [
        accountId,
        uuidv7(),
        1,
        new Date(),
        uuidv7(),
        operation,
        operation,
        'fingerprint-of-22-byte',
        '{"model":"large"}',
        null,
        null,
        'a'.repeat(64),
      ],
    }),
  )
}

/** The transaction that most people write. */
export function sixTripsContender({ pool }: BenchDatabase): Contender {
  return inProcess('six trips', (accountId) => inTransaction(pool, (client) => sixTrips(client, accountId)))
}

const keySql = entryByKeySql(tableNames(null), 'sequence', '$1', '$2')

async function sixTrips(client: pg.PoolClient, accountId: string): Promise<void> {
  const key = uuidv7()
  const { rows } = await client.query('select credits, entry_sequence from tenantry_account where id = $1 for update', [accountId])
  const [balance, sequence] = [Number(rows[0].credits) - 1, Number(rows[0].entry_sequence) + 1]
  if (balance < 0) throw new Error('not enough credits')
  const { rowCount } = await client.query(keySql, [accountId, key])
  if (rowCount !== 0) throw new Error('the key was used before')
  await client.query('update tenantry_account set credits = $2, entry_sequence = $3, unsettled_spend = unsettled_spend + 1 where id = $1', [
    accountId,
    balance,
    sequence,
  ])
  await client.query(
    `insert into tenantry_credit_entry
      (id, account_id, sequence, type, amount, balance_after, operation, description, idempotency_key, fingerprint, metadata, hash, created_at)
    values ($1, $2, $3, 'usage', -1, $4, $5, $5, $6, $7, $8, '', $9)`,
    [uuidv7(), accountId, sequence, balance, operation, key, 'fingerprint-of-22-byte', '{"model":"large"}', new Date()],
  )
}

async function inTransaction(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await work(client)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

const inProcess = (name: string, spend: (accountId: string) => Promise<unknown>): Contender => ({
  name,
  run: ({ load, inFlight }, seconds) => closedLoop(() => spend(pickAccount(load)), inFlight, seconds),
})
