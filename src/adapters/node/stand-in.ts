import { burstOf } from '../../domain/plan.js'
import { isTenantryError } from '../../errors.js'
import type { OutagePolicy, ThrottleDecision, ThrottleRequest, ThrottleStore } from '../../ports/throttle-store.js'

/**
 * A throttle store by the host's choice for when `store` fails with `store_unavailable`: every call is let through (`open`), none is
 * (`closed`: the error is the answer), or `local` decides. A decision of the store that comes at once is given at once.
 */
export function withStandIn(store: ThrottleStore, policy: OutagePolicy, local: ThrottleStore): ThrottleStore {
  if (policy === 'closed') return store
  const standIn = policy === 'open' ? letAllThrough : local
  return {
    take(requests, cost, nowMs) {
      const instead = (error: unknown) => {
        if (!isTenantryError(error, 'store_unavailable')) throw error
        return standIn.take(requests, cost, nowMs)
      }
      try {
        const answer = store.take(requests, cost, nowMs)
        return answer instanceof Promise ? answer.catch(instead) : answer
      } catch (error) {
        return instead(error)
      }
    },
  }
}

/** Shows every budget as whole. */
const letAllThrough: ThrottleStore = {
  take: (requests: readonly ThrottleRequest[]): ThrottleDecision => ({
    allowed: true,
    states: requests.map((request) => ({ key: request.key, remaining: burstOf(request), resetMs: 0, retryAfterMs: 0 })),
  }),
}
