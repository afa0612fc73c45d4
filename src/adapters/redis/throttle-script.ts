import { gcraUnits } from '../../domain/gcra.js'
import { failure } from '../../failure-reason.js'
import type { ThrottleDecision } from '../../ports/throttle-store.js'
import { replayed, type ThrottleCall } from '../node/throttle-calls.js'
import { redisKey } from './throttle-keys.js'

/**
 * Decides any number of calls, in their order, in one atomic step. KEYS are the budgets, each once. The one argument is a list
 * with commas: for each call `now` in microseconds, the cost and the number of its budgets, and for each of these its place in KEYS, its
 * interval and its capacity. One long argument costs clients far less than many short ones.
 *
 * It admits as {@link decideGcraTogether} does, in the same doubles, and answers with the number that it found for each key, 0 for none:
 * whoever knows these and the calls knows everything else. Every key that is left has a time to live, also one that was found without; it is
 * a minute longer than the budget needs, for clocks that differ and calls that waited. Numbers above 10^14 must not be left to Lua's own
 * conversion, which drops digits.
 */
export const throttleScript = `
local tats, found, levels = {}, {}, {}
for i = 1, #KEYS do
  local value = redis.call('GET', KEYS[i])
  found[i] = value and string.match(value, '^%d+$') and math.min(tonumber(value), 9e15) or 0
  tats[i] = found[i]
  levels[i] = 0
end
local input = {}
for number in string.gmatch(ARGV[1], '[^,]+') do input[#input + 1] = tonumber(number) end
local at = 1
while at <= #input do
  local now, cost, count = input[at], input[at + 1], input[at + 2]
  local last, fits, after = at + 3 * count, true, {}
  for i = at + 3, last, 3 do
    local key, interval, capacity = input[i], input[i + 1], input[i + 2]
    local level = math.max(0, tats[key] - now)
    if level > capacity + 1000000 then level = capacity end
    levels[key] = level
    after[key] = math.max(0, level + cost * interval)
    if cost > 0 and after[key] > capacity then fits = false end
  end
  for i = at + 3, last, 3 do
    local key = input[i]
    if fits then levels[key] = after[key] end
    tats[key] = levels[key] == 0 and 0 or now + levels[key]
  end
  at = last + 3
end
for i = 1, #KEYS do
  if tats[i] > 0 then
    local ttl = math.ceil(levels[i] / 1000) + 60000
    redis.call('SET', KEYS[i], string.format('%.0f', tats[i]), 'PX', string.format('%.0f', ttl))
  elseif found[i] > 0 then
    redis.call('DEL', KEYS[i])
  end
end
return found`

/** What the script is to be given for some calls. */
export interface ScriptInput {
  readonly keys: string[]
  readonly args: string[]
}

/** Writes calls down for the script. */
export function scriptInput(calls: readonly ThrottleCall[], prefix: string): ScriptInput {
  const places = placesOf(calls)
  let numbers = ''
  for (const { requests, cost, nowMs } of calls) {
    numbers += `${nowMs}000,${cost},${requests.length},`
    for (const request of requests) {
      const { interval, capacity } = gcraUnits(request)
      numbers += `${places.get(request.key)},${interval},${capacity},`
    }
  }
  return { keys: Array.from(places.keys(), (key) => redisKey(prefix, key)), args: [numbers] }
}

/**
 * The decisions about calls, from what the script found.
 *
 * @throws Error with the code `bad_answer` when the reply is not one of the script
 */
export function decisionsOf(calls: readonly ThrottleCall[], reply: unknown): ThrottleDecision[] {
  const keys = [...placesOf(calls).keys()]
  const found = parseReply(reply, keys.length)
  const tats = new Map(keys.map((key, index) => [key, found[index] ?? null]))
  return replayed(calls, tats)
}

/** The place in KEYS of each key, from 1. */
function placesOf(calls: readonly ThrottleCall[]): Map<string, number> {
  const places = new Map<string, number>()
  for (const { requests } of calls) {
    for (const { key } of requests) if (!places.has(key)) places.set(key, places.size + 1)
  }
  return places
}

/** Clients give integers as numbers, as texts or as BigInts, as they were told to. */
function parseReply(reply: unknown, length: number): number[] {
  if (!Array.isArray(reply) || reply.length !== length) throw badReply(`Redis was to answer with ${length} integers and did not.`)
  return reply.map((item: unknown) => {
    const tat =
      typeof item === 'number' || typeof item === 'bigint' || (typeof item === 'string' && item !== '') ? Number(item) : Number.NaN
    if (!Number.isSafeInteger(tat) || tat < 0) throw badReply('Redis was to answer with integers and did not.')
    return tat
  })
}

const badReply = (message: string): Error => failure('bad_answer', { message })
