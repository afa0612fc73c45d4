import { describe, expect, test } from 'vitest'
import { admin, createHost, expectWholeBooks, type Host, movesOf, refusalOf, subscribe, transfer } from '../support/host.js'

const start = '2026-01-10T00:00:00.000Z'

async function customer(planSlug: 'starter' | 'saver' | 'capped', months: number) {
  const host = await createHost({ start })
  const { accountId } = await subscribe(host, planSlug, months)
  const lotsAt = async (moment: string) => {
    host.clock.set(moment)
    return (await host.tenantry.creditBalance({ accountId })).lots.map(({ remaining }) => remaining)
  }
  const spend = (amount: number, idempotencyKey: string) =>
    host.tenantry.spendCredits({ accountId, amount, idempotencyKey, operation: 'o' })
  return { host, accountId, lotsAt, spend, ...host }
}

/** Makes the library look at the lots, without a change of its own: a spend that cannot be. */
const settle = async ({ tenantry }: Host, accountId: string, key: string): Promise<void> => {
  const amount = Number.MAX_SAFE_INTEGER
  const { code } = await refusalOf(tenantry.spendCredits({ accountId, amount, idempotencyKey: key, operation: 'o' }))
  expect(code).toBe('insufficient_credits')
}

describe('plan credits without roll-over', () => {
  test('lapse when their month ends, and with it the spends are paid by them first', async () => {
    const { host, accountId, lotsAt, spend } = await customer('starter', 3)
    await host.tenantry.grantCredits({ accountId, amount: 100, type: 'purchase', idempotencyKey: 'buy' }, admin)
    await spend(4999, 'january')
    expect(await lotsAt('2026-01-31T00:00:00.000Z')).toEqual([1, 100])
    expect(await lotsAt('2026-02-10T00:00:00.000Z')).toEqual([5000, 100])
    await spend(5050, 'february')
    expect(await lotsAt('2026-03-10T00:00:00.000Z')).toEqual([5000, 50])
    expect(await lotsAt('2026-04-10T00:00:00.000Z')).toEqual([50])
    await expectWholeBooks(host, accountId)
  })
})

describe('plan credits that all roll over', () => {
  test('stay through a long silence and after the paid time has ended', async () => {
    const { host, accountId, lotsAt, spend } = await customer('saver', 6)
    expect(await lotsAt('2026-06-15T00:00:00.000Z')).toEqual([1000, 1000, 1000, 1000, 1000, 1000])
    expect(await lotsAt('2026-12-15T00:00:00.000Z')).toEqual([1000, 1000, 1000, 1000, 1000, 1000])
    expect((await spend(2500, 'k')).balance).toBe(3500)
    expect((await movesOf(host, accountId)).filter(([type]) => type === 'expiration')).toEqual([['expiration', -2000, 0]])
    await expectWholeBooks(host, accountId)
  })

  test('stay when a new period begins, also on a plan without roll-over', async () => {
    const { host, accountId } = await customer('saver', 1)
    host.clock.set('2026-03-01T00:00:00.000Z')
    const { credits } = await host.tenantry.confirmBankTransfer(transfer(accountId), admin)
    expect(credits).toBe(6000)
    host.clock.set('2026-04-01T00:00:00.000Z')
    expect((await host.tenantry.creditBalance({ accountId })).balance).toBe(1000)
    await expectWholeBooks(host, accountId)
  })
})

describe('plan credits that roll over up to a cap', () => {
  test('never leave more than the cap from earlier months', async () => {
    const { lotsAt, host, accountId } = await customer('capped', 6)
    expect(await lotsAt('2026-02-10T00:00:00.000Z')).toEqual([1000, 300])
    expect(await lotsAt('2026-03-10T00:00:00.000Z')).toEqual([1000, 300])
    expect(await lotsAt('2026-06-10T00:00:00.000Z')).toEqual([1000, 300])
    expect(await lotsAt('2026-07-10T00:00:00.000Z')).toEqual([300])
    await settle(host, accountId, 'x')
    expect((await movesOf(host, accountId)).slice(3)).toEqual([
      ['expiration', -700, 300],
      ...Array.from({ length: 4 }, () => [
        ['subscription', 1000, 1300],
        ['expiration', -1000, 300],
      ]).flat(),
      ['subscription', 1000, 1300],
      ['expiration', -1000, 300],
    ])
    await expectWholeBooks(host, accountId)
  })

  test('fill up to the cap again what was spent of it', async () => {
    const { host, accountId, lotsAt, spend } = await customer('capped', 6)
    expect(await lotsAt('2026-02-10T00:00:00.000Z')).toEqual([1000, 300])
    await spend(1200, 'february')
    expect(await lotsAt('2026-02-28T00:00:00.000Z')).toEqual([100])
    expect(await lotsAt('2026-03-10T00:00:00.000Z')).toEqual([1000, 100])
    await spend(850, 'march')
    expect(await lotsAt('2026-04-10T00:00:00.000Z')).toEqual([1000, 100, 150])
    expect(await lotsAt('2026-05-10T00:00:00.000Z')).toEqual([1000, 100, 150, 50])
    await settle(host, accountId, 'x')
    await expectWholeBooks(host, accountId)
  })

  test('keep what fits when the month was not used up', async () => {
    const { lotsAt, spend } = await customer('capped', 2)
    await spend(800, 'january')
    expect(await lotsAt('2026-02-10T00:00:00.000Z')).toEqual([1000, 200])
    expect(await lotsAt('2026-03-10T00:00:00.000Z')).toEqual([200, 100])
  })

  test('keep as much when a new period begins', async () => {
    const { host, accountId } = await customer('capped', 1)
    host.clock.set('2026-03-01T00:00:00.000Z')
    const { credits } = await host.tenantry.confirmBankTransfer(transfer(accountId), admin)
    expect(credits).toBe(5300)
    await expectWholeBooks(host, accountId)
  })
})

describe('time', () => {
  const days = (n: number): Date => new Date(Date.parse(start) + n * 86_400_000)
  const picture = async (host: Host, accountId: string) => {
    const { balance, lots } = await host.tenantry.creditBalance({ accountId })
    return {
      balance,
      lots: lots.map(({ granted, remaining, expiresAt }) => [granted, remaining, expiresAt]),
      moves: await movesOf(host, accountId),
    }
  }

  test.each(['starter', 'saver', 'capped'] as const)('makes the same of %s in one leap as in many small steps', async (planSlug) => {
    const leap = await customer(planSlug, 12)
    const steps = await customer(planSlug, 12)
    for (const { host, accountId, spend } of [leap, steps]) {
      const gift = { accountId, amount: 70, type: 'promotion', idempotencyKey: 'gift', expiresAt: days(100) } as const
      await host.tenantry.grantCredits(gift, admin)
      await spend(450, 'january')
    }
    for (let day = 1; day <= 250; day += 7) {
      steps.host.clock.set(days(day))
      await settle(steps.host, steps.accountId, `${day}`)
    }
    for (const { host, accountId } of [leap, steps]) {
      host.clock.set(days(250))
      await settle(host, accountId, 'end')
      await expectWholeBooks(host, accountId)
    }
    expect(await picture(leap.host, leap.accountId)).toEqual(await picture(steps.host, steps.accountId))
  })
})
