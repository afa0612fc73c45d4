import assert from 'node:assert/strict'
import { decideGcraTogether, type GcraDecision } from '../../domain/gcra.js'
import { burstOf } from '../../domain/plan.js'
import type { ThrottleRequest, ThrottleState, ThrottleStore } from '../../ports/throttle-store.js'
import { type Answer, at, budget, dice, hourMs, type ThrottleCases, take } from './world.js'

interface Call {
  readonly ms: number
  readonly cost: number
}

/** Calls that come in crowds and with pauses, up to a tenth of the limit each. */
function randomCalls(roll: (sides: number) => number, { limit, windowSeconds }: ThrottleRequest, length: number): Call[] {
  let ms = 0
  return Array.from({ length }, () => {
    const pauses = [0, 0, 1, roll(50), roll(windowSeconds * 100), roll(windowSeconds * 1000)]
    ms += pauses[roll(pauses.length)] ?? 0
    return { ms, cost: 1 + roll(Math.ceil(limit / 10)) }
  })
}

async function play(store: ThrottleStore, request: ThrottleRequest, calls: readonly Call[]): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const { ms, cost } of calls) answers.push(await take(store, request, at(ms), cost))
  return answers
}

/** The most that was admitted in any interval, above what the rule gives back in its time; never more than the burst. */
function largestBurst(calls: readonly Call[], { limit, windowSeconds }: ThrottleRequest): number {
  const from = calls.map((first, index) => {
    let sum = 0
    return calls.slice(index).map(({ ms, cost }) => {
      sum += cost
      return sum - ((ms - first.ms) * limit) / (windowSeconds * 1000)
    })
  })
  return Math.max(...from.flat())
}

/** The port by its rule alone: a number per key. */
function model(): (requests: readonly ThrottleRequest[], cost: number, nowMs: number) => { allowed: boolean; states: ThrottleState[] } {
  const tats = new Map<string, number | null>()
  return (requests, cost, nowMs) => {
    const budgets = requests.map((request) => ({ ...request, tat: tats.get(request.key) ?? null }))
    const { allowed, decisions } = decideGcraTogether(budgets, cost, nowMs)
    const states = budgets.map(({ key }, index) => {
      const { tat, remaining, resetMs, retryAfterMs } = decisions[index] as GcraDecision
      tats.set(key, tat)
      return { key, remaining, resetMs, retryAfterMs }
    })
    return { allowed, states }
  }
}

/** Promises about long histories, drawn from fixed seeds. */
export const historyCases: ThrottleCases = {
  'no interval of time admits more than the burst and what the rule gives back in it': async (store) => {
    for (let seed = 1; seed <= 6; seed++) {
      const roll = dice(seed)
      const whole = budget(1 + roll(40), 1 + roll(60), `scope-${seed}`)
      const request = seed % 2 === 0 ? { ...whole, burst: 1 + roll(whole.limit) } : whole
      const calls = randomCalls(roll, request, 120)
      const answers = await play(store, request, calls)
      const admitted = calls.filter((_, index) => answers[index]?.allowed)
      assert.ok(largestBurst(admitted, request) <= burstOf(request) + 1e-6, `seed ${seed}`)
      assert.ok(admitted.length < calls.length, `seed ${seed} refuses nothing and shows nothing`)
    }
  },
  'the same calls at the same moments get the same answers, whatever other keys do': async (store) => {
    const roll = dice(21)
    const [one, other] = [budget(9, 13, 'one'), budget(9, 13, 'other')]
    const calls = randomCalls(roll, one, 100)
    const alone = await play(store, one, calls)
    const disturbed: Answer[] = []
    for (const { ms, cost } of calls) {
      await take(store, budget(3, 5, `noise-${roll(4)}`), at(ms), 1 + roll(3))
      disturbed.push(await take(store, other, at(ms), cost))
    }
    assert.deepEqual(
      disturbed,
      alone.map((answer) => ({ ...answer, key: 'other' })),
    )
  },
  'every answer is that of the rule decideGcra, with several budgets, bursts, calls given back and a clock that steps': async (store) => {
    const roll = dice(31)
    const expected = model()
    const budgets = [
      budget(5, 10, 'a:account-1'),
      { ...budget(7, 60, 'b:account-1'), burst: 4 },
      budget(30, 1, 'c:account-1'),
      { ...budget(1000, 3600, 'd:account-1'), burst: 20 },
    ]
    const costs = [0, 1, 1, 2, 3, 5, 6, -1, -2, -30]
    const steps = [0, 0, 1, 40, 700, 9000, 70_000, -300, -2000, hourMs, -hourMs]
    let ms = 0
    for (let call = 0; call < 500; call++) {
      ms += steps[roll(steps.length)] ?? 0
      const asked = budgets.filter(() => roll(2) === 0)
      const requests = asked.length === 0 ? budgets.slice(0, 1) : asked
      const cost = costs[roll(costs.length)] ?? 0
      assert.deepEqual(await store.take(requests, cost, at(ms)), expected(requests, cost, at(ms)), `call ${call}`)
    }
  },
}
