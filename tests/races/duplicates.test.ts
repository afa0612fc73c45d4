import { kyselyStore } from 'tenantry/kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { admin, allAtOnce, openAccount, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')
type Tenantry = World['tenantry']
type Answer = { readonly replayed: boolean; readonly balance?: number; readonly credits?: number }
type Request = (tenantry: Tenantry, accountId: string) => Promise<Answer>

const idempotencyKey = 'again and again'
const requests: readonly (readonly [name: string, request: Request])[] = [
  ['spend', (tenantry, accountId) => tenantry.spendCredits({ accountId, amount: 6, idempotencyKey, operation: 'race' })],
  ['grant', (tenantry, accountId) => tenantry.grantCredits({ accountId, amount: 6, idempotencyKey, type: 'purchase' }, admin)],
  ['adjustment', (tenantry, accountId) => tenantry.adjustCredits({ accountId, amount: -6, idempotencyKey, reason: 'race' }, admin)],
  [
    'reservation',
    (tenantry, accountId) => tenantry.reserveCredits({ accountId, amount: 6, idempotencyKey, operation: 'race', ttlSeconds: 60 }),
  ],
  [
    'payment',
    (tenantry, accountId) =>
      tenantry.confirmBankTransfer(
        { accountId, planSlug: 'starter', amount: '29.99', externalPaymentId: `bank ${accountId}`, payerName: 'Ada' },
        admin,
      ),
  ],
]

describe.skipIf(serverUrl === null)('of requests at once on a real server', () => {
  let world: World
  let tenantry: Tenantry
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '', 12)
    tenantry = world.tenantry.withStore(kyselyStore(world.db, { coalesce: false }))
  })
  afterAll(() => world.close())

  it.each(requests)('with one key one is done, and all get its answer: %s', async (_, request) => {
    const accountId = await openAccount(world, 100)
    const { results, codes } = await allAtOnce(times(12, () => () => request(tenantry, accountId)))

    expect(codes).toEqual([])
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(results.map(({ balance, credits }) => balance ?? credits)).size).toBe(1)
    expect((await world.tenantry.verifyBooks({ accountId })).problems).toEqual([])
  })

  it('that give back one spend, no more are done than it holds', async () => {
    const accountId = await openAccount(world, 100)
    const { entry } = await tenantry.spendCredits({ accountId, amount: 50, idempotencyKey: 'spend', operation: 'race' })
    const refund = (index: number) => () =>
      tenantry.refundCredits({ entryId: entry.id, amount: 20, idempotencyKey: `back ${index}`, reason: 'race' }, admin)
    const { results, codes } = await allAtOnce(times(12, refund))

    expect([results.length, new Set(codes)]).toEqual([2, new Set(['invalid_input'])])
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(90)
    expect((await world.tenantry.verifyBooks({ accountId })).problems).toEqual([])
  })

  it('that end one reservation, one has its way', async () => {
    const accountId = await openAccount(world, 100)
    const { reservation } = await tenantry.reserveCredits({
      accountId,
      amount: 50,
      idempotencyKey: 'work',
      operation: 'race',
      ttlSeconds: 60,
    })
    const reservationId = reservation.id
    const settle = (index: number) => () => tenantry.settleReservation({ reservationId, actual: index })
    const { results, codes } = await allAtOnce(times(12, settle))

    expect([results.length, codes]).toEqual([1, times(11, () => 'reservation_closed')])
    const { balance, reserved } = await tenantry.creditBalance({ accountId })
    expect([balance, reserved]).toEqual([100 - (results[0]?.reservation.actual ?? 0), 0])
    expect((await world.tenantry.verifyBooks({ accountId })).problems).toEqual([])
  })
})
