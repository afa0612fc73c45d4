import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DueRules, nextDueAt } from '../../src/domain/due.js'
import { admin, createHost, type Host, type plans, signUp, system, transfer } from '../support/host.js'

const rules: DueRules = { remindDaysBefore: [3, 1], graceDays: 7 }

/**
 * Something that somebody does to an account. What it needs and does not find it makes first, so that it happens often, whatever came before;
 * refusals are as good as anything.
 */
type Act = (host: Host, accountId: string, amount: number) => Promise<unknown>

const key = ({ clock }: Host, name: string, amount: number): string => `${name} ${amount} ${clock().getTime()}`

const reserve = (host: Host, accountId: string, amount: number) =>
  host.tenantry.reserveCredits({
    accountId,
    amount,
    idempotencyKey: key(host, 'reserve', amount),
    operation: 'o',
    ttlSeconds: amount * 3600,
  })

const request = (host: Host, accountId: string, amount: number) =>
  host.tenantry.requestBankTransfer({ accountId, planSlug: planOf(amount), periodMonths: amount }, admin)

const acts: Readonly<Record<string, Act>> = {
  spend: ({ tenantry, ...host }, accountId, amount) =>
    tenantry.spendCredits({ accountId, amount, idempotencyKey: key({ tenantry, ...host }, 'spend', amount), operation: 'o' }),
  grant: (host, accountId, amount) =>
    host.tenantry.grantCredits(
      { accountId, amount, type: 'promotion', idempotencyKey: key(host, 'grant', amount), expiresAt: inDays(host, amount) },
      admin,
    ),
  adjust: (host, accountId, amount) =>
    host.tenantry.adjustCredits({ accountId, amount: -amount, idempotencyKey: key(host, 'adjust', amount), reason: 'r' }, admin),
  reserve,
  async release(host, accountId, amount) {
    const [open] = (await host.store.findAccountState(accountId))?.ledger.reservations ?? []
    const { id } = open ?? (await reserve(host, accountId, amount)).reservation
    await host.tenantry.releaseReservation({ reservationId: id })
  },
  confirm: (host, accountId, amount) =>
    host.tenantry.confirmBankTransfer(
      { ...transfer(accountId, planOf(amount), amount), externalPaymentId: key(host, 'confirm', amount) },
      admin,
    ),
  request,
  async reject(host, accountId, amount) {
    const { payment } = (await host.store.findOpenTransfer(accountId)) ?? (await request(host, accountId, amount))
    await host.tenantry.rejectBankTransfer({ paymentId: payment.id, reason: 'r' }, admin)
  },
  async confirmRequested(host, accountId, amount) {
    const { payment } = (await host.store.findOpenTransfer(accountId)) ?? (await request(host, accountId, amount))
    const { periodMonths, id } = payment
    await host.tenantry.confirmBankTransfer(
      { ...transfer(accountId, planOf(periodMonths), periodMonths), paymentId: id, externalPaymentId: key(host, 'requested', amount) },
      admin,
    )
  },
  suspend: ({ tenantry }, accountId) => tenantry.suspendAccount({ accountId, reason: 'r' }, admin),
  async reinstate({ tenantry, store }, accountId) {
    const state = await store.findAccountState(accountId)
    if (!['suspended', 'cancelled'].includes(state?.account.status ?? '')) await tenantry.suspendAccount({ accountId, reason: 'r' }, admin)
    await tenantry.reinstateAccount({ accountId, reason: 'r' }, admin)
  },
  cancel: ({ tenantry }, accountId) => tenantry.cancelAccount({ accountId, reason: 'r' }, system),
  runDue: ({ tenantry }) => tenantry.runDue(),
}

const inDays = ({ clock }: Host, days: number): Date => new Date(clock().getTime() + days * 86_400_000)

const planOf = (amount: number): keyof typeof plans => (['starter', 'saver', 'capped'] as const)[amount % 3] ?? 'starter'

test('no operation leaves an account with a wrong next date', async () => {
  const steps = fc.array(
    fc.record({
      // Cancelled less often than anything else is done, since little can be done after that.
      name: fc.constantFrom(...Object.keys(acts).flatMap((name) => (name === 'cancel' ? [name] : [name, name, name]))),
      amount: fc.integer({ min: 1, max: 12 }),
      hours: fc.integer({ min: 0, max: 400 }),
    }),
    { minLength: 1, maxLength: 30, size: 'max' },
  )
  const done = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(steps, async (chosen) => {
      const host = await createHost()
      const { account } = await signUp(host)
      await expectRightDate(host, account.id, 'sign-up')
      for (const { name, amount, hours } of chosen) {
        host.clock.advance({ hours })
        const wasDone = await acts[name]?.(host, account.id, amount).then(
          () => true,
          () => false,
        )
        if (wasDone) done.set(name, (done.get(name) ?? 0) + 1)
        await expectRightDate(host, account.id, name)
        if (name === 'runDue') await expectNothingDue(host, account.id)
      }
      expect((await host.tenantry.verifyBooks()).problems).toEqual([])
    }),
    { numRuns: 150 },
  )
  // Of 150 accounts with some fifteen acts each: every one of the acts is done some fifty times and more.
  expect(Object.keys(acts).filter((name) => (done.get(name) ?? 0) < 10)).toEqual([])
})

async function expectRightDate({ store }: Host, accountId: string, act: string): Promise<void> {
  const state = await store.findAccountState(accountId)
  if (state === null) throw new Error('the account is gone')
  const expected = await store.listExpectedPayments([accountId])
  const { account, subscription, settlesAt, livedUntil, nextDueAt: stored } = state
  const due = { status: account.status, subscription, settlesAt, livedUntil, paymentsDueAt: expected.flatMap(({ dueAt }) => dueAt ?? []) }
  expect({ act, date: stored }).toEqual({ act, date: nextDueAt(due, rules) })
}

async function expectNothingDue({ store, clock }: Host, accountId: string): Promise<void> {
  const state = await store.findAccountState(accountId)
  expect(state?.nextDueAt === null || (state?.nextDueAt ?? clock()) > clock()).toBe(true)
}
