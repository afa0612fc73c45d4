import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import type { Effort } from '../support/turns.js'
import { level, ours, type Target } from './contest.js'
import { increment, redisStore } from './fastify-stores.js'
import { benchLimiters, type Limiter, type LoadTarget, type Rule, type Take } from './limiter.js'
import { redisThrottles } from './ours.js'
import { flexibleTake, tenantryTake } from './takes.js'

const [flexible, fastify] = ['rate-limiter-flexible', '@fastify/rate-limit']

const wanted: readonly LoadTarget[] = [
  { keys: 'spread', inFlight: 32, to: flexible, atLeast: level },
  { keys: 'spread', inFlight: 32, to: fastify, atLeast: level },
  { keys: 'one', inFlight: 32, to: flexible, atLeast: 2 },
  { keys: 'one', inFlight: 32, to: fastify, atLeast: 2 },
]

/** The Redis of `TENANTRY_BENCH_REDIS_URL`, or of this machine. */
const redisUrl = (): string => process.env['TENANTRY_BENCH_REDIS_URL'] || 'redis://127.0.0.1:6379'

/** The throttles that count in Redis, each through one connection of ioredis. */
export async function benchRedis(effort: Effort): Promise<Target[]> {
  const run = `tenantry-bench-${randomBytes(6).toString('hex')}`
  const connections = await Promise.all([connect(), connect(), connect()])
  try {
    return await benchLimiters('Redis', limitersOn(run, connections), wanted, effort)
  } finally {
    await forget(connections[0], run)
    for (const connection of connections) connection.disconnect()
  }
}

function limitersOn(run: string, [first, second, third]: readonly [Redis, Redis, Redis]): Limiter[] {
  const prefixOf = ({ limit }: Rule): string => `${run}:${limit}:`
  return [
    { name: ours, make: (rule) => tenantryTake(redisThrottles(first), rule, prefixOf(rule)) },
    { name: flexible, make: (rule) => flexibleTake(flexibleLimiter(second, rule, prefixOf(rule))) },
    { name: fastify, make: (rule) => fastifyTake(third, rule, prefixOf(rule)) },
  ]
}

const flexibleLimiter = (storeClient: Redis, { limit, windowSeconds }: Rule, keyPrefix: string): RateLimiterRedis =>
  new RateLimiterRedis({ storeClient, points: limit, duration: windowSeconds, keyPrefix })

function fastifyTake(redis: Redis, { limit, windowSeconds }: Rule, nameSpace: string): Take {
  const store = redisStore(redis, nameSpace)
  return async (key) => (await increment(store, key, windowSeconds * 1000, limit)).current <= limit
}

/** Fails at once where there is no server, as the makers of both peers advise for limiters. */
async function connect(): Promise<Redis> {
  const redis = new Redis(redisUrl(), { lazyConnect: true, connectTimeout: 2000, maxRetriesPerRequest: 1, retryStrategy: null })
  try {
    await redis.connect()
    return redis
  } catch {
    throw new Error(`The Redis at ${new URL(redisUrl()).host} does not answer. Start it, or name one with TENANTRY_BENCH_REDIS_URL.`)
  }
}

async function forget(redis: Redis, run: string): Promise<void> {
  for (let cursor = '0', done = false; !done; done = cursor === '0') {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `*${run}:*`, 'COUNT', 1000)
    if (keys.length > 0) await redis.unlink(...keys)
    cursor = next
  }
}
