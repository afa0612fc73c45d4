import { MemoryStore, type Options } from 'express-rate-limit'
import { LRUCache } from 'lru-cache'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { memoryThrottleStore } from 'tenantry/memory'
import { ours } from './contest.js'
import { increment, localStore } from './fastify-stores.js'
import type { Rule } from './limiter.js'

/** A limiter that is asked for one call on each of these keys, and says how many it admitted. Each has a loop of its own for the compiler. */
export interface MemoryLimiter {
  readonly name: string
  make(rule: Rule, maxKeys: number): (keys: readonly string[]) => Promise<number>
}

/** As `authorize` asks it: waiting only for an answer that is not there at once. */
export const tenantry: MemoryLimiter = {
  name: ours,
  make({ limit, windowSeconds }, maxKeys) {
    const store = memoryThrottleStore({ maxKeys })
    return async (keys) => {
      let admitted = 0
      for (const key of keys) {
        const answer = store.take([{ key, limit, windowSeconds }], 1, Date.now())
        const { allowed } = answer instanceof Promise ? await answer : answer
        if (allowed) admitted += 1
      }
      return admitted
    }
  },
}

export const flexible: MemoryLimiter = {
  name: 'rate-limiter-flexible',
  make({ limit, windowSeconds }) {
    const limiter = new RateLimiterMemory({ points: limit, duration: windowSeconds })
    return async (keys) => {
      let admitted = 0
      for (const key of keys) {
        try {
          await limiter.consume(key)
          admitted += 1
        } catch (refusal) {
          if (refusal instanceof Error) throw refusal
        }
      }
      return admitted
    }
  },
}

/** In the promise in which the plugin asks its store. */
export const fastify: MemoryLimiter = {
  name: '@fastify/rate-limit',
  make({ limit, windowSeconds }, maxKeys) {
    const store = localStore(maxKeys)
    return async (keys) => {
      let admitted = 0
      for (const key of keys) {
        const { current } = await increment(store, key, windowSeconds * 1000, limit)
        if (current <= limit) admitted += 1
      }
      return admitted
    }
  },
}

/** The same store without the promise: what it costs at least. */
export const fastifyBare: MemoryLimiter = {
  name: '@fastify/rate-limit, its store alone',
  make({ limit, windowSeconds }, maxKeys) {
    const store = localStore(maxKeys)
    return async (keys) => {
      let admitted = 0
      for (const key of keys) {
        store.incr(
          key,
          (error, { current }) => {
            if (error === null && current <= limit) admitted += 1
          },
          windowSeconds * 1000,
          limit,
        )
      }
      return admitted
    }
  },
}

export const express: MemoryLimiter = {
  name: 'express-rate-limit',
  make({ limit, windowSeconds }) {
    const store = new MemoryStore()
    store.init({ windowMs: windowSeconds * 1000 } as Options)
    return async (keys) => {
      let admitted = 0
      for (const key of keys) {
        const { totalHits } = await store.increment(key)
        if (totalHits <= limit) admitted += 1
      }
      return admitted
    }
  },
}

/** No limiter: what finding a key costs at least where the key used longest ago is the first to go. */
export const lookUpAlone: MemoryLimiter = {
  name: 'lru-cache, one get and no decision',
  make({ limit }, maxKeys) {
    const counts = new LRUCache<string, number>({ max: maxKeys })
    return async (keys) => {
      let admitted = 0
      for (const key of keys) {
        const count = counts.get(key)
        if (count === undefined) counts.set(key, 1)
        if (count === undefined || count < limit) admitted += 1
      }
      return admitted
    }
  },
}

export const limiters: readonly MemoryLimiter[] = [tenantry, flexible, fastify, fastifyBare, express]
