import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { admin, allAtOnce, openAccount, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null)('confirmations at once on a real server', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '')
  })
  afterAll(() => world.close())

  const confirm =
    (accountId: string, externalPaymentId: string, payerName = 'Ada Lovelace') =>
    () =>
      world.tenantry.confirmBankTransfer({ accountId, externalPaymentId, amount: '29.99', payerName, planSlug: 'starter' }, admin)

  const counts = async (accountId: string) => {
    const [row] = await world.query<Record<string, number>>(
      `select (select count(*)::int from tenantry_payment where account_id = $1) as payments,
              (select count(*)::int from tenantry_subscription where account_id = $1) as subscriptions,
              (select count(*)::int from tenantry_credit_entry where account_id = $1 and type = 'subscription' and amount = 5000) as grants,
              (select count(*)::int from tenantry_audit_entry where account_id = $1 and action = 'confirmBankTransfer') as acts`,
      [accountId],
    )
    return row
  }

  it('of one transfer have one effect and one answer', async () => {
    const accountId = await openAccount(world, 500)
    const spellings = ['BT-1', 'bt-1', ' BT - 1 ']
    const { results, codes } = await allAtOnce(times(20, (index) => confirm(accountId, spellings[index % 3] ?? '')))

    expect(codes).toEqual([])
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)
    const answers = new Set(results.map((result) => JSON.stringify({ ...result, replayed: null })))
    expect(answers.size).toBe(1)
    expect(await counts(accountId)).toEqual({ payments: 1, subscriptions: 1, grants: 1, acts: 1 })
    expect((await world.tenantry.verifyBooks({ accountId })).problems).toEqual([])
  })

  it('of one transfer with different content have one effect, the others are refused', async () => {
    const accountId = await openAccount(world, 0)
    const { results, codes } = await allAtOnce(times(20, (index) => confirm(accountId, 'BT-2', `Payer ${index}`)))
    expect(results).toHaveLength(1)
    expect(codes).toEqual(times(19, () => 'payment_reference_conflict'))
    expect(await counts(accountId)).toEqual({ payments: 1, subscriptions: 1, grants: 1, acts: 1 })
  })

  it('of one transfer for twenty accounts reach one of them', async () => {
    const accountIds = await Promise.all(times(20, () => openAccount(world, 0)))
    const { results, codes } = await allAtOnce(accountIds.map((accountId) => confirm(accountId, 'BT-3')))
    expect(results).toHaveLength(1)
    expect(codes).toEqual(times(19, () => 'payment_reference_conflict'))
    const [row] = await world.query<{ active: number }>(
      `select count(*)::int as active from tenantry_account where status = 'active' and id = any($1)`,
      [accountIds],
    )
    expect(row?.active).toBe(1)
  })

  it('of different transfers each add their month', async () => {
    const accountId = await openAccount(world, 0)
    const { results, codes } = await allAtOnce(times(12, (index) => confirm(accountId, `BT-4-${index}`)))
    expect(codes).toEqual([])
    const ends = results.map(({ periodEnd }) => periodEnd.toISOString()).sort()
    expect(ends).toHaveLength(12)
    expect(new Set(ends).size).toBe(12)
    expect(ends.at(-1)).toBe('2027-01-31T10:00:00.123Z')
    expect(await counts(accountId)).toEqual({ payments: 12, subscriptions: 1, grants: 12, acts: 12 })
    expect((await world.tenantry.verifyBooks({ accountId })).problems).toEqual([])
  })

  it('and spends leave books that balance', async () => {
    const accountId = await openAccount(world, 300)
    const calls = times(60, (index) =>
      index % 10 === 0
        ? confirm(accountId, `BT-5-${index}`)
        : () => world.tenantry.spendCredits({ accountId, amount: 11, idempotencyKey: `s${index}`, operation: 'race' }),
    )
    const { codes } = await allAtOnce<unknown>(calls)
    expect(codes.filter((code) => code !== 'insufficient_credits')).toEqual([])
    expect((await world.tenantry.verifyBooks({ accountId })).problems).toEqual([])
  })
})
