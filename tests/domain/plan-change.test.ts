import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addMonths } from '../../src/domain/calendar.js'
import { emptyLedger } from '../../src/domain/ledger.js'
import type { Plan } from '../../src/domain/plan.js'
import { amountsDue, changePlanNow, grantedTimes, isDearer, isGratis } from '../../src/domain/plan-change.js'
import { samples } from '../../src/testing/samples.js'

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' })
const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
const plan = (prices: Plan['prices'], overrides: Partial<Plan> = {}): Plan => samples.plan({ prices, ...overrides })
const at = (day: string): Date => new Date(`2026-${day}T00:00:00.000Z`)
const paid = (months: number) =>
  samples.subscription({ billingAnchor: at('01-31'), currentPeriodStart: at('01-31'), currentPeriodEnd: addMonths(at('01-31'), months) })

describe('isDearer', () => {
  test.each<[string, Plan['prices'], Plan['prices'], boolean]>([
    ['a higher price', [usd(200)], [usd(100)], true],
    ['the same price', [usd(100)], [usd(100)], false],
    ['a lower price', [usd(99)], [usd(100)], false],
    ['a price where there was none to pay', [usd(1)], [usd(0)], true],
    ['nothing to pay', [usd(0)], [usd(100)], false],
    ['nothing to pay, in another currency', [usd(0)], [eur(100)], false],
    ['another currency', [eur(1)], [usd(100)], true],
    ['dearer in one of two currencies', [usd(90), eur(120)], [usd(100), eur(100)], true],
    ['cheaper in both of two currencies', [usd(90), eur(90)], [usd(100), eur(100)], false],
    ['no price at all', [], [usd(100)], true],
    ['a price where there was none at all', [usd(1)], [], true],
  ])('%s', (_, to, from, answer) => {
    expect(isDearer(plan(to), plan(from))).toBe(answer)
  })

  test('compares by the month', () => {
    const yearly = plan([usd(1200)], { billingCycle: 'yearly' })
    expect(isDearer(yearly, plan([usd(100)]))).toBe(false)
    expect(isDearer(yearly, plan([usd(99)]))).toBe(true)
    expect(isDearer(plan([usd(101)]), yearly)).toBe(true)
  })
})

test('isGratis: a plan for nothing is, one without a price is not', () => {
  expect([[usd(0)], [usd(0), eur(0)], [usd(0), eur(1)], []].map((prices) => isGratis(plan(prices)))).toEqual([true, true, false, false])
})

describe('amountsDue', () => {
  const due = (to: Plan, from: Plan, now: Date, months = 3) => amountsDue(to, from, paid(months), now)

  test.each<[string, number, ReturnType<typeof usd>[]]>([
    ['01-31', 3, [usd(300)]],
    ['02-14', 1, [usd(50)]],
    ['02-28', 3, [usd(200)]],
    ['02-28', 1, []],
    ['03-31', 3, [usd(100)]],
  ])('on %s of %d months', (day, months, amounts) => {
    expect(due(plan([usd(200)]), plan([usd(100)]), at(day), months)).toEqual(amounts)
  })

  test('is told in each currency in which both are sold, rounded to the nearest minor unit', () => {
    const to = plan([usd(103), eur(101), { amountMinor: 500, currency: 'JPY' }])
    expect(due(to, plan([usd(100), eur(100)]), at('02-14'), 1)).toEqual([usd(2), eur(1)])
    expect(due(to, plan([usd(200), eur(200)]), at('02-14'), 1)).toEqual([])
  })

  test('counts a yearly plan by the month', () => {
    expect(due(plan([usd(1200)], { billingCycle: 'yearly' }), plan([usd(40)]), at('01-31'))).toEqual([usd(180)])
    expect(due(plan([usd(110)]), plan([usd(1200)], { billingCycle: 'yearly' }), at('01-31'))).toEqual([usd(30)])
  })

  test('keeps the largest amounts exact', () => {
    const large = Number.MAX_SAFE_INTEGER
    expect(amountsDue(plan([usd(large)]), plan([usd(0)]), paid(1), at('01-31'))).toEqual([usd(large)])
  })

  test('of a trial is the price of a billing cycle', () => {
    const trial = samples.subscription({ status: 'trialing' })
    expect(amountsDue(plan([usd(200), eur(0)]), plan([usd(0)]), trial, at('02-01'))).toEqual([usd(200)])
  })
})

describe('grantedTimes', () => {
  const days = (times: readonly { start: Date; end: Date }[]) =>
    times.map(({ start, end }) => [start, end].map((day) => day.toISOString().slice(5, 10)))

  test('of a trial is the trial', () => {
    const trial = samples.subscription({ status: 'trialing', currentPeriodStart: at('01-31'), currentPeriodEnd: at('02-14') })
    expect(days(grantedTimes(trial, at('02-01')))).toEqual([['01-31', '02-14']])
  })

  test('of paid time is the running month, and those that were granted early', () => {
    expect(days(grantedTimes({ ...paid(3), nextCreditsAt: at('02-28') }, at('02-01')))).toEqual([['01-31', '02-28']])
    expect(days(grantedTimes({ ...paid(3), nextCreditsAt: at('03-31') }, at('02-01')))).toEqual([
      ['01-31', '02-28'],
      ['02-28', '03-31'],
    ])
    expect(days(grantedTimes(paid(3), at('02-28')))).toEqual([
      ['02-28', '03-31'],
      ['03-31', '04-30'],
    ])
  })
})

test('changePlanNow adds no more than the best plan has, whatever the way up and down', () => {
  const change = fc.record({
    credits: fc.integer({ min: 0, max: 9_007_199_254_740_991 }),
    after: fc.integer({ min: 0, max: 3_000_000_000 }),
  })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50_000 }), fc.array(change, { maxLength: 12 }), (first, changes) => {
      const subscription = paid(1)
      const [time] = grantedTimes(subscription, at('01-31'))
      if (time === undefined) throw new Error('there is a running month')
      let now = time.start.getTime()
      let [granted, best, additions] = [first, first, 0]
      const ids = Array.from({ length: 99 }, (_, index) => `id-${index}`)
      for (const { credits, after } of changes) {
        now = Math.min(now + after, time.end.getTime() - 1)
        const to = plan([usd(1)], { id: `plan-${credits}`, includedCredits: credits })
        const stamp = { now: new Date(now), newId: () => ids.pop() ?? '' }
        const before = { ledger: emptyLedger('account-1'), subscription }
        const { ledger } = changePlanNow(before, to, [{ ...time, allotted: best, additions }], stamp)
        granted += ledger.balance
        best = Math.max(best, credits)
        additions += ledger.entries.length
        expect(granted).toBeLessThanOrEqual(best)
      }
    }),
  )
})
