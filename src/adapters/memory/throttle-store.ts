import { LRUCache } from 'lru-cache'
import { decideGcraTogether, type GcraDecision } from '../../domain/gcra.js'
import { TenantryError } from '../../errors.js'
import type { ThrottleState, ThrottleStore } from '../../ports/throttle-store.js'

/** How much a throttle in memory may hold. */
export interface MemoryThrottleOptions {
  /** Budgets kept at once, a positive integer; 65,536 when left out, under 10 MB when all are in use. */
  readonly maxKeys?: number
}

/** How many of the budgets used longest ago a full store looks at to make room for a new one. */
const candidates = 8

/**
 * A throttle in the memory of this process: for one process, for tests, or where every process may give the whole limit.
 *
 * It keeps one number for each of at most `maxKeys` budgets. A full store makes room for a new key among the eight budgets that were used
 * longest ago: the one goes that is whole, or would be whole soonest, and then is whole at once. So a flood of new keys makes nobody wait,
 * and an exhausted budget is the last of its neighbours to go: keys with one call each displace one another.
 *
 * @throws TenantryError `invalid_input` when `maxKeys` is not a positive integer
 */
export function memoryThrottleStore({ maxKeys = 65_536 }: MemoryThrottleOptions = {}): ThrottleStore {
  if (!Number.isSafeInteger(maxKeys) || maxKeys < 1) {
    throw new TenantryError('invalid_input', { issues: [{ path: 'maxKeys', message: 'use a positive integer' }] })
  }
  // Made at the first call: the cache reserves room for all its keys at once, which a host that throttles elsewhere need not pay for.
  let cache: LRUCache<string, number> | null = null
  const open = (): LRUCache<string, number> => (cache ??= new LRUCache({ max: maxKeys }))
  const keep = (tats: LRUCache<string, number>, key: string, tat: number | null): void => {
    if (tat === null) {
      tats.delete(key)
      return
    }
    if (tats.size >= maxKeys && !tats.has(key)) makeRoom(tats)
    tats.set(key, tat)
  }
  return {
    async take(requests, cost, now) {
      const tats = open()
      const budgets = requests.map((request) => ({ ...request, tat: tats.get(request.key) ?? null }))
      const { allowed, decisions } = decideGcraTogether(budgets, cost, now.getTime())
      const states = budgets.map(({ key }, index): ThrottleState => {
        const { tat, remaining, resetMs, retryAfterMs } = decisions[index] as GcraDecision
        keep(tats, key, tat)
        return { key, remaining, resetMs, retryAfterMs }
      })
      return { allowed, states }
    },
  }
}

/** Drops one budget of a cache that is not empty. */
function makeRoom(tats: LRUCache<string, number>): void {
  const wholeAt = (key: string): number => tats.peek(key) ?? 0
  const oldest = Array.from(first(tats.rkeys(), candidates))
  tats.delete(oldest.reduce((soonest, key) => (wholeAt(key) < wholeAt(soonest) ? key : soonest)))
}

function* first<Item>(items: Iterator<Item>, count: number): Generator<Item> {
  for (let taken = 0; taken < count; taken++) {
    const { value, done } = items.next()
    if (done) return
    yield value
  }
}
