import { Kysely, PostgresDialect } from 'kysely'
import { createTenantry, isTenantryError, type Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { manualClock, plainHasher } from 'tenantry/testing'
import { createPool } from '../support/postgres.js'

/** A spend that a process is told to make. */
export interface Errand {
  readonly accountId: string
  readonly idempotencyKey: string
  readonly amount: number
  /** Alone, in a transaction of the host. */
  readonly inTransaction: boolean
}

/** What a process is told. */
export interface Orders {
  readonly url: string
  /** Do statements go to the pool directly? */
  readonly givesPool: boolean
  readonly now: string
  readonly errands: readonly Errand[]
  /** How many are under way at once. */
  readonly inFlight: number
}

/** What came of an errand. */
export interface Done extends Errand {
  /** `spent`, `replayed`, or the code of the refusal. */
  readonly outcome: string
  readonly entryId: string | null
  readonly sequence: number
  readonly balance: number
}

/** What a process tells. */
export interface Told {
  readonly done: readonly Done[]
  /** Statements in which several spends travelled, as far as Kysely has seen them. */
  readonly batches: number
}

// This file is also the program of such a process, which ends when its parent lets go of it.
if (process.send !== undefined && process.argv[1]?.endsWith('spender.ts')) {
  process.once('message', async (orders: Orders) => {
    process.send?.(await carryOut(orders))
  })
  process.send({ ready: true })
}

async function carryOut({ url, givesPool, now, errands, inFlight }: Orders): Promise<Told> {
  let batches = 0
  const pool = createPool(url, 10)
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query }) => {
      if (query.sql.includes('skip locked')) batches += 1
    },
  })
  const store = kyselyStore(db, givesPool ? { pool } : {})
  const tenantry = createTenantry({ store, clock: manualClock(now), passwords: plainHasher() })
  const waiting = [...errands]
  const done: Done[] = []
  const run = async (): Promise<void> => {
    for (let errand = waiting.shift(); errand !== undefined; errand = waiting.shift()) done.push(await runErrand(tenantry, db, errand))
  }
  await Promise.all(Array.from({ length: inFlight }, run))
  await db.destroy()
  return { done, batches }
}

async function runErrand(tenantry: Tenantry, db: Kysely<unknown>, errand: Errand): Promise<Done> {
  const { inTransaction, ...spend } = errand
  const through = (some: Tenantry) => some.spendCredits({ ...spend, operation: 'race' })
  try {
    const { entry, balance, replayed } = inTransaction
      ? await db.transaction().execute((trx) => through(tenantry.withStore(kyselyStore(trx))))
      : await through(tenantry)
    return { ...errand, outcome: replayed ? 'replayed' : 'spent', entryId: entry.id, sequence: entry.sequence, balance }
  } catch (error) {
    if (!isTenantryError(error)) throw error
    return { ...errand, outcome: error.code, entryId: null, sequence: 0, balance: 0 }
  }
}
