import { whole } from '../support/figures.js'
import type { Measured } from '../support/load.js'
import { type Effort, ratiosOf } from '../support/turns.js'
import { type Contender, hold, level, ours, type Target } from './contest.js'
import { few, roomy } from './limiter.js'
import { fastify, fastifyBare, flexible, limiters, lookUpAlone, type MemoryLimiter } from './memory-limiters.js'

const keyCount = 16_384

/** The decisions of the throttles that live in the memory of the process, each called as its own middleware calls it. */
export async function benchMemory(effort: Effort): Promise<Target[]> {
  const keys = Array.from({ length: keyCount }, (_, number) => `api:account-${number}`)
  const batches = Array.from({ length: 32 }, () => Array.from({ length: 4096 }, () => pick(keys)))
  for (const limiter of limiters) await check(limiter)
  const contenders = [...limiters, lookUpAlone].map((limiter) => contender(limiter, batches))
  const runs = await hold({ title: `Throttle in memory, one call after the other, ${whole(keyCount)} keys`, contenders }, effort)
  return [
    { what: 'throttle in memory, x rate-limiter-flexible', values: ratiosOf(runs, ours, flexible.name), atLeast: 5 },
    { what: 'throttle in memory, x @fastify/rate-limit', values: ratiosOf(runs, ours, fastify.name), atLeast: level },
    {
      what: 'throttle in memory, x the store of @fastify/rate-limit alone',
      values: ratiosOf(runs, ours, fastifyBare.name),
      atLeast: level,
    },
  ]
}

const pick = (keys: readonly string[]): string => keys[Math.floor(Math.random() * keys.length)] ?? ''

async function check({ name, make }: MemoryLimiter): Promise<void> {
  const admitted = await make(few, keyCount)(Array.from({ length: 20 }, () => 'api:check'))
  if (admitted !== few.limit) throw new Error(`${name} admitted ${admitted} calls instead of ${few.limit}`)
}

/** Goes through the same keys in the same order as the others. */
function contender({ name, make }: MemoryLimiter, batches: readonly (readonly string[])[]): Contender {
  const takeAll = make(roomy, keyCount)
  return {
    name,
    async run(seconds) {
      const start = performance.now()
      let [calls, admitted, spent] = [0, 0, 0]
      for (let turn = 0; spent < seconds; turn++, spent = (performance.now() - start) / 1000) {
        const keys = batches[turn % batches.length] ?? []
        admitted += await takeAll(keys)
        calls += keys.length
      }
      if (admitted !== calls) throw new Error(`${name} refused ${calls - admitted} calls that were within the limit`)
      return { perSecond: calls / spent, ...untimed }
    },
  }
}

/** Calls of less than a microsecond are not timed one by one. */
const untimed: Omit<Measured, 'perSecond'> = { p50: Number.NaN, p99: Number.NaN }
