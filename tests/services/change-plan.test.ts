import type { Actor } from 'tenantry'
import { describe, expect, test } from 'vitest'
import {
  admin,
  cleanRefusalOf,
  createHost,
  expectWholeBooks,
  type Host,
  movesOf,
  signUp,
  subscribe,
  system,
  transfer,
} from '../support/host.js'

const start = '2026-03-01T00:00:00.000Z'
const halfway = '2026-03-16T12:00:00.000Z'

/** A customer on a plan, at the beginning of March. */
async function customer(planSlug: Parameters<typeof subscribe>[1] = 'starter', months = 1) {
  const host = await createHost({ start })
  const { accountId, user } = await subscribe(host, planSlug, months)
  return { host, accountId, tenantry: host.tenantry, clock: host.clock, owner: { type: 'user', id: user.id } satisfies Actor }
}

const newestActOf = async ({ tenantry }: Host, accountId: string) => (await tenantry.listAuditEntries({ accountId, limit: 1 })).items[0]

describe('changePlan now', () => {
  test('gives the difference in credits for the rest of the month, and leaves the period as it is', async () => {
    const { host, accountId, tenantry, clock } = await customer()
    clock.set(halfway)
    const before = await tenantry.getAccount({ accountId })
    const result = await tenantry.changePlan({ accountId, planSlug: 'pro', when: 'now', reason: 'Paid in cash' }, admin)
    expect(result).toMatchObject({
      account: { plan: { slug: 'pro' }, credits: 12_500 },
      subscription: { ...before.subscription, planId: result.account.plan?.id, updatedAt: new Date(halfway) },
      scheduledPlan: null,
      effectiveAt: new Date(halfway),
      creditsGranted: 7500,
      credits: 12_500,
      amountsDue: [{ amountMinor: 3500, currency: 'USD' }],
      requiresPayment: true,
      changed: true,
    })
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: true, plan: { slug: 'pro' } })
    expect((await movesOf(host, accountId)).at(-1)).toEqual(['subscription', 7500, 12_500])
    expect(await newestActOf(host, accountId)).toMatchObject({
      action: 'changePlan',
      actor: admin,
      reason: 'Paid in cash',
      before: { plan: 'starter', credits: 5000 },
      after: { plan: 'pro', credits: 12_500, amountsDue: [{ amountMinor: 3500, currency: 'USD' }] },
    })
    clock.set('2026-04-01T00:00:00.000Z')
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(0)
    await expectWholeBooks(host, accountId)
  })

  test('gives later months the new plan’s credits', async () => {
    const { host, accountId, tenantry, clock } = await customer('starter', 3)
    clock.set(halfway)
    const { amountsDue } = await tenantry.changePlan({ accountId, planSlug: 'pro', when: 'now' }, admin)
    expect(amountsDue).toEqual([{ amountMinor: 17_500, currency: 'USD' }])
    clock.set('2026-04-01T00:00:00.000Z')
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(20_000)
    clock.set('2026-05-01T00:00:00.000Z')
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(20_000)
    await expectWholeBooks(host, accountId)
  })

  test('gives the whole difference for a month whose credits came early', async () => {
    const { host, accountId, tenantry, clock } = await customer()
    clock.set(halfway)
    await tenantry.confirmBankTransfer({ ...transfer(accountId), externalPaymentId: 'early' }, admin)
    const { creditsGranted } = await tenantry.changePlan({ accountId, planSlug: 'pro', when: 'now' }, admin)
    expect(creditsGranted).toBe(7500 + 15_000)
    clock.set('2026-04-01T00:00:00.000Z')
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(20_000)
    await expectWholeBooks(host, accountId)
  })

  test('down and up again brings nothing more', async () => {
    const { host, accountId, tenantry, clock } = await customer()
    const to = async (planSlug: string) => (await tenantry.changePlan({ accountId, planSlug, when: 'now' }, system)).creditsGranted
    clock.set(halfway)
    expect([await to('pro'), await to('starter'), await to('pro'), await to('saver'), await to('pro')]).toEqual([7500, 0, 0, 0, 0])
    await expectWholeBooks(host, accountId)
  })

  test('to a plan that is not dearer is a member’s own choice, gives nothing back and takes nothing away', async () => {
    const { host, accountId, tenantry, owner } = await customer('pro')
    const result = await tenantry.changePlan({ accountId, planSlug: 'starter', when: 'now' }, owner)
    expect(result).toMatchObject({ creditsGranted: 0, credits: 20_000, amountsDue: [], requiresPayment: false, changed: true })
    await expectWholeBooks(host, accountId)
  })

  test('to the present plan changes nothing', async () => {
    const { host, accountId, tenantry, owner } = await customer()
    const acts = (await tenantry.listAuditEntries({ accountId })).items.length
    const result = await tenantry.changePlan({ accountId, planSlug: 'starter', when: 'now' }, owner)
    expect(result).toMatchObject({ changed: false, creditsGranted: 0, scheduledPlan: null })
    expect((await tenantry.listAuditEntries({ accountId })).items).toHaveLength(acts)
    await expectWholeBooks(host, accountId)
  })

  test('of a trial: members choose among plans that cost nothing, operators among all, and the trial’s end stays', async () => {
    const host = await createHost({ start })
    const { tenantry, clock } = host
    await tenantry.syncPlans({
      hobby: { name: 'Hobby', prices: [{ amountMinor: 0, currency: 'EUR' }], billingCycle: 'monthly', includedCredits: 3000, limits: {} },
    })
    const { account, subscription, user } = await signUp(host)
    const owner: Actor = { type: 'user', id: user.id }
    clock.set('2026-03-08T00:00:00.000Z')
    const hobby = await tenantry.changePlan({ accountId: account.id, planSlug: 'hobby', when: 'now' }, owner)
    expect(hobby).toMatchObject({
      creditsGranted: 500,
      account: { status: 'trial' },
      subscription: { currentPeriodEnd: subscription.currentPeriodEnd },
    })
    const wish = { accountId: account.id, planSlug: 'pro', when: 'now' } as const
    expect(await cleanRefusalOf(host, () => tenantry.changePlan(wish, owner))).toEqual({
      code: 'payment_required',
      details: { planSlug: 'pro', amountsDue: [{ amountMinor: 9999, currency: 'USD' }] },
    })
    expect(await tenantry.changePlan(wish, admin)).toMatchObject({
      creditsGranted: 8500,
      account: { plan: { slug: 'pro' }, status: 'trial' },
    })
    clock.set(subscription.currentPeriodEnd)
    expect(await tenantry.validateAccountAndPlan({ accountId: account.id })).toMatchObject({ ok: false, code: 'trial_expired' })
    expect((await tenantry.creditBalance({ accountId: account.id })).balance).toBe(0)
    await expectWholeBooks(host, account.id)
  })
})

describe('changePlan at the period’s end', () => {
  const end = new Date('2026-04-01T00:00:00.000Z')
  const planAt = async ({ tenantry, clock }: Host, accountId: string, moment: Date) => {
    clock.set(moment)
    const decision = await tenantry.validateAccountAndPlan({ accountId })
    return decision.ok ? decision.plan.slug : decision.code
  }

  test('counts from its moment on everywhere, with no job run and nothing written', async () => {
    const { host, accountId, tenantry, clock, owner } = await customer('pro')
    const { account } = await tenantry.getAccount({ accountId })
    clock.set(halfway)
    const session = await tenantry.login({ email: 'ada@example.com', password: 'correct horse battery' })
    const result = await tenantry.changePlan({ accountId, planSlug: 'starter', when: 'period_end' }, owner)
    expect(result).toMatchObject({
      account: { plan: { slug: 'pro' } },
      scheduledPlan: { slug: 'starter' },
      effectiveAt: end,
      creditsGranted: 0,
      changed: true,
      subscription: { pendingPlanAt: end },
    })
    expect(await planAt(host, accountId, new Date(end.getTime() - 1))).toBe('pro')
    expect(await planAt(host, accountId, end)).toBe('starter')
    const seen = await Promise.all([
      tenantry.getAccount({ accountId }).then(({ account: { plan } }) => plan?.slug),
      tenantry.authenticate({ credential: session.session.token }).then((answer) => answer.ok && answer.plan.slug),
      tenantry.validateAccountAndPlan({ userId: account.ownerId ?? '' }).then((answer) => answer.ok && answer.plan.slug),
      tenantry.login({ email: 'ada@example.com', password: 'correct horse battery' }).then(({ plan }) => plan?.slug),
      tenantry.throttle({ accountId, scope: 'api' }).then(({ limit }) => limit),
      tenantry.authorize({ accountId, scope: 'api' }).then((answer) => answer.ok && answer.throttle.limit),
    ])
    expect(seen).toEqual(['starter', 'starter', 'starter', 'starter', 3, 3])
    expect((await host.store.findAccountState(accountId))?.account.plan?.slug).toBe('pro')
    await tenantry.grantCredits({ accountId, amount: 1, type: 'purchase', idempotencyKey: 'any change' }, admin)
    const stored = await host.store.findAccountState(accountId)
    expect([stored?.account.plan?.slug, stored?.subscription?.pendingPlanId, stored?.subscription?.updatedAt]).toEqual([
      'starter',
      null,
      end,
    ])
    clock.set('2026-04-08T00:00:00.000Z')
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: false, code: 'payment_overdue' })
    await expectWholeBooks(host, accountId)
  })

  test('is paid for early: the new months have the new plan, those before the old one', async () => {
    const { host, accountId, tenantry, clock, owner } = await customer('pro')
    clock.set(halfway)
    await tenantry.changePlan({ accountId, planSlug: 'starter', when: 'period_end' }, owner)
    const { planSlug, ...transferred } = transfer(accountId, 'starter', 2)
    const paid = await tenantry.confirmBankTransfer(transferred, admin)
    expect(planSlug).toBe('starter')
    expect(paid).toMatchObject({
      plan: { slug: 'starter' },
      account: { plan: { slug: 'pro' } },
      periodStart: end,
      periodEnd: new Date('2026-06-01T00:00:00.000Z'),
      creditsGranted: 5000,
      credits: 25_000,
    })
    expect(await tenantry.confirmBankTransfer(transferred, admin)).toEqual({ ...paid, replayed: true })
    expect(await tenantry.confirmBankTransfer(transfer(accountId, 'starter', 2), admin)).toEqual({ ...paid, replayed: true })
    const refusal = { code: 'already_subscribed', details: { accountId, planSlug: 'starter', until: paid.periodEnd } }
    for (const when of ['now', 'period_end'] as const) {
      expect(await cleanRefusalOf(host, () => tenantry.changePlan({ accountId, planSlug: 'pro', when }, admin))).toEqual(refusal)
    }
    const dearer = { ...transfer(accountId, 'pro'), externalPaymentId: 'back' }
    expect(await cleanRefusalOf(host, () => tenantry.confirmBankTransfer(dearer, admin))).toEqual(refusal)
    expect(await planAt(host, accountId, new Date(end.getTime() - 1))).toBe('pro')
    expect(await planAt(host, accountId, end)).toBe('starter')
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(5000)
    clock.set('2026-05-01T00:00:00.000Z')
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(5000)
    await expectWholeBooks(host, accountId)
  })

  test('with prepaid months to come waits for the last of them', async () => {
    const { host, accountId, tenantry, clock, owner } = await customer('pro', 2)
    await tenantry.changePlan({ accountId, planSlug: 'saver', when: 'period_end' }, owner)
    await tenantry.confirmBankTransfer({ ...transfer(accountId, 'saver', 2), externalPaymentId: 'early' }, admin)
    const balances: number[] = []
    for (const day of ['2026-03-31', '2026-04-01', '2026-05-01', '2026-06-01']) {
      clock.set(`${day}T00:00:00.000Z`)
      balances.push((await tenantry.creditBalance({ accountId })).balance)
    }
    expect(balances).toEqual([20_000, 20_000, 1000, 2000])
    await tenantry.spendCredits({ accountId, amount: 1, idempotencyKey: 'late', operation: 'o' })
    expect((await tenantry.getAccount({ accountId })).account).toMatchObject({ plan: { slug: 'saver' }, credits: 1999 })
    await expectWholeBooks(host, accountId)
  })

  test('to a dearer plan waits for the payment that begins it', async () => {
    const { host, accountId, tenantry, clock, owner } = await customer()
    const result = await tenantry.changePlan({ accountId, planSlug: 'pro', when: 'period_end' }, owner)
    expect(result).toMatchObject({
      effectiveAt: end,
      requiresPayment: false,
      subscription: { pendingPlanAt: null },
      scheduledPlan: { slug: 'pro' },
    })
    expect(await planAt(host, accountId, new Date('2026-04-03T00:00:00.000Z'))).toBe('starter')
    const { planSlug: _, ...transferred } = transfer(accountId, 'pro')
    const late = await tenantry.confirmBankTransfer(transferred, admin)
    expect(late).toMatchObject({ account: { plan: { slug: 'pro' } }, periodStart: clock(), subscription: { pendingPlanId: null } })
    await expectWholeBooks(host, accountId)
  })

  test('to a dearer plan that is paid for early begins with the time that was paid for', async () => {
    const { host, accountId, tenantry, owner } = await customer()
    await tenantry.changePlan({ accountId, planSlug: 'pro', when: 'period_end' }, owner)
    const paid = await tenantry.confirmBankTransfer(transfer(accountId, 'pro'), admin)
    expect(paid).toMatchObject({ account: { plan: { slug: 'starter' } }, subscription: { pendingPlanAt: end }, creditsGranted: 20_000 })
    expect(await planAt(host, accountId, new Date(end.getTime() - 1))).toBe('starter')
    expect(await planAt(host, accountId, end)).toBe('pro')
    await expectWholeBooks(host, accountId)
  })

  test('is replaced by a later one, and taken back by asking for the present plan', async () => {
    const { host, accountId, tenantry, owner } = await customer('pro')
    const ask = (planSlug: string, when: 'now' | 'period_end' = 'period_end') => tenantry.changePlan({ accountId, planSlug, when }, owner)
    await ask('starter')
    expect(await ask('saver')).toMatchObject({ scheduledPlan: { slug: 'saver' }, changed: true })
    expect(await ask('saver')).toMatchObject({ scheduledPlan: { slug: 'saver' }, changed: false })
    expect(await ask('pro')).toMatchObject({
      scheduledPlan: null,
      changed: true,
      subscription: { pendingPlanId: null, pendingPlanAt: null },
    })
    await ask('starter')
    expect(await ask('saver', 'now')).toMatchObject({ account: { plan: { slug: 'saver' } }, scheduledPlan: null })
    expect(await planAt(host, accountId, end)).toBe('saver')
    await expectWholeBooks(host, accountId)
  })

  test('is dropped when the present plan is paid for after all', async () => {
    const { host, accountId, tenantry, owner } = await customer('pro')
    await tenantry.changePlan({ accountId, planSlug: 'starter', when: 'period_end' }, owner)
    const paid = await tenantry.confirmBankTransfer({ ...transfer(accountId, 'pro'), externalPaymentId: 'stay' }, admin)
    expect(paid.subscription).toMatchObject({ pendingPlanId: null, pendingPlanAt: null })
    expect(await planAt(host, accountId, end)).toBe('pro')
  })

  test('to a plan that is taken off sale meanwhile is refused by the gate from its moment on', async () => {
    const { host, accountId, tenantry, owner } = await customer('pro')
    await tenantry.changePlan({ accountId, planSlug: 'starter', when: 'period_end' }, owner)
    await tenantry.setPlanActive({ slug: 'starter', isActive: false }, admin)
    expect(await planAt(host, accountId, new Date(end.getTime() - 1))).toBe('pro')
    expect(await planAt(host, accountId, end)).toBe('plan_inactive')
  })
})
