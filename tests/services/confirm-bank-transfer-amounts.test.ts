import { describe, expect, test } from 'vitest'
import { admin, cleanRefusalOf, createHost, type Host, movesOf, signUp, transfer, wrongFieldsOf } from '../support/host.js'

async function trial() {
  const host = await createHost({ start: '2026-03-10T12:00:00.000Z' })
  const { account } = await signUp(host)
  return { host, accountId: account.id, ...host }
}

const refused = (host: Host, input: object) => cleanRefusalOf(host, () => host.tenantry.confirmBankTransfer(input as never, admin))

describe('confirmBankTransfer compares the amount with the price', () => {
  test.each([
    ['starter', 1, '29.99'],
    ['starter', 3, '89.97'],
    ['starter', 36, '1079.64'],
    ['annual', 12, '299.00'],
    ['annual', 12, '299'],
    ['annual', 24, '598.0'],
  ] as const)('for %s over %i months it is %s', async (planSlug, periodMonths, amount) => {
    const { tenantry, accountId } = await trial()
    const { payment } = await tenantry.confirmBankTransfer({ ...transfer(accountId, planSlug, periodMonths), amount }, admin)
    expect(payment).toMatchObject({ periodMonths, amount: { amountMinor: Math.round(Number(amount) * 100), currency: 'USD' } })
  })

  test.each(['29.98', '30.00', '0', '0.01', '59.98'])('and refuses %s for one month of starter', async (amount) => {
    const { host, accountId } = await trial()
    expect(await refused(host, { ...transfer(accountId), amount })).toEqual({
      code: 'amount_mismatch',
      details: {
        expected: { amountMinor: 2999, currency: 'USD' },
        received: { amountMinor: Math.round(Number(amount) * 100), currency: 'USD' },
        planSlug: 'starter',
      },
    })
  })

  test('unless it is accepted, with the reason on record', async () => {
    const { tenantry, accountId } = await trial()
    const acceptAmount = { reason: 'the bank kept 4.99' }
    const { payment, credits } = await tenantry.confirmBankTransfer({ ...transfer(accountId), amount: '25.00', acceptAmount }, admin)
    expect(payment).toMatchObject({ amount: { amountMinor: 2500, currency: 'USD' }, reason: 'the bank kept 4.99' })
    expect(credits).toBe(5000)
    expect((await tenantry.listAuditEntries({ accountId })).items[0]).toMatchObject({ reason: 'the bank kept 4.99' })
  })

  test('and refuses money for a free plan, asking for the plan that was paid', async () => {
    const { host, tenantry, accountId } = await trial()
    const { planSlug: _, ...unnamed } = transfer(accountId)
    expect(await refused(host, unnamed)).toEqual({
      code: 'amount_mismatch',
      details: {
        expected: { amountMinor: 0, currency: 'USD' },
        received: { amountMinor: 2999, currency: 'USD' },
        planSlug: 'free-trial',
      },
    })
    await expect(tenantry.confirmBankTransfer(unnamed, admin)).rejects.toThrow('Name the plan that was paid for in planSlug.')
    const accepted = { ...unnamed, acceptAmount: { reason: 'why not' } }
    expect((await refused(host, accepted)).code).toBe('amount_mismatch')
  })

  test('by the price of today', async () => {
    const { host, tenantry, accountId } = await trial()
    const starter = (await tenantry.listPlans()).items.find(({ slug }) => slug === 'starter')
    const { name = '', includedCredits = 0, limits = {} } = starter ?? {}
    const prices = [{ amountMinor: 3999, currency: 'USD' }]
    await tenantry.syncPlans({ starter: { name, includedCredits, limits, prices, billingCycle: 'monthly' } })
    expect((await refused(host, transfer(accountId))).code).toBe('amount_mismatch')
    await tenantry.confirmBankTransfer({ ...transfer(accountId), amount: '39.99' }, admin)
  })
})

describe('confirmBankTransfer and currencies', () => {
  test('take the only one that the plan is sold in when none is named', async () => {
    const { tenantry, accountId } = await trial()
    const { currency: _, ...unnamed } = transfer(accountId)
    expect((await tenantry.confirmBankTransfer(unnamed, admin)).payment.amount).toEqual({ amountMinor: 2999, currency: 'USD' })
  })

  test('must be named for a plan that is sold in several', async () => {
    const { host, tenantry, accountId } = await trial()
    const { currency: _, ...unnamed } = transfer(accountId, 'global')
    expect(await wrongFieldsOf(host, () => tenantry.confirmBankTransfer(unnamed, admin))).toEqual(['currency'])
  })

  test('have their own price and their own decimals', async () => {
    const { host, tenantry, accountId } = await trial()
    const yen = { ...transfer(accountId, 'global', 2), currency: 'JPY' }
    expect(await wrongFieldsOf(host, () => tenantry.confirmBankTransfer({ ...yen, amount: '800000.0' }, admin))).toEqual(['amount'])
    const { payment } = await tenantry.confirmBankTransfer({ ...yen, amount: '800000' }, admin)
    expect(payment.amount).toEqual({ amountMinor: 800_000, currency: 'JPY' })
  })

  test('that the plan is not sold in are refused, also with an accepted amount', async () => {
    const { host, accountId } = await trial()
    const mismatch = { code: 'currency_mismatch', details: { received: 'EUR', accepted: ['USD', 'JPY'] } }
    const euros = { ...transfer(accountId, 'global'), currency: 'EUR' }
    expect(await refused(host, euros)).toEqual(mismatch)
    expect(await refused(host, { ...euros, acceptAmount: { reason: 'close enough' } })).toEqual(mismatch)
  })
})

describe('confirmBankTransfer for a yearly plan', () => {
  test('pays a year when no months are named, with the credits of each month as it begins', async () => {
    const { host, tenantry, clock, accountId } = await trial()
    const { periodMonths: _, ...year } = transfer(accountId, 'annual', 12)
    const { periodEnd, credits, subscription } = await tenantry.confirmBankTransfer(year, admin)
    expect(periodEnd).toEqual(new Date('2027-03-10T12:00:00.000Z'))
    expect(credits).toBe(5000)
    expect(subscription.nextCreditsAt).toEqual(new Date('2026-04-10T12:00:00.000Z'))
    clock.set('2026-04-10T12:00:00.000Z')
    await tenantry.spendCredits({ accountId, amount: 5000, idempotencyKey: 'k', operation: 'o' })
    expect((await movesOf(host, accountId)).slice(-3)).toEqual([
      ['expiration', -5000, 0],
      ['subscription', 5000, 5000],
      ['usage', -5000, 0],
    ])
  })

  test.each([1, 6, 11, 13, 18])('refuses %i months', async (periodMonths) => {
    const { host, tenantry, accountId } = await trial()
    const part = { ...transfer(accountId, 'annual', 12), periodMonths }
    expect(await wrongFieldsOf(host, () => tenantry.confirmBankTransfer(part, admin))).toEqual(['periodMonths'])
  })

  test('takes three years', async () => {
    const { tenantry, accountId } = await trial()
    const { periodEnd } = await tenantry.confirmBankTransfer(transfer(accountId, 'annual', 36), admin)
    expect(periodEnd).toEqual(new Date('2029-03-10T12:00:00.000Z'))
  })
})
