import { gcraUnits } from '../../domain/gcra.js'
import type { ThrottleRequest } from '../../ports/throttle-store.js'
import type { Tats, ThrottleCall } from '../node/throttle-calls.js'
import { textList } from './lists.js'
import type { TakenRules } from './throttle-each-sql.js'

/** What a statement is asked for calls. */
export interface TakeParameters {
  /** The keys of all calls, each once, in the order in which every process locks them. */
  readonly keys: readonly string[]
  readonly parameters: readonly string[]
}

/** What {@link throttleEachSql} is asked. */
export interface EachParameters extends TakeParameters {
  readonly rules: TakenRules
}

/** The parameters of {@link throttleEachSql}; `null` where it would not decide as the rule does, or not at all. */
export function eachParameters(calls: readonly ThrottleCall[]): EachParameters | null {
  const parts: Part[] = []
  for (const call of calls) {
    const part = partOf(call)
    if (part === null) return null
    parts.push(part)
  }
  parts.sort((one, other) => (one.key < other.key ? -1 : 1))
  if (parts.some(({ key }, index) => key === parts[index + 1]?.key)) return null
  const keys = parts.map(({ key }) => key)
  const [first] = parts
  const lists = [textList(keys), textList(parts.map(({ tat }) => tat))]
  if (first !== undefined && parts.every(({ room, taken }) => room === first.room && taken === first.taken)) {
    return { rules: 'one', keys, parameters: [...lists, String(first.room), String(first.taken)] }
  }
  const rules = new Map<string, number>()
  const numbers = parts.map(({ room, taken }) => {
    const rule = `${room},${taken}`
    const number = rules.get(rule) ?? -1 - rules.size
    rules.set(rule, number)
    return number
  })
  return { rules: 'several', keys, parameters: [...lists, textList(numbers), `{${[...rules.keys()].join(',')}}`] }
}

/** What a call asks of its only budget, in microseconds: what it takes, what a whole one then has room for, and its number after that. */
interface Part {
  readonly key: string
  readonly taken: number
  readonly room: number
  readonly tat: number
}

/** `null` for calls that are not of one budget, do not fit in it, or take nothing, for clocks before 1970, and for what has no exact numbers. */
function partOf({ requests, cost, nowMs }: ThrottleCall): Part | null {
  const [request] = requests
  if (request === undefined || requests.length > 1) return null
  const { interval, capacity } = gcraUnits(request)
  const [now, taken] = [nowMs * 1000, cost * interval]
  if (!(cost > 0 && taken <= capacity && nowMs >= 0 && Number.isSafeInteger(now + capacity))) return null
  return { key: request.key, taken, room: capacity - taken, tat: now + taken }
}

/** The parameters of `tenantry_throttle_take`, which the migration explains. */
export function takeParameters(calls: readonly ThrottleCall[]): TakeParameters {
  const keys = [...new Set(calls.flatMap(({ requests }) => requests.map(({ key }) => key)).sort())]
  const places = new Map(keys.map((key, index) => [key, index + 1]))
  const orders = calls.map(({ requests, cost, nowMs }) => {
    const shares = requests.map((request) => `,${places.get(request.key)},${share(request, cost)}`)
    return `${nowMs * 1000},${requests.length}${shares.join('')}`
  })
  return { keys, parameters: [textList(keys), `{${orders.join(',')}}`] }
}

/** What a call takes from a budget, and what the budget holds. Costs beyond exact numbers do not fit in any case, nor do their products in a bigint. */
function share(request: ThrottleRequest, cost: number): string {
  const { interval, capacity } = gcraUnits(request)
  const taken = Math.max(-Number.MAX_SAFE_INTEGER, Math.min(cost * interval, Number.MAX_SAFE_INTEGER))
  return `${taken},${capacity}`
}

/** What was found under each key, from an array of bigint as Postgres writes it, or one by one. */
export function foundTats(keys: readonly string[], found: readonly (string | null)[]): Tats {
  return new Map(keys.map((key, index) => [key, tatOf(found[index])]))
}

const tatOf = (text: string | null | undefined): number | null =>
  text === null || text === undefined || text === 'NULL' ? null : Number(text)
