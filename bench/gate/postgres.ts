import type pg from 'pg'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import type { BenchDatabase } from '../support/database.js'
import type { Effort } from '../support/turns.js'
import { ours, type Target } from './contest.js'
import { benchLimiters, type Limiter, type LoadTarget, type Rule } from './limiter.js'
import { postgresThrottles } from './ours.js'
import { flexibleTake, tenantryTake } from './takes.js'

const flexible = 'rate-limiter-flexible'

const wanted: readonly LoadTarget[] = [
  { keys: 'spread', inFlight: 32, to: flexible, atLeast: 6 },
  { keys: 'one', inFlight: 32, to: flexible, atLeast: 20 },
  { keys: 'spread', inFlight: 1, to: flexible, atLeast: 1.5 },
]

/** The throttles that count in Postgres: on the same server, through the same pool. */
export async function benchPostgres({ db, pool }: BenchDatabase, effort: Effort): Promise<Target[]> {
  for (const [table, kind] of Object.entries(tables)) await pool.query(createTable(table, kind))
  const limiters: Limiter[] = [
    { name: ours, make: (rule) => tenantryTake(postgresThrottles(db, pool), rule, prefixOf(rule)) },
    { name: flexible, make: (rule) => flexibleTake(flexibleLimiter(pool, rule, 'flexible')) },
    { name: `${flexible}, unlogged table`, make: (rule) => flexibleTake(flexibleLimiter(pool, rule, 'flexible_unlogged')) },
  ]
  return benchLimiters('Postgres', limiters, wanted, effort)
}

/** The second is not what its users get, but what they could make of it: counts need not survive a crash of the server. */
const tables = { flexible: '', flexible_unlogged: 'unlogged' } as const

/** The table as rate-limiter-flexible creates it. */
const createTable = (name: string, kind: string): string =>
  `create ${kind} table ${name} (key varchar(255) primary key, points integer not null default 0, expire bigint)`

/** Two rules are two budgets. */
const prefixOf = ({ limit }: Rule): string => `${limit}:`

const flexibleLimiter = (pool: pg.Pool, rule: Rule, tableName: keyof typeof tables): RateLimiterPostgres =>
  new RateLimiterPostgres({
    storeClient: pool,
    points: rule.limit,
    duration: rule.windowSeconds,
    keyPrefix: prefixOf(rule),
    tableName,
    tableCreated: true,
  })
