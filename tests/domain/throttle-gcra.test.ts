import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideGcra, decideGcraTogether, type GcraDecision } from '../../src/domain/gcra.js'
import { burstOf, type ThrottleRule } from '../../src/domain/plan.js'

const start = Date.UTC(2026, 2, 1, 12, 0, 0, 123)
const rule = (limit: number, windowSeconds: number): ThrottleRule => ({ limit, windowSeconds })
const tenPerMinute = rule(10, 60)
const exhausted = decideGcra(null, tenPerMinute, 10, start)

const withBurst = ({ share, ...budget }: { limit: number; windowSeconds: number; share: number | undefined }): ThrottleRule =>
  share === undefined ? budget : { ...budget, burst: Math.max(1, Math.ceil(share * budget.limit)) }
const ruleUpTo = (limit: number, windowSeconds: number): fc.Arbitrary<ThrottleRule> =>
  fc
    .record({
      limit: fc.integer({ min: 1, max: limit }),
      windowSeconds: fc.integer({ min: 1, max: windowSeconds }),
      share: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    })
    .map(withBurst)
const anyRule = ruleUpTo(5000, 86_400)
/** Any state that a clock without steps can leave behind: some part of the budget was taken up to a window ago. */
const anyPast = fc.record({ taken: fc.double({ min: 0, max: 1, noNaN: true }), agoMs: fc.integer({ min: 0, max: 100_000_000 }) })

function tatAfter(budget: ThrottleRule, { taken, agoMs }: { taken: number; agoMs: number }): number | null {
  return decideGcra(null, budget, Math.round(taken * burstOf(budget)), start - agoMs).tat
}

const shown = ({ allowed, remaining, resetMs, retryAfterMs }: GcraDecision) => ({ allowed, remaining, resetMs, retryAfterMs })

describe('decideGcra', () => {
  test('admits a call to a whole budget', () => {
    expect(decideGcra(null, tenPerMinute, 1, start)).toEqual({
      allowed: true,
      tat: (start + 6000) * 1000,
      remaining: 9,
      resetMs: 6000,
      retryAfterMs: 0,
    })
  })

  test('refuses a call to an exhausted one and keeps its number', () => {
    expect(decideGcra(exhausted.tat, tenPerMinute, 1, start)).toEqual({
      allowed: false,
      tat: exhausted.tat,
      remaining: 0,
      resetMs: 60_000,
      retryAfterMs: 6000,
    })
  })

  test('forgets a budget that is whole again', () => {
    expect(decideGcra(exhausted.tat, tenPerMinute, 0, start + 60_000).tat).toBeNull()
    expect(decideGcra(exhausted.tat, tenPerMinute, 0, start + 59_999).tat).toBe(exhausted.tat)
    expect(decideGcra(exhausted.tat, tenPerMinute, 11, start + 60_000).tat).toBeNull()
  })

  test('refuses a cost above the limit always, for a window', () => {
    expect(shown(decideGcra(null, tenPerMinute, 11, start))).toEqual({ allowed: false, remaining: 10, resetMs: 0, retryAfterMs: 60_000 })
  })

  test('lets a cost of the whole limit wait only until it fits', () => {
    const { tat } = decideGcra(null, tenPerMinute, 1, start)
    expect(decideGcra(tat, tenPerMinute, 10, start)).toMatchObject({ allowed: false, retryAfterMs: 6000 })
  })

  test('only looks when the cost is nothing', () => {
    expect(shown(decideGcra(exhausted.tat, tenPerMinute, 0, start + 12_000))).toEqual({
      allowed: true,
      remaining: 2,
      resetMs: 48_000,
      retryAfterMs: 0,
    })
  })

  test('counts from the burst where the rule has one, and gives back at the rate of its limit', () => {
    const three = { ...tenPerMinute, burst: 3 }
    const used = decideGcra(null, three, 3, start)
    expect(used).toEqual({ allowed: true, tat: (start + 18_000) * 1000, remaining: 0, resetMs: 18_000, retryAfterMs: 0 })
    expect(shown(decideGcra(used.tat, three, 1, start))).toEqual({ allowed: false, remaining: 0, resetMs: 18_000, retryAfterMs: 6000 })
    expect(shown(decideGcra(null, three, 4, start))).toEqual({ allowed: false, remaining: 3, resetMs: 0, retryAfterMs: 60_000 })
  })

  test('gives calls back, never more than were taken, and forgets a budget that is whole by it', () => {
    expect(decideGcra(exhausted.tat, tenPerMinute, -4, start)).toEqual({
      allowed: true,
      tat: (start + 36_000) * 1000,
      remaining: 4,
      resetMs: 36_000,
      retryAfterMs: 0,
    })
    const whole = { allowed: true, tat: null, remaining: 10, resetMs: 0, retryAfterMs: 0 }
    for (const [tat, cost] of [[exhausted.tat, -10] as const, [exhausted.tat, -1000] as const, [null, -1] as const]) {
      expect(decideGcra(tat, tenPerMinute, cost, start)).toEqual(whole)
    }
  })

  test('takes back what it gave, and gives back what it took', () => {
    fc.assert(
      fc.property(anyRule, anyPast, fc.integer({ min: 1, max: 5000 }), (budget, past, cost) => {
        const before = decideGcra(tatAfter(budget, past), budget, 0, start)
        const taken = decideGcra(before.tat, budget, cost, start)
        if (taken.allowed) expect(decideGcra(taken.tat, budget, -cost, start)).toEqual(before)
        expect(decideGcra(before.tat, budget, -cost, start)).toMatchObject({ allowed: true, retryAfterMs: 0 })
      }),
    )
  })

  test('keeps the used part of a budget when its limit changes', () => {
    const { tat } = decideGcra(null, tenPerMinute, 5, start)
    expect(decideGcra(tat, rule(1000, 60), 0, start).remaining).toBe(500)
  })

  test.each([rule(1, 1), rule(7, 60), rule(3, 1), rule(999, 1), rule(10_007, 3600), rule(1_000_000, 1)])(
    'fits exactly the limit of %j into a whole budget, in single calls and in one',
    (budget) => {
      const calls = Math.min(budget.limit, 20_000)
      const first = decideGcra(null, budget, budget.limit - calls, start)
      let decision = first
      for (let call = 0; call < calls; call++) decision = decideGcra(decision.tat, budget, 1, start)
      expect(shown(decision)).toMatchObject({ allowed: true, remaining: 0 })
      expect(decideGcra(decision.tat, budget, 1, start).allowed).toBe(false)
      expect(decision.tat).toBe(decideGcra(null, budget, budget.limit, start).tat)
    },
  )

  test('is whole after the part of its window that its burst is of its limit, and at most a microsecond for each call more', () => {
    fc.assert(
      fc.property(anyRule, (budget) => {
        const burst = burstOf(budget)
        const { resetMs } = decideGcra(null, budget, burst, start)
        const wholeMs = (budget.windowSeconds * 1000 * burst) / budget.limit
        expect(resetMs).toBeGreaterThanOrEqual(Math.floor(wholeMs))
        expect(resetMs).toBeLessThanOrEqual(Math.ceil(wholeMs + burst / 1000))
      }),
    )
  })

  test('works in whole microseconds', () => {
    fc.assert(
      fc.property(anyRule, anyPast, fc.integer({ min: 1, max: 5000 }), (budget, past, cost) => {
        const decision = decideGcra(tatAfter(budget, past), budget, cost, start)
        for (const number of [decision.tat ?? 0, decision.remaining, decision.resetMs, decision.retryAfterMs]) {
          expect(Number.isSafeInteger(number) && number >= 0).toBe(true)
        }
      }),
    )
  })

  test('lets a refused call in after its wait, and not a millisecond before', () => {
    fc.assert(
      fc.property(anyRule, anyPast, fc.integer({ min: 1, max: 5000 }), (budget, past, cost) => {
        fc.pre(cost <= burstOf(budget))
        const { allowed, tat, retryAfterMs } = decideGcra(tatAfter(budget, past), budget, cost, start)
        expect(retryAfterMs > 0).toBe(!allowed)
        if (allowed) return
        expect(decideGcra(tat, budget, cost, start + retryAfterMs).allowed).toBe(true)
        expect(decideGcra(tat, budget, cost, start + retryAfterMs - 1).allowed).toBe(false)
      }),
    )
  })

  test('says truly what remains and when it is whole', () => {
    fc.assert(
      fc.property(anyRule, anyPast, (budget, past) => {
        const { tat, remaining, resetMs } = decideGcra(tatAfter(budget, past), budget, 0, start)
        expect(decideGcra(tat, budget, remaining, start).allowed).toBe(true)
        expect(decideGcra(tat, budget, remaining + 1, start).allowed).toBe(false)
        expect(decideGcra(tat, budget, burstOf(budget), start + resetMs).allowed).toBe(true)
        if (resetMs > 0) expect(decideGcra(tat, budget, burstOf(budget), start + resetMs - 1).allowed).toBe(false)
      }),
    )
  })

  test('admits in no interval more than the burst, what comes back in it and what is given back in it', () => {
    const busyRule = ruleUpTo(20, 10)
    const gap = fc.oneof(fc.constantFrom(0, 0, 1), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 10_000 }))
    const call = fc.record({ gap, cost: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: -3, max: 4 })) })
    fc.assert(
      fc.property(busyRule, fc.array(call, { minLength: 20, maxLength: 120 }), (budget, calls) => {
        const admitted: { ms: number; taken: number; givenBack: number }[] = []
        let [ms, tat]: [number, number | null] = [start, null]
        for (const { gap, cost } of calls) {
          ms += gap
          const inUse = burstOf(budget) - decideGcra(tat, budget, 0, ms).remaining
          const decision = decideGcra(tat, budget, cost, ms)
          tat = decision.tat
          if (decision.allowed) admitted.push({ ms, taken: Math.max(0, cost), givenBack: Math.min(Math.max(0, -cost), inUse) })
        }
        for (const [index, first] of admitted.entries()) {
          let [taken, room] = [0, burstOf(budget)]
          for (const call of admitted.slice(index)) {
            taken += call.taken
            room += call.givenBack
            // In whole numbers: taken <= burst + given back + t * limit / window, times the window.
            const windowMs = budget.windowSeconds * 1000
            expect(taken * windowMs).toBeLessThanOrEqual(room * windowMs + budget.limit * (call.ms - first.ms))
          }
        }
      }),
    )
  })
})

describe('decideGcra with a clock that steps', () => {
  test('forgets what a clock without a time has left behind', () => {
    const rule = { limit: 2, windowSeconds: 60 }
    const { tat } = decideGcra(null, rule, 1, Number.NaN)
    expect(decideGcra(tat, rule, 1, 1_000)).toMatchObject({ allowed: true, remaining: 1, resetMs: 30_000 })
  })

  const hourMs = 3_600_000
  const step = fc.integer({ min: 1, max: 2 * hourMs })

  test('never gives back anything for a step back', () => {
    fc.assert(
      fc.property(anyRule, anyPast, step, (budget, past, back) => {
        const before = decideGcra(tatAfter(budget, past), budget, 0, start)
        const after = decideGcra(before.tat, budget, 0, start - back)
        expect(after.remaining).toBeLessThanOrEqual(before.remaining)
        expect(decideGcra(before.tat, budget, before.remaining + 1, start - back).allowed).toBe(false)
      }),
    )
  })

  test('closes no budget for longer than its window, or by the second that clocks may differ', () => {
    fc.assert(
      fc.property(anyRule, anyPast, step, fc.integer({ min: 1, max: 5000 }), (budget, past, back, cost) => {
        fc.pre(cost <= burstOf(budget))
        const first = decideGcra(tatAfter(budget, past), budget, cost, start - back)
        const windowMs = decideGcra(null, budget, burstOf(budget), start).resetMs
        expect(first.retryAfterMs).toBeLessThanOrEqual(windowMs + 1000)
        const second = decideGcra(first.tat, budget, cost, start - back + first.retryAfterMs)
        if (!first.allowed) expect(second.allowed).toBe(true)
      }),
    )
  })

  test('treats a budget that is an hour ahead as just used up', () => {
    const decision = decideGcra(exhausted.tat, tenPerMinute, 1, start - hourMs)
    expect(decision).toEqual({ allowed: false, tat: (start - hourMs + 60_000) * 1000, remaining: 0, resetMs: 60_000, retryAfterMs: 6000 })
  })

  test('leaves a budget as it is that is ahead by a second or less', () => {
    expect(decideGcra(exhausted.tat, tenPerMinute, 1, start - 1000)).toMatchObject({ tat: exhausted.tat, remaining: 0, retryAfterMs: 7000 })
    expect(decideGcra(exhausted.tat, tenPerMinute, 1, start - 1001)).toMatchObject({
      tat: (start - 1001 + 60_000) * 1000,
      retryAfterMs: 6000,
    })
  })

  test('gives back one whole budget and no more for a step forth', () => {
    const { tat, remaining } = decideGcra(exhausted.tat, tenPerMinute, 10, start + hourMs)
    expect(remaining).toBe(0)
    expect(decideGcra(tat, tenPerMinute, 1, start + hourMs).allowed).toBe(false)
  })
})

describe('decideGcraTogether', () => {
  const whole = { ...tenPerMinute, tat: null }
  const empty = { ...tenPerMinute, tat: exhausted.tat }

  test('takes from all when all have room', () => {
    const { allowed, decisions } = decideGcraTogether([whole, { ...rule(3, 1), tat: null }], 2, start)
    expect([allowed, ...decisions.map(({ remaining }) => remaining)]).toEqual([true, 8, 1])
  })

  test('takes from none when one lacks room, and says how the others stand', () => {
    const { allowed, decisions } = decideGcraTogether([whole, empty], 2, start)
    expect(allowed).toBe(false)
    expect(decisions[0]).toEqual({ allowed: true, tat: null, remaining: 10, resetMs: 0, retryAfterMs: 0 })
    expect(decisions[1]).toEqual({ allowed: false, tat: exhausted.tat, remaining: 0, resetMs: 60_000, retryAfterMs: 12_000 })
  })

  test('decides one budget as decideGcra does', () => {
    fc.assert(
      fc.property(anyRule, anyPast, fc.integer({ min: 1, max: 5000 }), (budget, past, cost) => {
        const tat = tatAfter(budget, past)
        const alone = decideGcra(tat, budget, cost, start)
        expect(decideGcraTogether([{ ...budget, tat }], cost, start)).toEqual({ allowed: alone.allowed, decisions: [alone] })
      }),
    )
  })
})
