import type { ThrottleDecision, ThrottleRequest, ThrottleStore } from 'tenantry'
import { dice } from './dice.js'

/** One call of a transcript. */
export interface RecordedCall {
  readonly requests: readonly ThrottleRequest[]
  readonly cost: number
  readonly nowMs: number
}

const start = Date.UTC(2026, 2, 1, 12, 0, 0, 123)
const hourMs = 3_600_000

/** Callers as `throttleKey` names them, and some that a host may have made up. */
const callers = [':0198f3a2-account', ':other', ':anon:203.0.113.7', ':anon:2001:db8::', ':{b}ra}ce{', ':%61non']

/** Rules whose interval is a whole number of milliseconds, and rules whose is not; with and without a burst. */
const budgets: readonly Omit<ThrottleRequest, 'key'>[] = [
  { limit: 10, windowSeconds: 60 },
  { limit: 7, windowSeconds: 60, burst: 3 },
  { limit: 999, windowSeconds: 1 },
  { limit: 3, windowSeconds: 1, burst: 1 },
  { limit: 90, windowSeconds: 86_400, burst: 20 },
]

const steps = [0, 0, 0, 1, 7, 340, 1000, 8571, 60_000, -1, -300, -2000, hourMs, -hourMs]
const costs = [1, 1, 1, 1, 2, 3, 8, 0, -1, -2, -50]

/** Calls of several callers, each of one to five budgets, with a clock that steps: the same ones for the same seed. */
export function recordedCalls(seed: number, length: number): RecordedCall[] {
  const { upTo, pick } = dice(seed)
  let ms = start
  return Array.from({ length }, () => {
    ms += pick(steps) ?? 0
    const caller = pick(callers) ?? ''
    const first = upTo(budgets.length)
    const asked = budgets.map((budget, index) => ({ ...budget, key: `scope-${index}${caller}` }))
    const requests = asked.filter((_, index) => index === first || upTo(4) === 0)
    return { requests: upTo(2) === 0 ? requests : requests.reverse(), cost: pick(costs) ?? 1, nowMs: ms }
  })
}

/** What a store answers, one call after the other. */
export async function answersInTurn(store: ThrottleStore, calls: readonly RecordedCall[]): Promise<ThrottleDecision[]> {
  const answers: ThrottleDecision[] = []
  for (const { requests, cost, nowMs } of calls) answers.push(await store.take(requests, cost, nowMs))
  return answers
}

/** What a store answers to callers who come `size` at a time, none of whom waits for another. */
export async function answersInCrowds(store: ThrottleStore, calls: readonly RecordedCall[], size: number): Promise<ThrottleDecision[]> {
  const answers: ThrottleDecision[] = []
  for (let from = 0; from < calls.length; from += size) {
    const crowd = calls.slice(from, from + size)
    answers.push(...(await Promise.all(crowd.map(({ requests, cost, nowMs }) => store.take(requests, cost, nowMs)))))
  }
  return answers
}
