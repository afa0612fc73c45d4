import { describe, expect, test } from 'vitest'
import { admin, createHost, expectWholeBooks, type Host, signUp, subscribe, transfer } from '../support/host.js'

/** An account on trial that has spent 300 of its 2,000 credits. */
async function spent() {
  const host = await createHost()
  const { account, subscription } = await signUp(host)
  const accountId = account.id
  const { entry } = await host.tenantry.spendCredits({ accountId, amount: 300, idempotencyKey: 'video-1', operation: 'o' })
  const request = { entryId: entry.id, amount: 100, idempotencyKey: 'refund-1', reason: 'it failed' }
  return { host, request, accountId, trialEnd: subscription.currentPeriodEnd, ...host }
}

const lotsOf = async ({ tenantry }: Host, accountId: string) =>
  (await tenantry.creditBalance({ accountId })).lots.map(({ type, remaining, expiresAt }) => [type, remaining, expiresAt])

describe('what was refunded', () => {
  test('lasts as long as the trial', async () => {
    const { host, tenantry, clock, request, accountId, trialEnd } = await spent()
    await tenantry.refundCredits(request, admin)
    expect(await lotsOf(host, accountId)).toEqual([
      ['subscription', 1700, trialEnd],
      ['refund', 100, trialEnd],
    ])
    clock.set(trialEnd)
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(0)
  })

  test('lasts as long as the trial also when all of that was spent and taken from its lot before', async () => {
    const { host, tenantry, request, accountId, trialEnd } = await spent()
    await tenantry.spendCredits({ accountId, amount: 1700, idempotencyKey: 'rest', operation: 'o' })
    await tenantry.grantCredits({ accountId, amount: 1, type: 'purchase', idempotencyKey: 'bought' }, admin)
    await tenantry.refundCredits(request, admin)
    expect(await lotsOf(host, accountId)).toEqual([
      ['refund', 100, trialEnd],
      ['purchase', 1, null],
    ])
  })

  test('lasts as long as the month that is running', async () => {
    const host = await createHost({ start: '2026-01-31T09:00:00.000Z' })
    const { accountId } = await subscribe(host, 'starter', 3)
    const { entry } = await host.tenantry.spendCredits({ accountId, amount: 5000, idempotencyKey: 's', operation: 'o' })
    host.clock.set('2026-02-28T09:00:00.000Z')
    await host.tenantry.refundCredits({ entryId: entry.id, amount: 70, idempotencyKey: 'r', reason: 'late' }, admin)
    const end = new Date('2026-03-31T09:00:00.000Z')
    expect(await lotsOf(host, accountId)).toEqual([
      ['subscription', 5000, end],
      ['refund', 70, end],
    ])
    await expectWholeBooks(host, accountId)
  })

  test('lasts for ever where plan credits do, and after the paid time is over', async () => {
    const host = await createHost()
    const { accountId } = await subscribe(host, 'saver')
    const { entry } = await host.tenantry.spendCredits({ accountId, amount: 500, idempotencyKey: 's', operation: 'o' })
    const refund = { entryId: entry.id, amount: 70, reason: 'late' }
    await host.tenantry.refundCredits({ ...refund, idempotencyKey: 'r1' }, admin)
    host.clock.advance({ days: 300 })
    await host.tenantry.refundCredits({ ...refund, idempotencyKey: 'r2' }, admin)
    expect(await lotsOf(host, accountId)).toEqual([
      ['subscription', 500, null],
      ['refund', 70, null],
      ['refund', 70, null],
    ])
  })

  test('lasts as long as the month that was paid for, not as the trial before it', async () => {
    const { host, tenantry, request, accountId } = await spent()
    await tenantry.confirmBankTransfer(transfer(accountId), admin)
    await tenantry.refundCredits(request, admin)
    const [plan, refund] = await lotsOf(host, accountId)
    expect([plan?.[0], refund?.[0], refund?.[2]]).toEqual(['subscription', 'refund', plan?.[2]])
  })
})
