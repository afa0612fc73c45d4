import type { RateLimiterAbstract } from 'rate-limiter-flexible'
import type { ThrottleStore } from 'tenantry'
import type { Rule, Take } from './limiter.js'

/** A call of `authorize` on a throttle store. */
export const tenantryTake =
  (store: ThrottleStore, rule: Rule, prefix: string): Take =>
  async (key) =>
    (await store.take([{ key: `${prefix}${key}`, ...rule }], 1, Date.now())).allowed

/** A call of `consume`, which rejects with an answer where it refuses. */
export const flexibleTake =
  (limiter: RateLimiterAbstract): Take =>
  async (key) => {
    try {
      await limiter.consume(key)
      return true
    } catch (refusal) {
      if (refusal instanceof Error) throw refusal
      return false
    }
  }
