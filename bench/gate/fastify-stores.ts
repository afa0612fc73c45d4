import { createRequire } from 'node:module'
import type { Redis } from 'ioredis'

/** What `@fastify/rate-limit` counts with. The package declares no types for its own stores. */
export interface FastifyStore {
  incr(key: string, answer: (error: Error | null, counted: Counted) => void, windowMs: number, max: number): void
}

interface Counted {
  readonly current: number
}

type LocalStoreClass = new (continueExceeding: boolean, exponentialBackoff: boolean, maxKeys: number) => FastifyStore
type RedisStoreClass = new (continueExceeding: boolean, exponentialBackoff: boolean, redis: Redis, nameSpace: string) => FastifyStore

const load = createRequire(import.meta.url)
const LocalStore: LocalStoreClass = load('@fastify/rate-limit/store/LocalStore.js')
const RedisStore: RedisStoreClass = load('@fastify/rate-limit/store/RedisStore.js')

/** In memory. It holds so many keys; the plugin makes it with 5,000 where its host does not say. */
export const localStore = (maxKeys: number): FastifyStore => new LocalStore(false, false, maxKeys)

/** In Redis. */
export const redisStore = (redis: Redis, nameSpace: string): FastifyStore => new RedisStore(false, false, redis, nameSpace)

/** Asks as the plugin does. */
export const increment = (store: FastifyStore, key: string, windowMs: number, max: number): Promise<Counted> =>
  new Promise((resolve, reject) => store.incr(key, (error, counted) => (error ? reject(error) : resolve(counted)), windowMs, max))
