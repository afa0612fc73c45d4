import { Kysely, PostgresDialect } from 'kysely'
import type { ThrottleRequest } from 'tenantry'
import { kyselyThrottleStore } from 'tenantry/kysely'
import { createPool } from '../support/postgres.js'

/** A call that a process is told to make. */
export interface Take {
  readonly requests: readonly ThrottleRequest[]
  readonly cost: number
}

/** What a process is told. */
export interface TakeOrders {
  readonly url: string
  readonly now: string
  /** Do calls that wait at the same moment travel together? */
  readonly coalesce: boolean
  /** How many are under way at once. */
  readonly inFlight: number
  readonly takes: readonly Take[]
}

/** What a process tells: for each call in order, was it allowed? */
export interface TakesTold {
  readonly allowed: readonly boolean[]
  /** The codes of errors of the database, and the words of those without one. */
  readonly errors: readonly string[]
}

// This file is also the program of such a process, which ends when its parent lets go of it.
if (process.send !== undefined && process.argv[1]?.endsWith('throttler.ts')) {
  process.once('message', async (orders: TakeOrders) => {
    process.send?.(await carryOut(orders))
  })
  process.send({ ready: true })
}

async function carryOut({ url, now, coalesce, inFlight, takes }: TakeOrders): Promise<TakesTold> {
  const pool = createPool(url, 10)
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const store = kyselyThrottleStore(db, { pool, coalesce })
  const allowed: boolean[] = takes.map(() => false)
  const errors: string[] = []
  const waiting = [...takes.entries()]
  const run = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, { requests, cost }] = next
      try {
        allowed[index] = (await store.take(requests, cost, Date.parse(now))).allowed
      } catch (error) {
        errors.push(String((error as { cause?: { code?: string } }).cause?.code ?? error))
      }
    }
  }
  await Promise.all(Array.from({ length: inFlight }, run))
  await db.destroy()
  return { allowed, errors }
}
