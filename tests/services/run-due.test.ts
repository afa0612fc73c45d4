import { describe, expect, test } from 'vitest'
import { admin, createHost, expectWholeBooks, type Host, movesOf, signUp, subscribe, system, transfer } from '../support/host.js'
import { wrappedStore } from '../support/wrapped-store.js'

const day = 86_400_000
const daysAfter = (moment: Date, days: number): Date => new Date(moment.getTime() + days * day)

/** The names of the events of an account since `from` of them, oldest first. */
async function eventsOf({ tenantry }: Host, accountId: string, from = 0): Promise<string[]> {
  const { items } = await tenantry.listEvents({ accountId, limit: 200 })
  return items
    .toSorted((a, b) => a.event.sequence - b.event.sequence)
    .slice(from)
    .map(({ event }) => event.name)
}

async function accountOf({ tenantry }: Host, accountId: string) {
  const { account, subscription } = await tenantry.getAccount({ accountId })
  return { status: account.status, reason: account.statusReason, subscription: subscription?.status }
}

const codeOf = async ({ tenantry }: Host, accountId: string) => {
  const decision = await tenantry.validateAccountAndPlan({ accountId })
  return decision.ok ? 'ok' : decision.code
}

const nothing = {
  accounts: 0,
  trialReminders: 0,
  trialsExpired: 0,
  creditGrants: 0,
  creditExpirations: 0,
  reservationsExpired: 0,
  paymentsOverdue: 0,
  subscriptionsPastDue: 0,
  subscriptionsCanceled: 0,
  accountsSuspended: 0,
  failures: [],
  isLimited: false,
}

describe('a run', () => {
  test('of nothing does nothing', async () => {
    const host = await createHost()
    expect(await host.tenantry.runDue()).toEqual(nothing)
    await signUp(host)
    expect(await host.tenantry.runDue()).toEqual(nothing)
  })

  test('reminds of the end of a trial, tells it, and lets its credits lapse, each once', async () => {
    const host = await createHost()
    const { account, subscription } = await signUp(host)
    const end = subscription.currentPeriodEnd
    const before = (await eventsOf(host, account.id)).length
    const told: string[][] = []
    for (const [now, changes] of [
      [daysAfter(end, -3), { trialReminders: 1 }],
      [daysAfter(end, -1), { trialReminders: 1 }],
      [end, { trialsExpired: 1, creditExpirations: 1 }],
    ] as const) {
      host.clock.set(new Date(now.getTime() - 1))
      expect(await host.tenantry.runDue()).toEqual(nothing)
      host.clock.set(now)
      expect(await host.tenantry.runDue()).toEqual({ ...nothing, accounts: 1, ...changes })
      expect(await host.tenantry.runDue()).toEqual(nothing)
      told.push(await eventsOf(host, account.id, before))
    }
    expect(told.at(-1)?.toSorted()).toEqual(['credits.expired', 'trial.ending', 'trial.ending', 'trial.expired'])
    expect(await accountOf(host, account.id)).toEqual({ status: 'trial', reason: null, subscription: 'trialing' })
    expect(await codeOf(host, account.id)).toBe('trial_expired')
    await expectWholeBooks(host, account.id)
  })

  test('brings the credits of each month that was missed, in order, and no more than settling would', async () => {
    const host = await createHost()
    const { accountId, periodStart } = await subscribe(host, 'starter', 12)
    const from = (await eventsOf(host, accountId)).length
    host.clock.set(daysAfter(periodStart, 100))
    expect(await host.tenantry.runDue()).toEqual({ ...nothing, accounts: 1, creditGrants: 3, creditExpirations: 3 })
    expect((await movesOf(host, accountId)).slice(-6)).toEqual(
      [1, 2, 3].flatMap(() => [
        ['expiration', -5000, 0],
        ['subscription', 5000, 5000],
      ]),
    )
    expect(await eventsOf(host, accountId, from)).toEqual([
      'credits.expired',
      'credits.granted',
      'credits.expired',
      'credits.granted',
      'credits.expired',
      'credits.granted',
    ])
    expect(await host.tenantry.creditBalance({ accountId })).toMatchObject({ balance: 5000 })
    await expectWholeBooks(host, accountId)
  })

  test('finds nothing where the account has been settled already, and tells no event twice', async () => {
    const host = await createHost()
    const { accountId, periodStart } = await subscribe(host, 'starter', 2)
    const from = (await eventsOf(host, accountId)).length
    host.clock.set(daysAfter(periodStart, 31))
    await host.tenantry.spendCredits({ accountId, amount: 7, idempotencyKey: 'k', operation: 'o' })
    expect(await eventsOf(host, accountId, from)).toEqual(['credits.expired', 'credits.granted'])
    expect(await host.tenantry.runDue()).toEqual(nothing)
    expect(await eventsOf(host, accountId, from)).toEqual(['credits.expired', 'credits.granted'])
  })

  test('takes an account through debt and suspension, and payment back', async () => {
    const host = await createHost()
    const { accountId, periodEnd, user } = await subscribe(host)
    const from = (await eventsOf(host, accountId)).length
    host.clock.set(periodEnd)
    expect(await host.tenantry.runDue()).toEqual({ ...nothing, accounts: 1, creditExpirations: 1, subscriptionsPastDue: 1 })
    expect(await accountOf(host, accountId)).toEqual({ status: 'active', reason: null, subscription: 'past_due' })
    expect(await codeOf(host, accountId)).toBe('ok')

    host.clock.set(daysAfter(periodEnd, 7))
    expect(await codeOf(host, accountId)).toBe('payment_overdue')
    expect(await host.tenantry.runDue()).toEqual({ ...nothing, accounts: 1, accountsSuspended: 1 })
    expect(await accountOf(host, accountId)).toEqual({ status: 'suspended', reason: 'payment_overdue', subscription: 'past_due' })
    expect(await codeOf(host, accountId)).toBe('account_suspended')
    expect(await eventsOf(host, accountId, from)).toEqual(['credits.expired', 'subscription.past_due', 'account.suspended'])

    const { items } = await host.tenantry.listAuditEntries({ accountId, limit: 1 })
    expect(items).toMatchObject([
      { action: 'suspendAccount', actor: { type: 'system', id: 'runDue' }, reason: 'payment_overdue', before: { status: 'active' } },
    ])
    const { account } = await host.tenantry.login({ email: user.email, password: 'correct horse battery' })
    expect(account?.status).toBe('suspended')
    const again = { ...transfer(accountId), externalPaymentId: 'late, but here' }
    await host.tenantry.confirmBankTransfer(again, admin)
    expect(await accountOf(host, accountId)).toEqual({ status: 'active', reason: null, subscription: 'active' })
    expect(await codeOf(host, accountId)).toBe('ok')
    expect(await host.tenantry.runDue()).toEqual(nothing)
  })

  test('tells a payment that was missed, once, and suspends the account that never paid', async () => {
    const host = await createHost()
    const { account } = await signUp(host)
    const { payment } = await host.tenantry.requestBankTransfer({ accountId: account.id, planSlug: 'starter', periodMonths: 1 }, admin)
    const due = payment.dueAt ?? new Date(0)
    host.clock.set(new Date(due.getTime() - 1))
    await host.tenantry.runDue()
    const from = (await eventsOf(host, account.id)).length
    host.clock.set(due)
    expect(await host.tenantry.runDue()).toMatchObject({ accounts: 1, paymentsOverdue: 1 })
    expect(await eventsOf(host, account.id, from)).toContain('payment.overdue')
    expect(await codeOf(host, account.id)).toBe('payment_overdue')
    host.clock.set(daysAfter(due, 40))
    expect(await host.tenantry.runDue()).toMatchObject({ paymentsOverdue: 0, accountsSuspended: 1 })
    expect(await host.tenantry.runDue()).toEqual(nothing)
    expect((await eventsOf(host, account.id)).filter((name) => name === 'payment.overdue')).toHaveLength(1)
  })

  test('misses no payment that has been decided', async () => {
    const host = await createHost()
    const { account } = await signUp(host)
    const { payment } = await host.tenantry.requestBankTransfer({ accountId: account.id, planSlug: 'starter', periodMonths: 12 }, admin)
    await host.tenantry.rejectBankTransfer({ paymentId: payment.id, reason: 'Changed their mind' }, admin)
    host.clock.set(daysAfter(payment.dueAt ?? new Date(0), 1))
    expect(await host.tenantry.runDue()).toMatchObject({ paymentsOverdue: 0 })
  })

  test('gives back what a dead job has set aside', async () => {
    const host = await createHost()
    const { accountId } = await subscribe(host)
    await host.tenantry.reserveCredits({ accountId, amount: 10, idempotencyKey: 'k', operation: 'o', ttlSeconds: 60 })
    host.clock.advance({ seconds: 60 })
    expect(await host.tenantry.runDue()).toEqual({ ...nothing, accounts: 1, reservationsExpired: 1 })
    expect(await host.tenantry.creditBalance({ accountId })).toMatchObject({ balance: 5000, reserved: 0 })
    await expectWholeBooks(host, accountId)
  })

  test('leaves cancelled accounts alone, and catches up with one that is reinstated', async () => {
    const host = await createHost()
    const { accountId, periodEnd } = await subscribe(host)
    await host.tenantry.cancelAccount({ accountId, reason: 'left' }, system)
    host.clock.set(daysAfter(periodEnd, 1))
    expect(await host.tenantry.runDue()).toEqual(nothing)
    await host.tenantry.reinstateAccount({ accountId, reason: 'is back' }, admin)
    expect(await host.tenantry.runDue()).toEqual({ ...nothing, accounts: 1, creditExpirations: 1, subscriptionsPastDue: 1 })
  })

  test('stops at its limit, and goes on with what has waited longest', async () => {
    const host = await createHost()
    const ids: string[] = []
    for (let n = 0; n < 5; n++) {
      const { account } = await signUp(host, { email: `${n}@example.com` })
      ids.push(account.id)
      host.clock.advance({ minutes: 1 })
    }
    host.clock.advance({ days: 14 })
    const progress: number[] = []
    const onProgress = ({ accounts }: { accounts: number }): void => void progress.push(accounts)
    expect(await host.tenantry.runDue({ limit: 2, onProgress })).toMatchObject({ accounts: 2, trialsExpired: 2, isLimited: true })
    const expired = await Promise.all(ids.map(async (id) => (await eventsOf(host, id)).includes('trial.expired')))
    expect(expired).toEqual([true, true, false, false, false])
    expect(await host.tenantry.runDue({ onProgress })).toMatchObject({ accounts: 3, trialsExpired: 3, isLimited: false })
    expect(progress).toEqual([2, 3])
  })

  test('is held up by no account that is broken, names it and comes back to it', async () => {
    let isBroken = true
    const errors: unknown[] = []
    const logger = { info() {}, warn() {}, error: (_: string, facts?: unknown) => void errors.push(facts) }
    const host = await createHost({
      logger,
      wrap: (store) =>
        wrappedStore(store, ({ verb, argument }, proceed) => {
          const isHit = verb === 'saveLedgers' && JSON.stringify(argument).includes(broken)
          return isBroken && isHit ? Promise.reject(new Error('secret of the driver')) : proceed()
        }),
    })
    let broken = 'nobody'
    const accounts = []
    for (const n of [1, 2, 3]) accounts.push((await signUp(host, { email: `${n}@example.com` })).account.id)
    broken = accounts[0] ?? ''
    host.clock.advance({ days: 14 })
    const run = await host.tenantry.runDue()
    expect(run).toMatchObject({ accounts: 2, trialsExpired: 2 })
    expect(run.failures).toEqual([{ accountId: broken, message: expect.not.stringContaining('secret') }])
    expect(errors).toHaveLength(1)
    isBroken = false
    expect(await host.tenantry.runDue()).toEqual({ ...nothing, accounts: 1, trialsExpired: 1, creditExpirations: 1 })
  })
})
