import { decideGcra, decideGcraTogether, type GcraDecision } from '../../domain/gcra.js'
import type { ThrottleDecision, ThrottleRequest, ThrottleState, ThrottleStore } from '../../ports/throttle-store.js'
import { type OptionRule, optional, readOptions } from '../node/read-options.js'
import { type Budgets, createBudgets, keepTat, tatAt, useSlot } from './budgets.js'

/** How much a throttle in memory may hold. */
export interface MemoryThrottleOptions {
  /**
   * Budgets kept at once, 1 to 16,777,216; 65,536 when left out. Measured with keys of 40 characters, each takes about 150 bytes: 2 MB for the
   * empty table of 65,536, made at the first call, and 10 MB when it is full.
   */
  readonly maxKeys?: number | undefined
}

/** As many as a Map of V8 holds. */
const mostKeys = 2 ** 24

const aSize: OptionRule = {
  accepts: (value) => Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= mostKeys,
  message: `use an integer from 1 to ${mostKeys}`,
}

/**
 * A throttle in the memory of this process: for one process, for tests, or where every process may give the whole limit.
 *
 * It answers at once and keeps one number for each of at most `maxKeys` budgets. A full store makes room for a new key among the eight budgets that were used
 * longest ago: the one goes that is whole, or would be whole soonest, and then is whole at once. So a flood of new keys makes nobody wait,
 * and an exhausted budget is the last of its neighbours to go: keys with one call each displace one another.
 *
 * @throws TenantryError `invalid_input` when an option is not valid
 */
export function memoryThrottleStore(options: MemoryThrottleOptions = {}): ThrottleStore {
  const { maxKeys = 65_536 } = readOptions(options, { maxKeys: optional(aSize) })
  // Made at the first call: the table reserves room for all its keys at once, which a host that throttles elsewhere need not pay for.
  let budgets: Budgets | null = null
  return {
    isLocal: true,
    take(requests, cost, nowMs) {
      budgets ??= createBudgets(maxKeys)
      const only = requests.length === 1 ? requests[0] : undefined
      return only === undefined ? takeTogether(budgets, requests, cost, nowMs) : takeOne(budgets, only, cost, nowMs)
    },
  }
}

/** The same as {@link takeTogether} for one request, as nearly every call is, without a list at every step. */
function takeOne(budgets: Budgets, request: ThrottleRequest, cost: number, nowMs: number): ThrottleDecision {
  const slot = useSlot(budgets, request.key)
  const decision = decideGcra(tatAt(budgets, slot), request, cost, nowMs)
  keepTat(budgets, request.key, slot, decision.tat)
  return { allowed: decision.allowed, states: [stateOf(request, decision)] }
}

function takeTogether(budgets: Budgets, requests: readonly ThrottleRequest[], cost: number, nowMs: number): ThrottleDecision {
  const asked = requests.map((request) => ({ ...request, tat: tatAt(budgets, useSlot(budgets, request.key)) }))
  const { allowed, decisions } = decideGcraTogether(asked, cost, nowMs)
  const states = asked.map((request, index) => {
    const decision = decisions[index] as GcraDecision
    // Looked up again: to make room for one of these keys another of them may have gone.
    keepTat(budgets, request.key, budgets.slots.peek(request.key), decision.tat)
    return stateOf(request, decision)
  })
  return { allowed, states }
}

function stateOf({ key }: ThrottleRequest, { remaining, resetMs, retryAfterMs }: GcraDecision): ThrottleState {
  return { key, remaining, resetMs, retryAfterMs }
}
