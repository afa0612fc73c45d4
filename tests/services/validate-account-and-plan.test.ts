import type { AccessSubject, Account, Subscription } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { admin, createHost, type HostOptions, signUp, subscribe } from '../support/host.js'
import { recordingStore, type StoreCall } from '../support/wrapped-store.js'

async function customer(options: HostOptions = {}) {
  let calls: StoreCall[] = []
  const wrap: HostOptions['wrap'] = (inner) => {
    const recorded = recordingStore(inner)
    calls = recorded.calls
    return recorded.store
  }
  const host = await createHost({ wrap, ...options })
  const signedUp = await signUp(host)
  const accountId = signedUp.account.id
  const askAbout = (subject: unknown) => host.tenantry.validateAccountAndPlan(subject as AccessSubject)
  const ask = () => askAbout({ accountId })
  calls.splice(0)
  return { ask, askAbout, calls, accountId, ...signedUp, ...host }
}

/** Puts the account and its subscription into a state that only later operations reach. */
async function put(
  { store }: Awaited<ReturnType<typeof customer>>,
  accountId: string,
  account: Pick<Account, 'status'>,
  subscription: Partial<Subscription>,
) {
  await store.transaction(async (tx) => {
    const held = await tx.lockAccount(accountId)
    if (!held?.subscription) throw new Error('no subscription')
    await tx.saveAccount({ accountId, status: account.status, at: new Date(0) })
    await tx.saveSubscription({ ...held.subscription, ...subscription })
  })
}

const refused = (code: string, status: number, message: string) => ({ ok: false, code, status, message })

describe('validateAccountAndPlan lets pass', () => {
  test('an account on trial, asked about by id, by user or as objects, alike', async () => {
    const { askAbout, account, plan, subscription, user } = await customer()
    const granted = { ok: true, account, plan, subscription }
    expect(await askAbout({ accountId: account.id })).toEqual(granted)
    expect(await askAbout({ userId: user.id })).toEqual(granted)
    expect(await askAbout({ ...account, subscription })).toMatchObject({ ok: true, plan, subscription })
    expect(await askAbout({ ...user, account: { ...account, subscription } })).toMatchObject({ ok: true, plan, subscription })
  })

  test('with one question for an id, and none for objects', async () => {
    const { askAbout, calls, account, user } = await customer()
    await askAbout({ accountId: account.id })
    await askAbout({ userId: user.id })
    expect(calls.map(({ verb }) => verb)).toEqual(['findAccountAccess', 'findUserAccess'])
    await askAbout(account)
    await askAbout({ ...user, account })
    await askAbout({ ...user, account: null })
    await askAbout(null)
    expect(calls).toHaveLength(2)
  })

  test('a trial for 14 days of 24 hours, and not a millisecond longer', async () => {
    const { ask, clock } = await customer()
    clock.advance({ days: 14, ms: -1 })
    expect(await ask()).toMatchObject({ ok: true })
    clock.advance(1)
    expect(await ask()).toEqual(refused('trial_expired', 402, 'Your free trial has ended. Visit /pricing to subscribe.'))
  })

  test('a paid account for its days of grace', async () => {
    const host = await createHost({ billing: { graceDays: 3 } })
    const { accountId, periodEnd } = await subscribe(host)
    host.clock.set(new Date(periodEnd.getTime() + 3 * 86_400_000 - 1))
    expect(await host.tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: true })
    host.clock.advance(1)
    expect(await host.tenantry.validateAccountAndPlan({ accountId })).toEqual(
      refused('payment_overdue', 402, 'Your payment is overdue. Visit /pricing to pay.'),
    )
  })

  test('an account that owes a payment until the day on which it is due, without grace', async () => {
    const state = await customer()
    const due = new Date('2026-02-01T00:00:00.000Z')
    for (const status of ['pending_payment', 'active'] as const) {
      await put(state, state.accountId, { status: 'pending_payment' }, { status, currentPeriodEnd: due })
      state.clock.set(new Date(due.getTime() - 1))
      expect(await state.ask()).toMatchObject({ ok: true })
      state.clock.set(due)
      expect(await state.ask()).toMatchObject({ ok: false, code: 'payment_overdue', status: 402 })
    }
  })

  test('an account that will not go on until its paid time ends, without grace', async () => {
    const state = await customer()
    const end = new Date('2026-02-01T00:00:00.000Z')
    for (const subscription of [{ status: 'canceled' }, { status: 'active', cancelAtPeriodEnd: true }] as const) {
      await put(state, state.accountId, { status: 'active' }, { ...subscription, currentPeriodEnd: end })
      state.clock.set(new Date(end.getTime() - 1))
      expect(await state.ask()).toMatchObject({ ok: true })
      state.clock.set(end)
      expect(await state.ask()).toMatchObject({ ok: false, code: 'payment_overdue' })
    }
  })

  test('an account without a subscription, for ever', async () => {
    const { askAbout, store, clock, plan } = await customer()
    const account = { id: 'bare', name: 'Bare', status: 'active', paymentMethod: 'stripe', planId: plan.id, ownerId: null } as const
    await store.transaction((tx) => tx.addAccount({ ...account, createdAt: clock() }))
    clock.advance({ days: 4000 })
    expect(await askAbout({ accountId: 'bare' })).toMatchObject({ ok: true, subscription: null })
  })
})

describe('validateAccountAndPlan refuses', () => {
  const noAccount = refused('account_missing', 403, 'Account not configured for this user. Please contact support.')

  test.each([
    [null],
    [undefined],
    ['acc-1'],
    [7],
    [true],
    [[]],
    [{}],
    [{ accountId: 7 }],
    [{ status: 'open' }],
    [{ account: 'acc-1' }],
    [{ account: {} }],
  ])('%j, which is neither a user nor an account', async (subject) => {
    const { askAbout } = await customer()
    expect(await askAbout(subject)).toEqual(refused('invalid_subject', 400, 'Invalid object type'))
  })

  test('a user without an account', async () => {
    const { askAbout, tenantry, user } = await customer()
    expect(await askAbout({ ...user, account: null })).toEqual(noAccount)
    expect(await askAbout(user)).toEqual(noAccount)
    const root = await tenantry.createAdmin({ email: 'root@example.com', password: 'a very long secret' }, admin)
    expect(await askAbout({ userId: root.user.id })).toEqual(noAccount)
  })

  test('ids that nobody has, also such as a database would choke on', async () => {
    const { askAbout } = await customer()
    for (const id of ['nobody', '', 'a b', 'a\u0000b', '\ud800', 'x'.repeat(10_000)]) {
      const message = 'There is no such account. Check the id or e-mail; customers find only accounts that they belong to.'
      expect(await askAbout({ accountId: id })).toEqual(refused('account_not_found', 404, message))
      expect(await askAbout({ userId: id })).toEqual(refused('user_not_found', 404, 'There is no such user.'))
    }
  })

  test('suspended and cancelled accounts', async () => {
    const { ask, tenantry, accountId } = await customer()
    await tenantry.suspendAccount({ accountId, reason: 'abuse' }, admin)
    expect(await ask()).toEqual(refused('account_suspended', 403, 'Account is suspended. Please contact support.'))
    await tenantry.cancelAccount({ accountId, reason: 'gone' }, admin)
    expect(await ask()).toEqual(refused('account_cancelled', 403, 'Account is cancelled. Please contact support.'))
  })

  test('accounts without a plan, or with an inactive one', async () => {
    const { ask, askAbout, tenantry, account } = await customer()
    expect(await askAbout({ ...account, plan: null })).toEqual(
      refused('plan_missing', 402, 'No subscription plan assigned. Visit /pricing to subscribe.'),
    )
    await tenantry.setPlanActive({ slug: 'free-trial', isActive: false }, admin)
    expect(await ask()).toEqual(refused('plan_inactive', 402, 'Active subscription required. Visit /pricing to subscribe.'))
    await tenantry.setPlanActive({ slug: 'free-trial', isActive: true }, admin)
    expect(await ask()).toMatchObject({ ok: true })
  })

  test('for the first of several reasons, in the order of the contract', async () => {
    const { askAbout, clock, account, subscription } = await customer()
    clock.advance({ days: 100 })
    const plan = account.plan && { ...account.plan, isActive: false }
    expect(await askAbout({ ...account, subscription })).toMatchObject({ code: 'trial_expired' })
    expect(await askAbout({ ...account, plan, subscription })).toMatchObject({ code: 'plan_inactive' })
    expect(await askAbout({ ...account, plan: null, subscription })).toMatchObject({ code: 'plan_missing' })
    expect(await askAbout({ ...account, plan: null, subscription, status: 'suspended' })).toMatchObject({ code: 'account_suspended' })
    expect(await askAbout({ ...account, plan: null, subscription, status: 'cancelled' })).toMatchObject({ code: 'account_cancelled' })
  })

  test('in the words that the host has chosen', async () => {
    const billing = { pricingUrl: 'https://example.com/plans', supportContact: 'help@example.com' }
    const { ask, tenantry, clock, accountId } = await customer({ billing })
    clock.advance({ days: 14 })
    expect(await ask()).toMatchObject({ message: 'Your free trial has ended. Visit https://example.com/plans to subscribe.' })
    await tenantry.suspendAccount({ accountId, reason: 'abuse' }, admin)
    expect(await ask()).toMatchObject({
      message: expect.stringMatching(/^Account is suspended\. Please contact support\..*help@example\.com/),
    })
  })
})
