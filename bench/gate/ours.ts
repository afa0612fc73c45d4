import type { Redis } from 'ioredis'
import type { Kysely } from 'kysely'
import type pg from 'pg'
import { createTenantry, type Tenantry, type TenantryOptions, type ThrottleStore } from 'tenantry'
import { kyselyStore, kyselyThrottleStore } from 'tenantry/kysely'
import { redisThrottleStore } from 'tenantry/redis'
import type { BenchPool } from '../support/database.js'

/** The throttle store on Postgres, as a host makes it. */
export const postgresThrottles = (db: Kysely<unknown>, pool: pg.Pool): ThrottleStore => kyselyThrottleStore(db, { pool })

/** The throttle store on Redis, as a host makes it with ioredis. */
export const redisThrottles = (redis: Redis): ThrottleStore =>
  redisThrottleStore({ eval: (script, keys, args) => redis.eval(script, keys.length, ...keys, ...args) })

/** `createTenantry` on Postgres, with or without the cache, and with a limit that no call of the bench reaches. */
export const tenantryOn = ({ db, pool }: BenchPool, gateCache?: TenantryOptions['gateCache']): Tenantry =>
  createTenantry({
    store: kyselyStore(db, { pool }),
    throttling: { fallback: { limit: 1_000_000, windowSeconds: 1 } },
    ...(gateCache !== undefined && { gateCache }),
  })
