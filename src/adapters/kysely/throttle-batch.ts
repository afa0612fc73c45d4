import { decideGcraTogether, type GcraDecision, gcraUnits } from '../../domain/gcra.js'
import type { ThrottleDecision, ThrottleRequest, ThrottleState } from '../../ports/throttle-store.js'
import { textList } from './lists.js'

/** What is asked of a throttle in one call. */
export interface ThrottleCall {
  readonly requests: readonly ThrottleRequest[]
  readonly cost: number
  readonly nowMs: number
}

/** What is kept for keys, by key. */
export type Tats = Map<string, number | null>

/** The keys of all calls, each once, in the order in which every process locks them. */
export const keysOf = (calls: readonly ThrottleCall[]): string[] => [
  ...new Set(calls.flatMap(({ requests }) => requests.map(({ key }) => key)).sort()),
]

/** The parameters of `tenantry_throttle_take`, which the migration explains. */
export function takeParameters(keys: readonly string[], calls: readonly ThrottleCall[]): string[] {
  const places = new Map(keys.map((key, index) => [key, index + 1]))
  const orders = calls.map(({ requests, cost, nowMs }) => {
    const shares = requests.map((request) => `,${places.get(request.key)},${share(request, cost)}`)
    return `${nowMs * 1000},${requests.length}${shares.join('')}`
  })
  return [textList(keys), `{${orders.join(',')}}`]
}

/** What a call takes from a budget, and what the budget holds. Costs beyond exact numbers do not fit in any case, nor do their products in a bigint. */
function share(request: ThrottleRequest, cost: number): string {
  const { interval, capacity } = gcraUnits(request)
  const taken = Math.max(-Number.MAX_SAFE_INTEGER, Math.min(cost * interval, Number.MAX_SAFE_INTEGER))
  return `${taken},${capacity}`
}

/** What `tenantry_throttle_take` has found: an array of bigint as Postgres writes it. */
export function foundTats(keys: readonly string[], found: string | null): Tats {
  const tats = found === null ? [] : found.slice(1, -1).split(',')
  return new Map(keys.map((key, index) => [key, tats[index] === 'NULL' ? null : Number(tats[index])]))
}

/** What was decided of each call, by the rule, from what was kept for their keys before the first. */
export function decisions(calls: readonly ThrottleCall[], tats: Tats): ThrottleDecision[] {
  return calls.map(({ requests, cost, nowMs }) => {
    const budgets = requests.map((request) => ({ ...request, tat: tats.get(request.key) ?? null }))
    const together = decideGcraTogether(budgets, cost, nowMs)
    const states = budgets.map(({ key }, index): ThrottleState => {
      const { tat, remaining, resetMs, retryAfterMs } = together.decisions[index] as GcraDecision
      tats.set(key, tat)
      return { key, remaining, resetMs, retryAfterMs }
    })
    return { allowed: together.allowed, states }
  })
}
