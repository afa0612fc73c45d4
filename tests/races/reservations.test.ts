import { createTenantry, type Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { manualClock, plainHasher } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { admin, allAtOnce, openAccount, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')
const clients = 32

describe.skipIf(serverUrl === null)('reservations and refunds at once on a real server', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '', clients)
  })
  afterAll(() => world.close())

  /** Another server of the host's, whose clock is ahead. */
  const serverAhead = (milliseconds: number): Tenantry => {
    const clock = manualClock(new Date(world.clock().getTime() + milliseconds))
    return createTenantry({ store: kyselyStore(world.db), clock, passwords: plainHasher() })
  }
  const reserve = async (accountId: string, amount: number, idempotencyKey: string, ttlSeconds = 60) =>
    (await world.tenantry.reserveCredits({ accountId, amount, idempotencyKey, operation: 'race', ttlSeconds })).reservation
  const spend = (accountId: string, idempotencyKey: string, amount = 1, tenantry = world.tenantry) =>
    tenantry.spendCredits({ accountId, amount, idempotencyKey, operation: 'race' })
  const entriesOf = async (accountId: string, type: string) =>
    (await world.tenantry.listCreditEntries({ accountId, limit: 200 })).items.filter((entry) => entry.type === type)
  const expectWholeBooks = async (accountId: string) => expect((await world.tenantry.verifyBooks({ accountId })).problems).toEqual([])

  it('a settlement against an expiry has one winner', async () => {
    for (let round = 0; round < 12; round++) {
      const accountId = await openAccount(world, 1000)
      const { id: reservationId } = await reserve(accountId, 400, 'work')
      const ahead = serverAhead(60_000)
      const settle = () => world.tenantry.settleReservation({ reservationId, actual: 150 }).then(({ replayed }) => replayed)
      const sweep = (n: number) => () => spend(accountId, `s${n}`, 1, ahead).then(() => null)
      const calls = times(clients, (n) => (n % 2 === round % 2 ? settle : sweep(n)))
      const { results, codes } = await allAtOnce<boolean | null>(calls)

      const settled = results.filter((replayed) => replayed !== null)
      const hasSettled = settled.length > 0
      expect(codes).toEqual(hasSettled ? [] : times(clients / 2, () => 'reservation_closed'))
      expect(settled.filter((replayed) => replayed === false)).toHaveLength(hasSettled ? 1 : 0)
      expect(await entriesOf(accountId, 'release')).toHaveLength(1)
      const { balance, reserved } = await ahead.creditBalance({ accountId })
      expect([balance, reserved]).toEqual([1000 - clients / 2 - (hasSettled ? 150 : 0), 0])
      await expectWholeBooks(accountId)
    }
  })

  it('a settlement against a release, and against another settlement, has one winner', async () => {
    const accountId = await openAccount(world, 1000)
    for (let round = 0; round < 8; round++) {
      const { id: reservationId } = await reserve(accountId, 100, `work-${round}`)
      const ends = [
        () => world.tenantry.settleReservation({ reservationId, actual: 10 }),
        () => world.tenantry.settleReservation({ reservationId, actual: 20 }),
        () => world.tenantry.releaseReservation({ reservationId }),
      ]
      const { results, codes } = await allAtOnce(times(30, (n) => ends[n % 3] ?? (() => Promise.reject(new Error('no end')))))
      expect(results).toHaveLength(10)
      expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)
      expect(new Set(results.map(({ reservation }) => JSON.stringify(reservation))).size).toBe(1)
      expect(codes).toEqual(times(20, () => 'reservation_closed'))
    }
    expect(await entriesOf(accountId, 'release')).toHaveLength(8)
    await expectWholeBooks(accountId)
  })

  it('sweeps at the instant of an expiry end every lot and reservation once', async () => {
    const accountId = await openAccount(world, 0)
    const expiresAt = new Date(world.clock().getTime() + 60_000)
    const grant = { accountId, type: 'promotion', expiresAt } as const
    await world.tenantry.grantCredits({ ...grant, amount: 100, idempotencyKey: 'a' }, admin)
    await world.tenantry.grantCredits({ ...grant, amount: 50, priority: 1, idempotencyKey: 'b' }, admin)
    await world.tenantry.grantCredits({ accountId, amount: 20, priority: 2, type: 'purchase', idempotencyKey: 'c' }, admin)
    for (const n of [1, 2, 3]) await reserve(accountId, 40, `work-${n}`)
    world.clock.set(expiresAt)
    const { results, codes } = await allAtOnce(times(clients, (n) => () => spend(accountId, `late-${n}`)))

    expect(results).toHaveLength(20)
    expect(codes).toEqual(times(clients - 20, () => 'insufficient_credits'))
    expect((await entriesOf(accountId, 'release')).map(({ amount }) => amount)).toEqual([40, 40, 40])
    const expirations = await entriesOf(accountId, 'expiration')
    expect(expirations.reduce((sum, { amount }) => sum + amount, 0)).toBe(-150)
    expect(await world.tenantry.creditBalance({ accountId })).toEqual({ balance: 0, reserved: 0, lots: [] })
    await expectWholeBooks(accountId)
  })

  it('reservations never set more aside than there is', async () => {
    const accountId = await openAccount(world, 105)
    const { results, codes } = await allAtOnce(times(clients, (n) => () => reserve(accountId, 10, `work-${n}`)))
    expect(results).toHaveLength(10)
    expect(codes).toEqual(times(clients - 10, () => 'insufficient_credits'))
    expect(await world.tenantry.creditBalance({ accountId })).toMatchObject({ balance: 5, reserved: 100 })
    await expectWholeBooks(accountId)
    const settled = await allAtOnce(
      results.map(
        ({ id: reservationId }) =>
          () =>
            world.tenantry.settleReservation({ reservationId, actual: 4 }),
      ),
    )
    expect(settled.codes).toEqual([])
    expect(await world.tenantry.creditBalance({ accountId })).toMatchObject({ balance: 65, reserved: 0 })
    await expectWholeBooks(accountId)
  })

  it('reservations with one key set aside once', async () => {
    const accountId = await openAccount(world, 1000)
    const { results, codes } = await allAtOnce(times(clients, () => () => reserve(accountId, 10, 'one')))
    expect(codes).toEqual([])
    expect(new Set(results.map(({ id }) => id)).size).toBe(1)
    expect(await world.tenantry.creditBalance({ accountId })).toMatchObject({ balance: 990, reserved: 10 })
  })

  it('reservations against spends never go below zero', async () => {
    const accountId = await openAccount(world, 100)
    const calls = times(clients * 2, (n) => () => (n % 2 === 0 ? spend(accountId, `s${n}`, 3) : reserve(accountId, 3, `r${n}`)))
    const { results, codes } = await allAtOnce<unknown>(calls)
    expect(results).toHaveLength(33)
    expect(new Set(codes)).toEqual(new Set(['insufficient_credits']))
    expect((await world.tenantry.creditBalance({ accountId })).balance).toBe(1)
    await expectWholeBooks(accountId)
  })

  it('refunds never give back more than was spent', async () => {
    const accountId = await openAccount(world, 1000)
    const { entry } = await spend(accountId, 'spent', 100)
    const refund = (amount: number, idempotencyKey: string) => () =>
      world.tenantry.refundCredits({ entryId: entry.id, amount, idempotencyKey, reason: 'race' }, admin)
    const { results, codes } = await allAtOnce(times(clients, (n) => refund(7, `r${n}`)))
    expect(results).toHaveLength(14)
    expect(codes).toEqual(times(clients - 14, () => 'invalid_input'))
    const again = await allAtOnce(times(clients, () => refund(2, 'last')))
    expect(again.codes).toEqual([])
    expect(again.results.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect((await world.tenantry.creditBalance({ accountId })).balance).toBe(1000)
    await expectWholeBooks(accountId)
  })

  it('grants against spends lose nothing and owe nothing', async () => {
    const accountId = await openAccount(world, 0)
    const grant = (n: number) => () =>
      world.tenantry.grantCredits({ accountId, amount: 10, type: 'purchase', idempotencyKey: `g${n}` }, admin).then(() => 10)
    const take = (n: number) => () => spend(accountId, `s${n}`, 3).then(() => -3)
    const { results, codes } = await allAtOnce(times(clients * 3, (n) => (n % 3 === 0 ? grant(n) : take(n))))
    expect(codes.filter((code) => code !== 'insufficient_credits')).toEqual([])
    expect(results.filter((amount) => amount > 0)).toHaveLength(clients)
    const { balance } = await world.tenantry.creditBalance({ accountId })
    expect(balance).toBe(results.reduce((sum, amount) => sum + amount, 0))
    await expectWholeBooks(accountId)
  })
})
