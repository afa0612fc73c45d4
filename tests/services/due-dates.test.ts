import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DueRules, nextDueAt } from '../../src/domain/due.js'
import { admin, createHost, type Host, type plans, signUp, system, transfer } from '../support/host.js'

const rules: DueRules = { remindDaysBefore: [3, 1], graceDays: 7 }

/** Something that somebody does to an account; refusals are as good as anything. */
type Act = (host: Host, accountId: string, amount: number) => Promise<unknown>

const key = ({ clock }: Host, name: string, amount: number): string => `${name} ${amount} ${clock().getTime()}`

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
  reserve: (host, accountId, amount) =>
    host.tenantry.reserveCredits({
      accountId,
      amount,
      idempotencyKey: key(host, 'reserve', amount),
      operation: 'o',
      ttlSeconds: amount * 3600,
    }),
  async release(host, accountId) {
    const state = await host.store.findAccountState(accountId)
    const [open] = state?.ledger.reservations ?? []
    if (open !== undefined) await host.tenantry.releaseReservation({ reservationId: open.id })
  },
  confirm: (host, accountId, amount) =>
    host.tenantry.confirmBankTransfer(
      { ...transfer(accountId, planOf(amount), amount), externalPaymentId: key(host, 'confirm', amount) },
      admin,
    ),
  request: (host, accountId, amount) =>
    host.tenantry.requestBankTransfer({ accountId, planSlug: planOf(amount), periodMonths: amount }, admin),
  async reject(host, accountId) {
    const open = await host.store.findOpenTransfer(accountId)
    if (open !== null) await host.tenantry.rejectBankTransfer({ paymentId: open.payment.id, reason: 'r' }, admin)
  },
  async confirmRequested(host, accountId, amount) {
    const open = await host.store.findOpenTransfer(accountId)
    if (open === null) return
    const { periodMonths, id } = open.payment
    await host.tenantry.confirmBankTransfer(
      { ...transfer(accountId, planOf(periodMonths), periodMonths), paymentId: id, externalPaymentId: key(host, 'requested', amount) },
      admin,
    )
  },
  suspend: ({ tenantry }, accountId) => tenantry.suspendAccount({ accountId, reason: 'r' }, admin),
  reinstate: ({ tenantry }, accountId) => tenantry.reinstateAccount({ accountId, reason: 'r' }, admin),
  cancel: ({ tenantry }, accountId, amount) =>
    amount > 9 ? tenantry.cancelAccount({ accountId, reason: 'r' }, system) : Promise.resolve(),
  runDue: ({ tenantry }) => tenantry.runDue(),
}

const inDays = ({ clock }: Host, days: number): Date => new Date(clock().getTime() + days * 86_400_000)

const planOf = (amount: number): keyof typeof plans => (['starter', 'saver', 'capped'] as const)[amount % 3] ?? 'starter'

test('no operation leaves an account with a wrong next date', async () => {
  const steps = fc.array(
    fc.record({
      name: fc.constantFrom(...Object.keys(acts)),
      amount: fc.integer({ min: 1, max: 12 }),
      hours: fc.integer({ min: 0, max: 400 }),
    }),
    { minLength: 1, maxLength: 30 },
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
