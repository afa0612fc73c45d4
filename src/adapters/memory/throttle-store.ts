import { LRUCache } from 'lru-cache'
import { decideGcraTogether, type GcraDecision } from '../../domain/gcra.js'
import { TenantryError } from '../../errors.js'
import type { ThrottleState, ThrottleStore } from '../../ports/throttle-store.js'

/** How much a throttle in memory may hold. */
export interface MemoryThrottleOptions {
  /** Budgets kept at once, a positive integer; 65,536 when left out, about 10 MB when all are in use. */
  readonly maxKeys?: number
}

/** How many budgets a full store looks at to make room for a new one. */
const candidates = 8

/**
 * A throttle in the memory of this process: for one process, for tests, or where every process may give the whole limit.
 *
 * It keeps one number for each of at most `maxKeys` budgets. A full store makes room for a new key among the eight budgets not looked at for
 * longest: those that are whole again go, or else the one that would be whole soonest, which then is whole at once. So a flood of new
 * keys makes nobody wait, and to win back an exhausted budget it has to bring most of the store as far from whole as that one is: keys
 * with one call each displace one another.
 *
 * @throws TenantryError `invalid_input` when `maxKeys` is not a positive integer
 */
export function memoryThrottleStore({ maxKeys = 65_536 }: MemoryThrottleOptions = {}): ThrottleStore {
  if (!Number.isSafeInteger(maxKeys) || maxKeys < 1) {
    throw new TenantryError('invalid_input', { issues: [{ path: 'maxKeys', message: 'use a positive integer' }] })
  }
  const tats = new LRUCache<string, number>({ max: maxKeys })
  return {
    async take(requests, cost, now) {
      const nowMs = now.getTime()
      const budgets = requests.map(({ key, limit, windowSeconds }) => ({ key, limit, windowSeconds, tat: tats.get(key) ?? null }))
      const { allowed, decisions } = decideGcraTogether(budgets, cost, nowMs)
      const states = budgets.map(({ key, tat: before }, index): ThrottleState => {
        const { tat, remaining, resetMs, retryAfterMs } = decisions[index] as GcraDecision
        if (tat !== before) keep(tats, key, tat, nowMs)
        return { key, remaining, resetMs, retryAfterMs }
      })
      return { allowed, states }
    },
  }
}

function keep(tats: LRUCache<string, number>, key: string, tat: number | null, nowMs: number): void {
  if (tat === null) {
    tats.delete(key)
    return
  }
  if (tats.size === tats.max && !tats.has(key)) makeRoom(tats, nowMs * 1000)
  tats.set(key, tat)
}

/** Drops the whole budgets among the candidates, or else the one that would be whole soonest. */
function makeRoom(tats: LRUCache<string, number>, now: number): void {
  const oldest: string[] = []
  for (const key of tats.rkeys()) if (oldest.push(key) === candidates) break
  // To get a key moves it to the other end, so that the next new key sees others.
  const seen = oldest.map((key) => ({ key, tat: tats.get(key) ?? 0 }))
  for (const { key, tat } of seen) if (tat <= now) tats.delete(key)
  if (tats.size === tats.max) tats.delete(seen.reduce((soonest, budget) => (budget.tat < soonest.tat ? budget : soonest)).key)
}
