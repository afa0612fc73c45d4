import { TenantryError } from '../../errors.js'
import { failure, reasonOf } from '../../failure-reason.js'
import { isPromised } from '../../go-on.js'
import type { ThrottleDecision, ThrottleOutage, ThrottleRequest, ThrottleStore } from '../../ports/throttle-store.js'
import { tellQuietly } from '../../tell-quietly.js'

/** How a store is watched. */
export interface OutageWatchOptions {
  /** An answer that takes longer, in milliseconds, counts as none. */
  readonly timeoutMs: number
  /** Is told when an outage begins and when it is over. What it throws is ignored. */
  readonly onChange: (outage: ThrottleOutage) => unknown
}

/** For so long a store that failed is not asked, so that not every request waits for it; then one call tries. */
const pauseMs = 1000

interface Outage {
  readonly since: Date
  readonly reason: string
  /** On the clock of `performance.now()`. */
  askAgainAt: number
  isBeingTried: boolean
}

/**
 * Keeps callers of a throttle store from waiting for one that does not answer. `take` fails with `store_unavailable` when the store throws,
 * rejects, takes longer than `timeoutMs` or answers with something that is no decision; for a second after that it fails at once, and then
 * one call tries whether the store is back. An answer that the store gives at once is given at once.
 */
export function watchForOutage(store: ThrottleStore, { timeoutMs, onChange }: OutageWatchOptions): ThrottleStore {
  let outage: Outage | null = null

  const tell = (told: ThrottleOutage): void => tellQuietly(() => onChange(told))

  /** `tried` is the outage that the call was to end; `null` for a call that began when nothing was known of one. */
  const succeed = (tried: Outage | null): void => {
    if (tried === null || outage !== tried) return
    outage = null
    tell({ isOut: false, since: tried.since, reason: tried.reason })
  }

  const fail = (tried: Outage | null, nowMs: number, cause: unknown): TenantryError => {
    const askAgainAt = performance.now() + pauseMs
    if (tried !== null) {
      Object.assign(tried, { askAgainAt, isBeingTried: false })
    } else if (outage === null) {
      outage = { since: new Date(nowMs), reason: reasonOf(cause), askAgainAt, isBeingTried: false }
      tell({ isOut: true, since: outage.since, reason: outage.reason })
    }
    return unavailable(cause)
  }

  const wait = async (answer: PromiseLike<unknown>, count: number, nowMs: number, tried: Outage | null): Promise<ThrottleDecision> => {
    try {
      const decision = checked(await within(timeoutMs, answer), count)
      succeed(tried)
      return decision
    } catch (error) {
      throw fail(tried, nowMs, error)
    }
  }

  const ask = (requests: readonly ThrottleRequest[], cost: number, nowMs: number, tried: Outage | null) => {
    try {
      const answer: unknown = store.take(requests, cost, nowMs)
      if (isPromised(answer)) return wait(answer, requests.length, nowMs, tried)
      const decision = checked(answer, requests.length)
      succeed(tried)
      return decision
    } catch (error) {
      throw fail(tried, nowMs, error)
    }
  }

  return {
    take(requests, cost, nowMs) {
      if (outage === null) return ask(requests, cost, nowMs, null)
      if (outage.isBeingTried || performance.now() < outage.askAgainAt) throw unavailable(undefined)
      outage.isBeingTried = true
      return ask(requests, cost, nowMs, outage)
    },
  }
}

const unavailable = (cause: unknown): TenantryError =>
  new TenantryError(
    'store_unavailable',
    { operation: 'throttle' },
    { message: 'The store of the throttle could not answer. Try again.', cause },
  )

function within(ms: number, answer: PromiseLike<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(failure('no_answer')), ms)
    answer.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}

function checked(answer: unknown, count: number): ThrottleDecision {
  const { allowed, states } = (answer ?? {}) as Partial<ThrottleDecision>
  const isDecision = typeof allowed === 'boolean' && Array.isArray(states) && states.length === count && states.every(isState)
  if (!isDecision) throw failure('bad_answer')
  return answer as ThrottleDecision
}

function isState(state: unknown): boolean {
  const { key, remaining, resetMs, retryAfterMs } = (state ?? {}) as Record<string, unknown>
  return typeof key === 'string' && Number.isFinite(remaining) && Number.isFinite(resetMs) && Number.isFinite(retryAfterMs)
}
