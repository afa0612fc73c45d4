import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { admin, allAtOnce, openAccount, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null)('spends at once on a real server', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '')
  })
  afterAll(() => world.close())

  const spend =
    (accountId: string, idempotencyKey: string, amount = 1) =>
    () =>
      world.tenantry.spendCredits({ accountId, amount, idempotencyKey, operation: 'race' })

  it('of 1 take exactly 500 credits when 1,000 ask', async () => {
    const accountId = await openAccount(world, 500)
    const { results, codes } = await allAtOnce(times(1000, (index) => spend(accountId, `k${index}`)))

    expect(results).toHaveLength(500)
    expect(codes).toEqual(times(500, () => 'insufficient_credits'))
    expect(new Set(results.map(({ balance }) => balance))).toEqual(new Set(times(500, (index) => index)))
    expect((await world.tenantry.creditBalance({ accountId })).balance).toBe(0)
    expect(await world.tenantry.verifyBooks({ accountId })).toMatchObject({ ok: true, entries: 502 })
  })

  it('with one key take once, and all get the same answer', async () => {
    const accountId = await openAccount(world, 1000)
    const { results, codes } = await allAtOnce(times(40, () => spend(accountId, 'one', 10)))

    expect(codes).toEqual([])
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(results.map(({ entry }) => entry.id)).size).toBe(1)
    expect(new Set(results.map(({ balance }) => balance))).toEqual(new Set([990]))
    expect((await world.tenantry.creditBalance({ accountId })).balance).toBe(990)
  })

  it('with one key and two amounts take one of them', async () => {
    const accountId = await openAccount(world, 1000)
    const { results, codes } = await allAtOnce(times(40, (index) => spend(accountId, 'two', index % 2 === 0 ? 10 : 20)))
    expect(codes).toEqual(times(20, () => 'idempotency_mismatch'))
    expect(new Set(results.map(({ entry }) => entry.amount)).size).toBe(1)
    expect((await world.tenantry.verifyBooks({ accountId })).ok).toBe(true)
  })

  it('inside transactions of the host with one key take once', async () => {
    const accountId = await openAccount(world, 1000)
    const { kyselyStore } = await import('tenantry/kysely')
    const inHost = () =>
      world.db.transaction().execute((trx) => {
        const joined = world.tenantry.withStore(kyselyStore(trx))
        return joined.spendCredits({ accountId, amount: 10, idempotencyKey: 'host', operation: 'race' })
      })
    const { results, codes } = await allAtOnce(times(20, () => inHost))
    expect(codes).toEqual([])
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect((await world.tenantry.creditBalance({ accountId })).balance).toBe(990)
  })

  it('at the instant of an expiry write one expiration and take nothing that has expired', async () => {
    const accountId = await openAccount(world, 0)
    const expiresAt = new Date(world.clock().getTime() + 60_000)
    const grant = { accountId, amount: 300, type: 'promotion', idempotencyKey: 'promo', expiresAt } as const
    await world.tenantry.grantCredits(grant, admin)
    await world.tenantry.grantCredits({ accountId, amount: 25, type: 'purchase', idempotencyKey: 'bought' }, admin)
    world.clock.set(expiresAt)
    const { results, codes } = await allAtOnce(times(60, (index) => spend(accountId, `late${index}`)))

    expect(results).toHaveLength(25)
    expect(codes).toEqual(times(35, () => 'insufficient_credits'))
    const { items } = await world.tenantry.listCreditEntries({ accountId, limit: 200 })
    expect(items.filter(({ type }) => type === 'expiration').map(({ amount }) => amount)).toEqual([-300])
    expect((await world.tenantry.verifyBooks({ accountId })).problems).toEqual([])
  })

  it('against grants, adjustments and each other leave books that balance', async () => {
    const accountId = await openAccount(world, 100)
    const calls = times(120, (index) => async () => {
      if (index % 4 === 0) {
        await world.tenantry.grantCredits({ accountId, amount: 7, type: 'purchase', idempotencyKey: `g${index}` }, admin)
      } else if (index % 4 === 1) {
        await world.tenantry.adjustCredits({ accountId, amount: -3, idempotencyKey: `a${index}`, reason: 'race' }, admin)
      } else {
        await spend(accountId, `s${index}`, 2)()
      }
    })
    const { codes } = await allAtOnce(calls)
    expect(codes.filter((code) => code !== 'insufficient_credits')).toEqual([])
    expect((await world.tenantry.verifyBooks({ accountId })).problems).toEqual([])
  })

  it('and a suspension: what is spent was spent before it', async () => {
    const accountId = await openAccount(world, 1000)
    const suspend = () => world.tenantry.suspendAccount({ accountId, reason: 'race' }, admin).then(() => null)
    const calls = times(50, (index) => (index === 25 ? suspend : () => spend(accountId, `x${index}`)().then((result) => result)))
    const { codes } = await allAtOnce<unknown>(calls)
    expect(codes.filter((code) => code !== 'account_suspended')).toEqual([])
    await expect(spend(accountId, 'after')()).rejects.toMatchObject({ code: 'account_suspended' })
    expect((await world.tenantry.verifyBooks({ accountId })).problems).toEqual([])
  })
})
