import { Redis } from 'ioredis'
import { Kysely, PostgresDialect } from 'kysely'
import { createTenantry, isTenantryError, type Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { manualClock, plainHasher } from 'tenantry/testing'
import { redisAccessNotices } from '../../src/adapters/redis/index.js'
import { createPool } from '../support/postgres.js'
import { plans } from './world.js'

/** Where a colleague works. */
export interface Place {
  readonly url: string
  readonly now: string
  /** With notices over this Redis and channel. */
  readonly redis?: { readonly url: string; readonly channel: string }
}

/** An operation that another process is asked to carry out, or a statement that it runs. */
export type Request = { readonly operation: keyof Tenantry; readonly args: readonly unknown[] } | { readonly sql: string }

/** What came of it. */
export type Reply = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly code: string }

// This file is also the program of such a process, which ends when its parent lets go of it.
if (process.send !== undefined && process.argv[1]?.endsWith('colleague.ts')) {
  process.once('message', (place: Place) => work(place))
  process.send({ ready: true })
}

function work({ url, now, redis }: Place): void {
  const pool = createPool(url, 10)
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const client = redis && new Redis(redis.url)
  const notices =
    redis &&
    client &&
    redisAccessNotices({
      publish: (channel, message) => client.publish(channel, message),
      subscribe: async () => undefined,
      channel: redis.channel,
    })
  const tenantry = createTenantry({
    store: kyselyStore(db, { pool }),
    plans,
    clock: manualClock(now),
    passwords: plainHasher(),
    ...(notices && { gateCache: { notices } }),
  })
  process.on('message', async (request: Request) => {
    process.send?.(await carryOut(tenantry, pool, request))
  })
  process.on('disconnect', () => process.exit())
  process.send?.({ ready: true })
}

async function carryOut(tenantry: Tenantry, pool: ReturnType<typeof createPool>, request: Request): Promise<Reply> {
  try {
    if ('sql' in request) return { ok: true, result: (await pool.query(request.sql)).rows }
    const operation = tenantry[request.operation] as (...args: readonly unknown[]) => Promise<unknown>
    return { ok: true, result: await operation(...request.args) }
  } catch (error) {
    return { ok: false, code: isTenantryError(error) ? error.code : String(error) }
  }
}
