import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { admin, createHost, expectWholeBooks, type Host, movesOf, subscribe, transfer } from '../support/host.js'

/** Calendar arithmetic that is not the library's own. */
const monthsAfter = (start: string, months: number): Date => {
  const { year, month, day } = Temporal.PlainDate.from(start.slice(0, 10)).add({ months })
  return new Date(Date.UTC(year, month - 1, day, 10, 20, 30, 123))
}

const at = (day: string): string => `${day}T10:20:30.123Z`

const renew = ({ tenantry }: Host, accountId: string, reference: string, months = 1) =>
  tenantry.confirmBankTransfer({ ...transfer(accountId, 'starter', months), externalPaymentId: reference }, admin)

const spend = ({ tenantry }: Host, accountId: string, amount: number, idempotencyKey: string) =>
  tenantry.spendCredits({ accountId, amount, idempotencyKey, operation: 'o' })

const balanceOf = async ({ tenantry }: Host, accountId: string) => (await tenantry.creditBalance({ accountId })).balance

describe('a paid period', () => {
  test.each(['2026-01-31', '2027-12-31', '2028-02-29', '2026-08-30'])(
    'that begins on %s ends on the same day of any later month',
    async (day) => {
      for (let months = 1; months <= 36; months++) {
        const host = await createHost({ start: at(day) })
        const { periodStart, periodEnd, subscription } = await subscribe(host, 'starter', months)
        expect(periodStart).toEqual(new Date(at(day)))
        expect(periodEnd).toEqual(monthsAfter(day, months))
        expect(subscription.currentPeriodEnd).toEqual(periodEnd)
      }
    },
  )

  test('keeps its day over 36 renewals, each paid early', async () => {
    const host = await createHost({ start: at('2026-01-31') })
    const { accountId } = await subscribe(host)
    for (let months = 1; months <= 36; months++) {
      const { periodStart, periodEnd } = await renew(host, accountId, `renewal ${months}`)
      expect(periodStart).toEqual(monthsAfter('2026-01-31', months))
      expect(periodEnd).toEqual(monthsAfter('2026-01-31', months + 1))
      host.clock.set(new Date(periodStart.getTime() - 86_400_000))
    }
    await expectWholeBooks(host, accountId)
  })

  test('brings its credits on the same day of every month, once, also after February', async () => {
    const host = await createHost({ start: at('2026-01-31') })
    const { accountId, periodEnd } = await subscribe(host, 'starter', 36)
    for (let month = 1; month < 36; month++) {
      const boundary = monthsAfter('2026-01-31', month)
      host.clock.set(new Date(boundary.getTime() - 1))
      expect(await balanceOf(host, accountId)).toBe(month === 1 ? 5000 : 4990)
      host.clock.set(boundary)
      expect(await balanceOf(host, accountId)).toBe(5000)
      expect((await spend(host, accountId, 10, `${month}`)).balance).toBe(4990)
    }
    host.clock.set(new Date(periodEnd.getTime() - 1))
    expect(await balanceOf(host, accountId)).toBe(4990)
    host.clock.set(periodEnd)
    expect(await balanceOf(host, accountId)).toBe(0)
    const moves = await movesOf(host, accountId)
    expect(moves.filter(([type, amount]) => type === 'subscription' && amount === 5000)).toHaveLength(36)
    await expectWholeBooks(host, accountId)
  })

  test('may be looked at after a long silence: every month has come and gone', async () => {
    const host = await createHost({ start: at('2026-01-31') })
    const { accountId } = await subscribe(host, 'starter', 12)
    host.clock.set('2026-06-15T00:00:00.000Z')
    expect((await spend(host, accountId, 1, 'k')).balance).toBe(4999)
    expect(await movesOf(host, accountId)).toEqual([
      ['subscription', 2000, 2000],
      ['expiration', -2000, 0],
      ['subscription', 5000, 5000],
      ...Array.from({ length: 4 }, () => [
        ['expiration', -5000, 0],
        ['subscription', 5000, 5000],
      ]).flat(),
      ['usage', -1, 4999],
    ])
    await expectWholeBooks(host, accountId)
  })

  test('passes the gate until the last instant of its days of grace', async () => {
    const host = await createHost({ start: at('2026-01-31') })
    const { accountId } = await subscribe(host)
    const ask = async (moment: string) => {
      host.clock.set(moment)
      return host.tenantry.validateAccountAndPlan({ accountId })
    }
    expect(await ask('2026-02-28T10:20:30.123Z')).toMatchObject({ ok: true })
    expect(await ask('2026-03-07T10:20:30.122Z')).toMatchObject({ ok: true })
    expect(await ask('2026-03-07T10:20:30.123Z')).toMatchObject({ ok: false, code: 'payment_overdue', status: 402 })
  })
})

describe('a renewal', () => {
  test('paid early begins where the running period ends, and takes neither days nor credits', async () => {
    const host = await createHost({ start: at('2026-03-10') })
    const { accountId, subscription } = await subscribe(host)
    await host.tenantry.grantCredits({ accountId, amount: 60, type: 'purchase', idempotencyKey: 'buy' }, admin)
    host.clock.set(at('2026-03-20'))
    await spend(host, accountId, 1000, 'march')
    const renewal = await renew(host, accountId, 'early')
    expect(renewal).toMatchObject({
      periodStart: new Date(at('2026-04-10')),
      periodEnd: new Date(at('2026-05-10')),
      creditsGranted: 5000,
      credits: 9060,
      subscription: { id: subscription.id, currentPeriodStart: new Date(at('2026-03-10')), currentPeriodEnd: new Date(at('2026-05-10')) },
    })
    await spend(host, accountId, 500, 'march-2')
    expect(await balanceOf(host, accountId)).toBe(8560)
    host.clock.set(at('2026-04-10'))
    expect(await balanceOf(host, accountId)).toBe(5060)
    host.clock.set(at('2026-05-10'))
    expect(await balanceOf(host, accountId)).toBe(60)
    await spend(host, accountId, 60, 'may')
    expect((await movesOf(host, accountId)).slice(-7)).toEqual([
      ['purchase', 60, 5060],
      ['usage', -1000, 4060],
      ['subscription', 5000, 9060],
      ['usage', -500, 8560],
      ['expiration', -3500, 5060],
      ['expiration', -5000, 60],
      ['usage', -60, 0],
    ])
    await expectWholeBooks(host, accountId)
  })

  test('of several months brings the first month’s credits at once and the others in their turn', async () => {
    const host = await createHost({ start: at('2026-03-10') })
    const { accountId } = await subscribe(host)
    host.clock.set(at('2026-03-20'))
    const renewal = await renew(host, accountId, 'early', 3)
    expect(renewal).toMatchObject({ credits: 10_000, creditsGranted: 5000, periodEnd: new Date(at('2026-07-10')) })
    const seen: Record<string, number> = {}
    for (const day of ['2026-04-10', '2026-05-09', '2026-05-10', '2026-06-10', '2026-07-09', '2026-07-10']) {
      host.clock.set(at(day))
      seen[day] = await balanceOf(host, accountId)
    }
    expect(seen).toEqual({
      '2026-04-10': 5000,
      '2026-05-09': 5000,
      '2026-05-10': 5000,
      '2026-06-10': 5000,
      '2026-07-09': 5000,
      '2026-07-10': 0,
    })
  })

  test('while paid months are still to come adds its months behind them', async () => {
    const host = await createHost({ start: at('2026-03-10') })
    const { accountId } = await subscribe(host, 'starter', 3)
    host.clock.set(at('2026-03-20'))
    const renewal = await renew(host, accountId, 'early')
    expect(renewal).toMatchObject({ credits: 5000, creditsGranted: 0, periodStart: new Date(at('2026-06-10')) })
    for (const [day, balance] of [
      ['2026-04-10', 5000],
      ['2026-05-10', 5000],
      ['2026-06-10', 5000],
      ['2026-07-10', 0],
    ] as const) {
      host.clock.set(at(day))
      expect(await balanceOf(host, accountId)).toBe(balance)
    }
    await renew(host, accountId, 'late')
    const granted = (await movesOf(host, accountId)).filter(([type, amount]) => type === 'subscription' && amount === 5000)
    expect(granted).toHaveLength(5)
    await expectWholeBooks(host, accountId)
  })

  test('paid at the instant when the period ends begins a new one there', async () => {
    const host = await createHost({ start: at('2026-01-31') })
    const { accountId } = await subscribe(host)
    host.clock.set(at('2026-02-28'))
    const { periodStart, periodEnd, credits, subscription } = await renew(host, accountId, 'on time')
    expect([periodStart, periodEnd]).toEqual([new Date(at('2026-02-28')), new Date(at('2026-03-28'))])
    expect(subscription.billingAnchor).toEqual(new Date(at('2026-02-28')))
    expect(credits).toBe(5000)
  })

  test('paid late begins at the moment of its confirmation', async () => {
    const host = await createHost({ start: at('2026-03-10') })
    const { accountId } = await subscribe(host)
    host.clock.set(at('2026-04-15'))
    expect(await renew(host, accountId, 'late')).toMatchObject({
      periodStart: new Date(at('2026-04-15')),
      periodEnd: new Date(at('2026-05-15')),
      credits: 5000,
    })
    expect((await movesOf(host, accountId)).slice(-2)).toEqual([
      ['expiration', -5000, 0],
      ['subscription', 5000, 5000],
    ])
    await expectWholeBooks(host, accountId)
  })

  test('for a dearer plan counts from now on', async () => {
    const host = await createHost({ start: at('2026-03-10') })
    const { accountId } = await subscribe(host)
    host.clock.set(at('2026-03-20'))
    const result = await host.tenantry.confirmBankTransfer(transfer(accountId, 'pro'), admin)
    expect(result).toMatchObject({ credits: 25_000, creditsGranted: 20_000, periodEnd: new Date(at('2026-05-10')) })
    expect(await host.tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: true, plan: { slug: 'pro' } })
    await expectWholeBooks(host, accountId)
  })

  test('of a suspended account makes it active again', async () => {
    const host = await createHost({ start: at('2026-03-10') })
    const { accountId } = await subscribe(host)
    await host.tenantry.suspendAccount({ accountId, reason: 'did not pay' }, admin)
    const { account } = await renew(host, accountId, 'paid')
    expect(account).toMatchObject({ status: 'active', statusReason: null })
    expect((await host.tenantry.getAccount({ accountId })).account).toEqual(account)
  })
})
