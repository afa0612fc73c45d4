import type { Redis } from 'ioredis'
import type { Kysely } from 'kysely'
import type pg from 'pg'
import { createTenantry, type Tenantry, type TenantryOptions, type ThrottleStore } from 'tenantry'
import * as onKysely from 'tenantry/kysely'
import type { BenchPool } from '../support/database.js'

type Evaluate = (script: string, keys: readonly string[], values: readonly string[]) => Promise<unknown>

/** The throttle store on Postgres, as a host makes it. */
export function postgresThrottles(db: Kysely<unknown>, pool: pg.Pool): ThrottleStore {
  const make = named<(db: Kysely<unknown>, options: { pool: pg.Pool }) => ThrottleStore>(onKysely, 'kyselyThrottleStore')
  return make(db, { pool })
}

/** The throttle store on Redis, as a host makes it with ioredis. */
export async function redisThrottles(redis: Redis): Promise<ThrottleStore> {
  const entry = 'tenantry/redis'
  const make = named<(options: { eval: Evaluate }) => ThrottleStore>(await import(entry), 'redisThrottleStore')
  return make({ eval: (script, keys, values) => redis.eval(script, keys.length, ...keys, ...values) })
}

/** The opt-in cache of the gate. */
export interface GateCache {
  readonly ttlSeconds: number
  readonly maxEntries?: number
}

/** `createTenantry` on Postgres, with or without the cache, and with a limit that no call of the bench reaches. */
export function tenantryOn({ db, pool }: BenchPool, gateCache?: GateCache): Tenantry {
  const options: TenantryOptions = {
    store: onKysely.kyselyStore(db, { pool }),
    throttling: { fallback: { limit: 1_000_000, windowSeconds: 1 } },
    ...(gateCache !== undefined && { gateCache }),
  }
  return createTenantry(options)
}

function named<Value>(entry: object, name: string): Value {
  const found = (entry as Readonly<Record<string, Value | undefined>>)[name]
  if (found === undefined) throw new Error(`This version has no ${name}.`)
  return found
}
