import { gcraUnits } from '../../domain/gcra.js'
import type { ThrottleRequest } from '../../ports/throttle-store.js'
import type { Tats, ThrottleCall } from '../node/throttle-calls.js'
import { textList } from './lists.js'

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
