import { burstOf } from '../../domain/plan.js'
import type { ThrottleRequest, ThrottleState, ThrottleStore } from '../../ports/throttle-store.js'

/** Promises by the sentence that names them. */
export type ThrottleCases = Readonly<Record<string, (store: ThrottleStore) => Promise<void>>>

/** Has milliseconds, so that a store which drops them fails. */
const start = new Date('2026-03-01T12:00:00.123Z').getTime()

/** The moment `ms` after the start of a case. */
export const at = (ms: number): number => start + ms

/** An hour in milliseconds: the step that a store must bear. */
export const hourMs = 3_600_000

/** A request for one budget. */
export const budget = (limit: number, windowSeconds: number, key = 'api:account-1'): ThrottleRequest => ({ key, limit, windowSeconds })

/** Rules whose interval is a whole number of milliseconds, and rules whose is not. */
export const rules: readonly ThrottleRequest[] = [
  budget(1, 1),
  budget(10, 60),
  budget(7, 60),
  budget(3, 1),
  budget(1000, 60),
  budget(90, 86_400),
]

/** One decision about one budget. */
export interface Answer extends ThrottleState {
  readonly allowed: boolean
}

/** Asks for one budget. */
export async function take(store: ThrottleStore, request: ThrottleRequest, nowMs: number, cost = 1): Promise<Answer> {
  const { allowed, states } = await store.take([request], cost, nowMs)
  const [state] = states
  if (state === undefined || states.length !== 1) throw new Error('one request is answered by one state')
  return { allowed, ...state }
}

/** How many of `times` calls at one moment are admitted, one after the other. */
export async function admitted(store: ThrottleStore, request: ThrottleRequest, times: number, nowMs: number): Promise<number> {
  let count = 0
  for (let call = 0; call < times; call++) if ((await take(store, request, nowMs)).allowed) count += 1
  return count
}

/** Takes all that a whole budget has at once. */
export const exhaust = (store: ThrottleStore, request: ThrottleRequest, nowMs: number): Promise<Answer> =>
  take(store, request, nowMs, burstOf(request))

/** Integers from 0 to `sides - 1`, the same row for the same seed (mulberry32). */
export function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides
  }
}
