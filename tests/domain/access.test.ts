import { describe, expect, test } from 'vitest'
import { type AccessDecision, decideAccess } from '../../src/domain/access.js'
import { type AccountStatus, accountStatuses } from '../../src/domain/account.js'
import { type SubscriptionStatus, subscriptionStatuses } from '../../src/domain/subscription.js'
import { samples } from '../../src/testing/samples.js'

const day = 86_400_000
const end = new Date('2026-03-31T10:20:30.123Z')
const graceDays = 5
const from = (milliseconds: number): Date => new Date(end.getTime() + milliseconds)

const moments: readonly [string, Date][] = [
  ['before the end', from(-1)],
  ['at the end', end],
  ['within the grace', from(graceDays * day - 1)],
  ['at the end of the grace', from(graceDays * day)],
  ['after the grace', from(graceDays * day + 1)],
]

/**
 * What the contract promises, written down by hand: one letter for each of the five moments. `+` passes, `t` is trial_expired,
 * `o` payment_overdue. First for a subscription that goes on, then for one that ends with its period.
 */
const running: Record<SubscriptionStatus | 'none', readonly [string, string]> = {
  none: ['+++++', '+++++'],
  trialing: ['+tttt', '+tttt'],
  active: ['+++oo', '+oooo'],
  past_due: ['+++oo', '+oooo'],
  pending_payment: ['+oooo', '+oooo'],
  canceled: ['+oooo', '+oooo'],
}

/** The account has not paid what it ordered: its day is the due date, whatever it had before. */
const awaiting: typeof running = {
  none: ['+++++', '+++++'],
  trialing: ['+oooo', '+oooo'],
  active: ['+oooo', '+oooo'],
  past_due: ['+oooo', '+oooo'],
  pending_payment: ['+oooo', '+oooo'],
  canceled: ['+oooo', '+oooo'],
}

type Expectation = typeof running | string

/** `s` suspended, `c` cancelled, `m` plan_missing, `i` plan_inactive: those hold at every moment and for every subscription. */
const expectations: Record<AccountStatus, Record<'none' | 'inactive' | 'active', Expectation>> = {
  trial: { none: 'm', inactive: 'i', active: running },
  active: { none: 'm', inactive: 'i', active: running },
  pending_payment: { none: 'm', inactive: 'i', active: awaiting },
  suspended: { none: 's', inactive: 's', active: 's' },
  cancelled: { none: 'c', inactive: 'c', active: 'c' },
}

const answers: Record<string, readonly [string, number, string]> = {
  s: ['account_suspended', 403, 'Account is suspended. Please contact support.'],
  c: ['account_cancelled', 403, 'Account is cancelled. Please contact support.'],
  m: ['plan_missing', 402, 'No subscription plan assigned. Visit /pricing to subscribe.'],
  i: ['plan_inactive', 402, 'Active subscription required. Visit /pricing to subscribe.'],
  t: ['trial_expired', 402, 'Your free trial has ended. Visit /pricing to subscribe.'],
  o: ['payment_overdue', 402, 'Your payment is overdue. Visit /pricing to pay.'],
}

const letter = (decision: AccessDecision): string => {
  if (decision.ok) return '+'
  const { code, status, message } = decision
  const found = Object.entries(answers).find(([, answer]) => JSON.stringify(answer) === JSON.stringify([code, status, message]))
  return found?.[0] ?? `${code} ${status} ${message}`
}

const plans = { none: null, inactive: samples.plan({ isActive: false }), active: samples.plan() }
const states = (['none', 'inactive', 'active'] as const).flatMap((planState) => accountStatuses.map((status) => ({ status, planState })))
const subscriptions = (['none', ...subscriptionStatuses] as const).flatMap((status) =>
  [false, true].map((cancelAtPeriodEnd) => ({ status, cancelAtPeriodEnd })),
)

describe('decideAccess', () => {
  describe.each(states)('for an account that is $status with plan: $planState', ({ status, planState }) => {
    test.each(subscriptions)('and a subscription that is $status, ending: $cancelAtPeriodEnd', (given) => {
      const account = samples.account({ status, plan: plans[planState] })
      const subscription = given.status === 'none' ? null : samples.subscription({ ...given, status: given.status, currentPeriodEnd: end })
      const decided = moments.map(([, now]) => letter(decideAccess({ account, subscription }, now, { graceDays }))).join('')
      const expectation = expectations[status][planState]
      expect(decided).toBe(
        typeof expectation === 'string' ? expectation.repeat(moments.length) : expectation[given.status][given.cancelAtPeriodEnd ? 1 : 0],
      )
    })
  })

  test('answers a grant with account, plan and subscription', () => {
    const [account, subscription] = [samples.account(), samples.subscription()]
    const now = subscription.currentPeriodStart
    expect(decideAccess({ account, subscription }, now)).toEqual({ ok: true, account, plan: samples.plan(), subscription })
    expect(decideAccess({ account }, now)).toEqual({ ok: true, account, plan: samples.plan(), subscription: null })
  })

  test('takes the plan that is given beside the account before the one in it', () => {
    const pro = samples.plan({ slug: 'pro' })
    expect(decideAccess({ account: samples.account(), plan: pro }, end)).toMatchObject({ ok: true, plan: { slug: 'pro' } })
    expect(decideAccess({ account: samples.account({ plan: null }), plan: pro }, end)).toMatchObject({ ok: true, plan: { slug: 'pro' } })
    const inactive = samples.plan({ isActive: false })
    expect(decideAccess({ account: samples.account(), plan: inactive }, end)).toMatchObject({ code: 'plan_inactive' })
  })

  test.each([null, undefined])('refuses where there is no account: %s', (account) => {
    expect(decideAccess({ account }, end)).toEqual({
      ok: false,
      code: 'account_missing',
      status: 403,
      message: 'Account not configured for this user. Please contact support.',
    })
  })

  test('refuses a suspended account without a plan whose trial is over for being suspended', () => {
    const account = samples.account({ status: 'suspended', plan: null })
    const subscription = samples.subscription({ status: 'trialing', currentPeriodEnd: from(-day) })
    expect(decideAccess({ account, subscription }, end)).toMatchObject({ code: 'account_suspended' })
  })

  test('refuses an overdue account with an inactive plan for the plan', () => {
    const account = samples.account({ plan: samples.plan({ isActive: false }) })
    const subscription = samples.subscription({ currentPeriodEnd: from(-99 * day) })
    expect(decideAccess({ account, subscription }, end)).toMatchObject({ code: 'plan_inactive' })
  })

  test('gives seven days of grace unless told otherwise', () => {
    const state = { account: samples.account(), subscription: samples.subscription({ currentPeriodEnd: end }) }
    expect(decideAccess(state, from(7 * day - 1)).ok).toBe(true)
    expect(decideAccess(state, from(7 * day))).toMatchObject({ ok: false, code: 'payment_overdue' })
    expect(decideAccess(state, from(-1), { graceDays: 0 }).ok).toBe(true)
    expect(decideAccess(state, end, { graceDays: 0 })).toMatchObject({ ok: false, code: 'payment_overdue' })
  })

  test("names the host's pricing page and support in its messages", () => {
    const options = { pricingUrl: 'https://example.com/plans', supportContact: 'help@example.com', graceDays: 0 }
    const message = (state: Parameters<typeof decideAccess>[0]) => {
      const decision = decideAccess(state, end, options)
      return decision.ok ? null : decision.message
    }
    const overdue = samples.subscription({ currentPeriodEnd: end })
    const contact = 'Please contact support. Support: help@example.com'
    expect(message({ account: null })).toBe(`Account not configured for this user. ${contact}`)
    expect(message({ account: samples.account({ status: 'suspended' }) })).toBe(`Account is suspended. ${contact}`)
    expect(message({ account: samples.account({ status: 'cancelled' }) })).toBe(`Account is cancelled. ${contact}`)
    expect(message({ account: samples.account({ plan: null }) })).toBe(
      'No subscription plan assigned. Visit https://example.com/plans to subscribe.',
    )
    expect(message({ account: samples.account({ plan: samples.plan({ isActive: false }) }) })).toBe(
      'Active subscription required. Visit https://example.com/plans to subscribe.',
    )
    expect(message({ account: samples.account(), subscription: { ...overdue, status: 'trialing' } })).toBe(
      'Your free trial has ended. Visit https://example.com/plans to subscribe.',
    )
    expect(message({ account: samples.account(), subscription: overdue })).toBe(
      'Your payment is overdue. Visit https://example.com/plans to pay.',
    )
  })
})
