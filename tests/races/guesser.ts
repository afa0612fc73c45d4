import { Kysely, PostgresDialect } from 'kysely'
import { createTenantry, isTenantryError, type ThrottleStore } from 'tenantry'
import { kyselyStore, kyselyThrottleStore } from 'tenantry/kysely'
import { redisThrottleStore } from 'tenantry/redis'
import { manualClock, plainHasher } from 'tenantry/testing'
import { createPool } from '../support/postgres.js'
import { openIoredis } from '../support/redis.js'

/** What a process is told. */
export interface GuesserOrders {
  readonly url: string
  /** Where tries are counted; on the Postgres of `url` when left out. */
  readonly redis?: { readonly url: string; readonly prefix: string }
  readonly now: string
  /** How many tries may fail for the person, from strangers and from one address. */
  readonly limit: number
  readonly email: string
  readonly password: string
  /** From where it tries, once from each, all at the same moment. */
  readonly ips: readonly string[]
}

/** How many of its tries were answered by what was compared, and with which codes the others. */
export interface GuessesTold {
  readonly entered: number
  readonly codes: readonly string[]
}

// This file is the program of a process that guesses until it has been answered, and ends when its parent lets go of it.
if (process.send !== undefined && process.argv[1]?.endsWith('guesser.ts')) {
  process.once('message', async (orders: GuesserOrders) => {
    process.send?.(await guess(orders))
  })
  process.send('ready')
}

async function guess({ url, redis, now, limit, email, password, ips }: GuesserOrders): Promise<GuessesTold> {
  const pool = createPool(url, 10)
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const connection = redis && openIoredis(redis.url)
  const throttles = connection ? redisThrottleStore({ eval: connection.eval, prefix: redis.prefix }) : kyselyThrottleStore(db, { pool })
  const rules = [{ limit, windowSeconds: 3600 }]
  const signIn = { perPerson: rules, perPersonAndClient: rules, perClient: [{ limit: 10_000, windowSeconds: 3600 }] }
  const tenantry = createTenantry({
    store: kyselyStore(db, { pool }),
    throttles: keepingAll(throttles),
    throttling: { timeoutMs: 30_000 },
    signIn,
    clock: manualClock(now),
    passwords: plainHasher(),
  })
  const codes: string[] = []
  const enter = async (ip: string): Promise<void> => {
    await tenantry.login({ email, password, ip }).catch((error: unknown) => {
      codes.push(isTenantryError(error) ? error.code : String(error))
    })
  }
  await Promise.all(ips.map(enter))
  await db.destroy()
  await connection?.close()
  return { entered: ips.length - codes.length, codes: [...new Set(codes)] }
}

/** Nothing is given back to it: so each right password that got in was a try that counted, and nothing else was compared to any purpose. */
const keepingAll = (store: ThrottleStore): ThrottleStore => ({
  take: (requests, cost, now) => store.take(requests, Math.max(cost, 0), now),
})
