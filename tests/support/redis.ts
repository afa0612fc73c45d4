import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import type { RedisEval } from 'tenantry/redis'

/** A connection to Redis by one of the clients that hosts use. */
export interface RedisConnection {
  readonly eval: RedisEval
  readonly evalSha: RedisEval
  close(): Promise<unknown>
}

/** A connection by ioredis that fails at once where it cannot be had. */
export function openIoredis(url: string): RedisConnection & { readonly redis: Redis } {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, enableOfflineQueue: true })
  redis.on('error', () => undefined) // every command says so itself
  return {
    redis,
    eval: (script, keys, args) => redis.eval(script, keys.length, ...keys, ...args),
    evalSha: (sha, keys, args) => redis.evalsha(sha, keys.length, ...keys, ...args),
    close: async () => redis.disconnect(),
  }
}

/** A connection by node-redis. */
export async function openNodeRedis(url: string): Promise<RedisConnection> {
  const client = await createClient({ url }).connect()
  return {
    eval: (script, keys, args) => client.eval(script, { keys, arguments: args }),
    evalSha: (sha, keys, args) => client.evalSha(sha, { keys, arguments: args }),
    close: async () => client.destroy(),
  }
}

/** A prefix for keys that nobody else has. */
export const freshPrefix = (): string => `tenantry-test:${randomUUID()}:`

/** The keys that begin so. */
export async function keysWith(redis: Redis, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const found of redis.scanStream({ match: `${prefix}*`, count: 1000 })) keys.push(...(found as string[]))
  return [...new Set(keys)].sort()
}

/** Deletes the keys that begin so. */
export async function dropKeys(redis: Redis, prefix: string): Promise<void> {
  const keys = await keysWith(redis, prefix)
  if (keys.length > 0) await redis.del(...keys)
}
