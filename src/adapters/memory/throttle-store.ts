import { decideGcraTogether, type GcraDecision } from '../../domain/gcra.js'
import { TenantryError } from '../../errors.js'
import type { ThrottleState, ThrottleStore } from '../../ports/throttle-store.js'

/** How much a throttle in memory may hold. */
export interface MemoryThrottleOptions {
  /** Budgets kept at once, a positive integer; 65,536 when left out, under 10 MB when all are in use. */
  readonly maxKeys?: number
}

/** How many budgets a full store looks at to make room for a new one. */
const candidates = 8

/**
 * A throttle in the memory of this process: for one process, for tests, or where every process may give the whole limit.
 *
 * It keeps one number for each of at most `maxKeys` budgets. A full store makes room for a new key among the next eight budgets on its way
 * round: those that are whole again go, or else the one that would be whole soonest, which then is whole at once. So a flood of new keys
 * makes nobody wait, and to win back an exhausted budget it has to bring most of the store as far from whole as that one is: keys with
 * one call each displace one another.
 *
 * @throws TenantryError `invalid_input` when `maxKeys` is not a positive integer
 */
export function memoryThrottleStore({ maxKeys = 65_536 }: MemoryThrottleOptions = {}): ThrottleStore {
  if (!Number.isSafeInteger(maxKeys) || maxKeys < 1) {
    throw new TenantryError('invalid_input', { issues: [{ path: 'maxKeys', message: 'use a positive integer' }] })
  }
  const tats = new Map<string, number>()
  const round = goRound(tats)
  const keep = (key: string, tat: number | null, now: Date): void => {
    if (tat === null) {
      tats.delete(key)
      return
    }
    if (tats.size >= maxKeys && !tats.has(key)) makeRoom(tats, round, now)
    tats.set(key, tat)
  }
  return {
    async take(requests, cost, now) {
      const budgets = requests.map(({ key, limit, windowSeconds }) => ({ key, limit, windowSeconds, tat: tats.get(key) ?? null }))
      const { allowed, decisions } = decideGcraTogether(budgets, cost, now.getTime())
      const states = budgets.map(({ key, tat: before }, index): ThrottleState => {
        const { tat, remaining, resetMs, retryAfterMs } = decisions[index] as GcraDecision
        if (tat !== before) keep(key, tat, now)
        return { key, remaining, resetMs, retryAfterMs }
      })
      return { allowed, states }
    },
  }
}

type Entry = readonly [key: string, tat: number]

/** The entries in turn, for ever. An iterator of a map goes on correctly while entries come and go. */
function* goRound(tats: ReadonlyMap<string, number>): Generator<Entry, never> {
  for (;;) yield* tats
}

/** Drops the whole budgets among the candidates, or else the one that would be whole soonest. The map is not empty. */
function makeRoom(tats: Map<string, number>, round: Generator<Entry, never>, now: Date): void {
  const seen = Array.from({ length: candidates }, () => round.next().value)
  const whole = seen.filter(([, tat]) => tat <= now.getTime() * 1000)
  const leaving = whole.length > 0 ? whole : [seen.reduce((soonest, entry) => (entry[1] < soonest[1] ? entry : soonest))]
  for (const [key] of leaving) tats.delete(key)
}
