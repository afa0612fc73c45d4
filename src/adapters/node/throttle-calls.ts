import { decideGcraTogether, type GcraDecision } from '../../domain/gcra.js'
import type { ThrottleDecision, ThrottleRequest, ThrottleState } from '../../ports/throttle-store.js'

/** What is asked of a throttle store in one call. */
export interface ThrottleCall {
  readonly requests: readonly ThrottleRequest[]
  readonly cost: number
  readonly nowMs: number
}

/** What a throttle store keeps for keys, by key: see {@link decideGcra}. */
export type Tats = Map<string, number | null>

/**
 * What was decided of each call, by the rule, from what was kept for their keys before the first. A store that decides elsewhere has only to
 * say what it found there. Afterwards `tats` holds what is kept after the last.
 */
export const replayed = (calls: readonly ThrottleCall[], tats: Tats): ThrottleDecision[] => calls.map((call) => decided(call, tats))

function decided({ requests, cost, nowMs }: ThrottleCall, tats: Tats): ThrottleDecision {
  const budgets = requests.map((request) => ({ ...request, tat: tats.get(request.key) ?? null }))
  const { allowed, decisions } = decideGcraTogether(budgets, cost, nowMs)
  const states = budgets.map(({ key }, index): ThrottleState => {
    const { tat, remaining, resetMs, retryAfterMs } = decisions[index] as GcraDecision
    tats.set(key, tat)
    return { key, remaining, resetMs, retryAfterMs }
  })
  return { allowed, states }
}

/** Where the part of a key begins that names the caller: at `:anon`, else at the last colon. It is the same for all the keys of one call. */
export function callerAt(key: string): number {
  const anonymous = key.indexOf(':anon')
  return Math.max(0, anonymous === -1 ? key.lastIndexOf(':') : anonymous)
}
