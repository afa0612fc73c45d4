import { describe, expect, test } from 'vitest'
import { admin, contentsOf, createHost, expectWholeBooks, refusalOf, signUp, subscribe, wrongFieldsOf } from '../support/host.js'

describe('creditBalance', () => {
  test('says what can be spent, and what it is made of in the order in which it is used up', async () => {
    const host = await createHost()
    const { account, subscription } = await signUp(host)
    const accountId = account.id
    const grant = { accountId, amount: 100, type: 'purchase' } as const
    await host.tenantry.grantCredits({ ...grant, idempotencyKey: 'never' }, admin)
    await host.tenantry.grantCredits({ ...grant, idempotencyKey: 'soon', expiresAt: new Date('2026-01-02') }, admin)
    const balance = await host.tenantry.creditBalance({ accountId })
    expect(balance).toMatchObject({ balance: 2200, reserved: 0 })
    expect(balance.lots.map(({ type, remaining, expiresAt }) => [type, remaining, expiresAt])).toEqual([
      ['purchase', 100, new Date('2026-01-02')],
      ['subscription', 2000, subscription.currentPeriodEnd],
      ['purchase', 100, null],
    ])
  })

  test('counts spends that have not been taken from a lot yet', async () => {
    const host = await createHost()
    const { account } = await signUp(host)
    const accountId = account.id
    for (const n of [1, 2, 3]) await host.tenantry.spendCredits({ accountId, amount: 10 * n, idempotencyKey: `${n}`, operation: 'o' })
    expect((await host.store.findAccountState(accountId))?.ledger.unsettledSpend).toBe(60)
    expect(await host.tenantry.creditBalance({ accountId })).toMatchObject({ balance: 1940, lots: [{ remaining: 1940, granted: 2000 }] })
  })

  test('counts a lot until the instant before it expires', async () => {
    const host = await createHost()
    const { account } = await signUp(host)
    host.clock.advance({ days: 14, ms: -1 })
    expect((await host.tenantry.creditBalance({ accountId: account.id })).balance).toBe(2000)
    host.clock.advance(1)
    expect(await host.tenantry.creditBalance({ accountId: account.id })).toEqual({ balance: 0, reserved: 0, lots: [] })
  })

  test('counts the credits of a paid month from its first instant', async () => {
    const host = await createHost({ start: '2026-01-31T09:00:00.000Z' })
    const { accountId } = await subscribe(host, 'starter', 2)
    await host.tenantry.spendCredits({ accountId, amount: 4000, idempotencyKey: 'k', operation: 'o' })
    host.clock.set('2026-02-28T08:59:59.999Z')
    expect((await host.tenantry.creditBalance({ accountId })).balance).toBe(1000)
    host.clock.advance(1)
    expect(await host.tenantry.creditBalance({ accountId })).toMatchObject({
      balance: 5000,
      lots: [{ remaining: 5000, expiresAt: new Date('2026-03-31T09:00:00.000Z') }],
    })
  })

  test('writes nothing, however late it is asked', async () => {
    const host = await createHost()
    const { accountId } = await subscribe(host, 'starter', 12)
    host.clock.advance({ days: 200 })
    const before = await contentsOf(host)
    await host.tenantry.creditBalance({ accountId })
    expect(await contentsOf(host)).toEqual(before)
    await expectWholeBooks(host, accountId)
  })

  test('is what a spend then finds', async () => {
    const host = await createHost()
    const { accountId } = await subscribe(host, 'capped', 6)
    for (let day = 0; day < 200; day += 9) {
      host.clock.advance({ days: 9 })
      const { balance } = await host.tenantry.creditBalance({ accountId })
      const amount = Math.max(1, Math.floor(balance / 3))
      const spend = host.tenantry.spendCredits({ accountId, amount, idempotencyKey: `${day}`, operation: 'o' })
      if (balance === 0) expect(await refusalOf(spend)).toMatchObject({ code: 'insufficient_credits', details: { balance: 0 } })
      else expect((await spend).balance).toBe(balance - amount)
      await expectWholeBooks(host, accountId)
    }
  })

  test('refuses an account that is not there, and wrong input', async () => {
    const host = await createHost()
    expect(await refusalOf(host.tenantry.creditBalance({ accountId: 'nobody' }))).toEqual({
      code: 'account_not_found',
      details: { accountId: 'nobody' },
    })
    expect(await wrongFieldsOf(host, () => host.tenantry.creditBalance({} as never))).toEqual(['accountId'])
  })
})
