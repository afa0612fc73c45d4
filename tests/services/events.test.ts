import { describe, expect, test } from 'vitest'
import { admin, createHost, type Host, refusalOf, signUp, subscribe, system, transfer, wrongFieldsOf } from '../support/host.js'

/** What an account's events tell, oldest first. */
async function toldOf({ tenantry }: Host, accountId: string) {
  const { items } = await tenantry.listEvents({ accountId, limit: 200 })
  return items.toReversed().map(({ event }) => ({ name: event.name, data: event.data }))
}

const namesOf = async (host: Host, accountId: string) => (await toldOf(host, accountId)).map(({ name }) => name)

describe('what happens is told of', () => {
  test('a sign-up', async () => {
    const host = await createHost()
    const { account, user } = await signUp(host)
    expect(await toldOf(host, account.id)).toEqual([
      { name: 'account.created', data: { name: 'Ada Lovelace', ownerId: user.id, planSlug: 'free-trial' } },
      { name: 'credits.granted', data: { entryId: expect.any(String), type: 'subscription', amount: 2000, balance: 2000 } },
    ])
    const { items } = await host.tenantry.listEvents()
    expect(items.map(({ event }) => event.sequence)).toEqual([2, 1])
    expect(items[1]).toEqual({
      event: { ...items[1]?.event, accountId: account.id, sequence: 1, createdAt: host.clock() },
      status: 'pending',
      attempts: 0,
      lastError: null,
      retryAt: null,
      deliveredAt: null,
    })
  })

  test('an account that is stopped and goes on', async () => {
    const host = await createHost()
    const { tenantry } = host
    const { account, user } = await signUp(host)
    const accountId = account.id
    await tenantry.suspendAccount({ accountId, reason: 'unpaid' }, admin)
    await tenantry.suspendAccount({ accountId, reason: 'unpaid, again' }, admin)
    await tenantry.reinstateAccount({ accountId, reason: 'paid' }, system)
    await tenantry.cancelAccount({ accountId, reason: 'moved on' }, { type: 'user', id: user.id })
    expect((await toldOf(host, accountId)).slice(2)).toEqual([
      { name: 'account.suspended', data: { reason: 'unpaid' } },
      { name: 'account.reinstated', data: { reason: 'paid', status: 'trial' } },
      { name: 'account.cancelled', data: { reason: 'moved on' } },
    ])
  })

  test('a confirmed transfer, the first and the next, and not its replay', async () => {
    const host = await createHost()
    const { tenantry } = host
    const { account } = await signUp(host)
    const first = await tenantry.confirmBankTransfer(transfer(account.id), admin)
    await tenantry.confirmBankTransfer(transfer(account.id), admin)
    const second = await tenantry.confirmBankTransfer({ ...transfer(account.id, 'starter', 2), externalPaymentId: 'BANK 2' }, admin)
    const facts = { planSlug: 'starter', currency: 'USD' }
    const periodOf = ({ periodStart, periodEnd, subscription }: typeof first) => ({
      subscriptionId: subscription.id,
      planSlug: 'starter',
      periodStart: periodStart.toISOString(),
      periodEnd: periodEnd.toISOString(),
    })
    expect((await toldOf(host, account.id)).slice(2)).toEqual([
      { name: 'credits.expired', data: { entryId: expect.any(String), amount: 2000, balance: 0 } },
      { name: 'credits.granted', data: { entryId: expect.any(String), type: 'subscription', amount: 5000, balance: 5000 } },
      { name: 'payment.confirmed', data: { ...facts, paymentId: first.payment.id, amountMinor: 2999, periodMonths: 1 } },
      { name: 'subscription.started', data: periodOf(first) },
      {
        name: 'receipt.issued',
        data: { receiptId: first.receipt.id, number: 'R-2026-000001', paymentId: first.payment.id, amountMinor: 2999, currency: 'USD' },
      },
      { name: 'credits.granted', data: { entryId: expect.any(String), type: 'subscription', amount: 5000, balance: 10_000 } },
      { name: 'payment.confirmed', data: { ...facts, paymentId: second.payment.id, amountMinor: 5998, periodMonths: 2 } },
      { name: 'subscription.renewed', data: periodOf(second) },
      {
        name: 'receipt.issued',
        data: { receiptId: second.receipt.id, number: 'R-2026-000002', paymentId: second.payment.id, amountMinor: 5998, currency: 'USD' },
      },
    ])
  })

  test('credits that come or lapse, whoever notices; but not their use, correction or return', async () => {
    const host = await createHost()
    const { tenantry, clock } = host
    const { accountId } = await subscribe(host, 'starter', 2)
    const known = (await namesOf(host, accountId)).length
    const use = { accountId, amount: 5, operation: 'work' }
    const { entry } = await tenantry.spendCredits({ ...use, idempotencyKey: 's1' })
    await tenantry.refundCredits({ entryId: entry.id, idempotencyKey: 'r1', reason: 'failed' }, admin)
    await tenantry.adjustCredits({ accountId, amount: 7, idempotencyKey: 'a1', reason: 'gift' }, admin)
    const { reservation } = await tenantry.reserveCredits({ ...use, idempotencyKey: 'v1', ttlSeconds: 60 })
    await tenantry.releaseReservation({ reservationId: reservation.id })
    expect((await namesOf(host, accountId)).slice(known)).toEqual([])
    await tenantry.grantCredits({ accountId, amount: 9, type: 'purchase', idempotencyKey: 'g1' }, admin)
    await tenantry.grantCredits({ accountId, amount: 9, type: 'purchase', idempotencyKey: 'g1' }, admin)
    expect((await namesOf(host, accountId)).slice(known)).toEqual(['credits.granted'])
    clock.advance({ days: 32 })
    await tenantry.spendCredits({ ...use, idempotencyKey: 's2' })
    expect((await toldOf(host, accountId)).slice(known + 1)).toEqual([
      { name: 'credits.expired', data: { entryId: expect.any(String), amount: 4995, balance: 21 } },
      { name: 'credits.expired', data: { entryId: expect.any(String), amount: 5, balance: 16 } },
      { name: 'credits.granted', data: { entryId: expect.any(String), type: 'subscription', amount: 5000, balance: 5016 } },
    ])
  })

  test('nothing of what was undone', async () => {
    const host = await createHost()
    const { account } = await signUp(host)
    await refusalOf(host.tenantry.confirmBankTransfer({ ...transfer(account.id), amount: '1.00' }, admin))
    await refusalOf(
      host.tenantry.grantCredits({ accountId: account.id, amount: Number.MAX_SAFE_INTEGER, type: 'purchase', idempotencyKey: 'g' }, admin),
    )
    expect(await namesOf(host, account.id)).toEqual(['account.created', 'credits.granted'])
  })
})

describe('listEvents', () => {
  test('leads through all pages, newest first, without a gap or a repetition', async () => {
    const host = await createHost()
    const { accountId } = await subscribe(host)
    const { items } = await host.tenantry.listEvents()
    expect(items.map(({ event }) => event.sequence)).toEqual([7, 6, 5, 4, 3, 2, 1])
    for (const limit of [1, 3, 7]) {
      const found: unknown[] = []
      for (let before: string | undefined; ; ) {
        const page = await host.tenantry.listEvents({ accountId, limit, ...(before !== undefined && { before }) })
        found.push(...page.items)
        if (page.next === null) break
        before = page.next
      }
      expect(found).toEqual(items)
    }
  })

  test('refuses an account that is not there, and wrong input', async () => {
    const host = await createHost()
    const { tenantry } = host
    expect((await refusalOf(tenantry.listEvents({ accountId: 'nobody' }))).code).toBe('account_not_found')
    expect(await wrongFieldsOf(host, () => tenantry.listEvents({ status: 'lost' } as never))).toEqual(['status'])
    expect(await wrongFieldsOf(host, () => tenantry.listEvents({ before: '12' }))).toEqual(['before'])
  })
})
