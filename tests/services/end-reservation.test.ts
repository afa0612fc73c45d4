import { describe, expect, test } from 'vitest'
import {
  admin,
  cleanRefusalOf,
  contentsOf,
  createHost,
  expectWholeBooks,
  ledgerOf,
  movesOf,
  refusalOf,
  signUp,
  type WrongInputs,
  wrongFieldsOf,
} from '../support/host.js'

/** An account with 1,500 credits, and 500 more set aside for an hour. */
async function atWork() {
  const host = await createHost()
  const { account } = await signUp(host)
  const accountId = account.id
  const work = { accountId, amount: 500, idempotencyKey: 'video-1', operation: 'video.render', userId: 'user-9', ttlSeconds: 3600 }
  const { reservation } = await host.tenantry.reserveCredits(work)
  return { host, accountId, reservation, reservationId: reservation.id, ...host }
}

const isClosed = (reservationId: string, status: 'settled' | 'released' | 'expired') => ({
  code: 'reservation_closed',
  details: { reservationId, status },
})

describe('settleReservation', () => {
  test.each([
    [500, 1500],
    [499, 1501],
    [1, 1999],
    [0, 2000],
  ])('at %i of 500 leaves %i', async (actual, balance) => {
    const { host, tenantry, clock, accountId, reservation, reservationId } = await atWork()
    clock.advance({ minutes: 5 })
    const result = await tenantry.settleReservation({ reservationId, actual })
    const closed = { ...reservation, status: 'settled', actual, closedAt: clock(), balanceAtClose: balance }
    expect(result).toEqual({ reservation: closed, balance, replayed: false })
    expect(await tenantry.creditBalance({ accountId })).toMatchObject({ balance, reserved: 0 })
    const use = actual === 0 ? [] : [['usage', -actual, balance]]
    expect((await movesOf(host, accountId)).slice(2)).toEqual([['release', 500, 2000], ...use])
    await expectWholeBooks(host, accountId)
  })

  test('writes the use under the operation and the person of the reservation, now', async () => {
    const { host, tenantry, clock, accountId, reservationId } = await atWork()
    clock.advance({ minutes: 5 })
    await tenantry.settleReservation({ reservationId, actual: 20 })
    const [usage] = (await ledgerOf(host, accountId)).slice(-1)
    expect(usage).toMatchObject({ type: 'usage', operation: 'video.render', userId: 'user-9', apiKeyId: null, createdAt: clock() })
    expect(usage?.metadata).toEqual({ reservationId })
  })

  test('more than was set aside is refused, and the reservation stays open', async () => {
    const { host, tenantry, reservationId } = await atWork()
    const tooMuch = () => tenantry.settleReservation({ reservationId, actual: 501 })
    expect(await wrongFieldsOf(host, tooMuch)).toEqual(['actual'])
    expect((await tenantry.settleReservation({ reservationId, actual: 500 })).balance).toBe(1500)
    expect(await wrongFieldsOf(host, tooMuch)).toEqual(['actual'])
  })

  test('of a suspended or cancelled account is paid for all the same', async () => {
    const { host, tenantry, accountId, reservationId } = await atWork()
    await tenantry.suspendAccount({ accountId, reason: 'abuse' }, admin)
    expect((await tenantry.settleReservation({ reservationId, actual: 200 })).balance).toBe(1800)
    const again = { accountId, amount: 1, idempotencyKey: 'more', operation: 'o', ttlSeconds: 1 }
    expect((await refusalOf(tenantry.reserveCredits(again))).code).toBe('account_suspended')
    await expectWholeBooks(host, accountId)
  })

  test('uses credits that have expired since they were set aside, and lets the rest lapse', async () => {
    const host = await createHost()
    const { account } = await signUp(host)
    const accountId = account.id
    const work = { accountId, amount: 500, idempotencyKey: 'w', operation: 'o', ttlSeconds: 20 * 86_400 }
    const { reservation } = await host.tenantry.reserveCredits(work)
    host.clock.advance({ days: 15 })
    const result = await host.tenantry.settleReservation({ reservationId: reservation.id, actual: 120 })
    expect(result).toMatchObject({ balance: 0, reservation: { actual: 120, balanceAtClose: 0 } })
    expect(await movesOf(host, accountId)).toEqual([
      ['subscription', 2000, 2000],
      ['reservation', -500, 1500],
      ['expiration', -1500, 0],
      ['release', 500, 500],
      ['usage', -120, 380],
      ['expiration', -380, 0],
    ])
    await expectWholeBooks(host, accountId)
  })
})

describe('releaseReservation', () => {
  test('gives all of it back', async () => {
    const { host, tenantry, clock, accountId, reservation, reservationId } = await atWork()
    clock.advance({ minutes: 5 })
    const closed = { ...reservation, status: 'released', actual: null, closedAt: clock(), balanceAtClose: 2000 }
    expect(await tenantry.releaseReservation({ reservationId })).toEqual({ reservation: closed, balance: 2000, replayed: false })
    expect((await movesOf(host, accountId)).slice(1)).toEqual([
      ['reservation', -500, 1500],
      ['release', 500, 2000],
    ])
    expect((await tenantry.creditBalance({ accountId })).lots).toMatchObject([{ remaining: 2000, reserved: 0 }])
    await expectWholeBooks(host, accountId)
  })

  test('of a suspended account gives back too', async () => {
    const { tenantry, accountId, reservationId } = await atWork()
    await tenantry.suspendAccount({ accountId, reason: 'abuse' }, admin)
    expect((await tenantry.releaseReservation({ reservationId })).balance).toBe(2000)
  })
})

describe('ending a reservation, asked again', () => {
  type Ask = (of: Awaited<ReturnType<typeof atWork>>) => Promise<{ replayed: boolean }>
  const asks: [name: string, ask: Ask][] = [
    ['settled', ({ tenantry, reservationId }) => tenantry.settleReservation({ reservationId, actual: 200 })],
    ['settled at nothing', ({ tenantry, reservationId }) => tenantry.settleReservation({ reservationId, actual: 0 })],
    ['released', ({ tenantry, reservationId }) => tenantry.releaseReservation({ reservationId })],
  ]
  test.each(asks)('%s, answers the first result, whatever came after', async (_, ask) => {
    const of = await atWork()
    const { host, tenantry, clock, accountId } = of
    const first = await ask(of)
    await tenantry.spendCredits({ accountId, amount: 700, idempotencyKey: 'spend', operation: 'o' })
    await tenantry.cancelAccount({ accountId, reason: 'gone' }, admin)
    clock.advance({ days: 30 })
    const before = await contentsOf(host)
    expect(await ask(of)).toEqual({ ...first, replayed: true })
    expect(await contentsOf(host)).toEqual(before)
  })

  test.each(asks)('%s at the same time, ends it once', async (_, ask) => {
    const of = await atWork()
    const results = await Promise.all(Array.from({ length: 10 }, () => ask(of)))
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(results.map((result) => JSON.stringify({ ...result, replayed: true }))).size).toBe(1)
    await expectWholeBooks(of.host, of.accountId)
  })

  const pairs = asks.flatMap(([first, end]) =>
    asks.filter(([second]) => second !== first).map(([second, ask]) => [first, second, end, ask]),
  )
  test.each(pairs as [string, string, Ask, Ask][])('%s, and then to be %s, is refused', async (first, _second, end, ask) => {
    const of = await atWork()
    await end(of)
    expect(await cleanRefusalOf(of.host, () => ask(of))).toEqual(
      isClosed(of.reservationId, first.startsWith('settled') ? 'settled' : 'released'),
    )
  })

  test('settled, and then at another cost, is refused', async () => {
    const { host, tenantry, reservationId } = await atWork()
    await tenantry.settleReservation({ reservationId, actual: 200 })
    expect(await cleanRefusalOf(host, () => tenantry.settleReservation({ reservationId, actual: 201 }))).toEqual(
      isClosed(reservationId, 'settled'),
    )
  })

  test.each(asks)('to be %s after it has expired, is refused, and the credits are back with no job run', async (_, ask) => {
    const of = await atWork()
    const { host, tenantry, clock, accountId, reservationId } = of
    clock.advance({ hours: 1 })
    expect(await cleanRefusalOf(host, () => ask(of))).toEqual(isClosed(reservationId, 'expired'))
    expect(await tenantry.creditBalance({ accountId })).toMatchObject({ balance: 2000, reserved: 0 })
    await tenantry.spendCredits({ accountId, amount: 2000, idempotencyKey: 'all', operation: 'o' })
    expect(await cleanRefusalOf(host, () => ask(of))).toEqual(isClosed(reservationId, 'expired'))
    await expectWholeBooks(host, accountId)
  })

  test('to be settled in the last millisecond, is settled', async () => {
    const { tenantry, clock, reservationId } = await atWork()
    clock.advance({ hours: 1, ms: -1 })
    expect((await tenantry.settleReservation({ reservationId, actual: 500 })).balance).toBe(1500)
  })
})

describe('ending a reservation refuses', () => {
  test('one that is not there, which an entry, a lot and an account are not', async () => {
    const { host, tenantry, accountId } = await atWork()
    const [grant] = await ledgerOf(host, accountId)
    for (const reservationId of ['nowhere', grant?.id ?? '', accountId]) {
      const refusal = { code: 'reservation_not_found', details: { reservationId } }
      expect(await cleanRefusalOf(host, () => tenantry.settleReservation({ reservationId, actual: 0 }))).toEqual(refusal)
      expect(await cleanRefusalOf(host, () => tenantry.releaseReservation({ reservationId }))).toEqual(refusal)
    }
  })

  const wrong: WrongInputs = [
    ['less than nothing', { actual: -1 }],
    ['minus zero', { actual: -0 }],
    ['a part of a credit', { actual: 0.5 }],
    ['more than any balance', { actual: 2 ** 53 }],
    ['a cost as text', { actual: '5' }],
    ['no cost', { actual: undefined }],
    ['an id that is none', { reservationId: 'a b' }],
    ['an id with NUL', { reservationId: 'a\0' }],
    ['a field that it does not know', { accountId: 'account-1' }],
  ]
  test.each(wrong)('%s', async (_, input) => {
    const { host, tenantry, reservationId } = await atWork()
    const settle = () => tenantry.settleReservation({ reservationId, actual: 5, ...input } as never)
    expect(await wrongFieldsOf(host, settle)).toEqual(Object.keys(input))
  })

  test('a cost for a release', async () => {
    const { host, tenantry, reservationId } = await atWork()
    expect(await wrongFieldsOf(host, () => tenantry.releaseReservation({ reservationId, actual: 0 } as never))).toEqual(['actual'])
  })
})

describe('reservations and the plan', () => {
  test('what is set aside of the trial is paid for with it after the first payment, and lapses if it comes back', async () => {
    const { host, tenantry, accountId, reservationId } = await atWork()
    const paid = { accountId, externalPaymentId: 'B1', amount: '29.99', payerName: 'Ada', planSlug: 'starter' }
    expect((await tenantry.confirmBankTransfer(paid, admin)).credits).toBe(5000)
    expect((await tenantry.settleReservation({ reservationId, actual: 200 })).balance).toBe(5000)
    expect((await movesOf(host, accountId)).slice(2)).toEqual([
      ['expiration', -1500, 0],
      ['subscription', 5000, 5000],
      ['release', 500, 5500],
      ['usage', -200, 5300],
      ['expiration', -300, 5000],
    ])
    await expectWholeBooks(host, accountId)
  })

  test('an account that is full keeps room for what comes back', async () => {
    const { host, tenantry, accountId, reservationId } = await atWork()
    const grant = { accountId, type: 'purchase', idempotencyKey: 'all' } as const
    const room = Number.MAX_SAFE_INTEGER - 2000
    expect(await wrongFieldsOf(host, () => tenantry.grantCredits({ ...grant, amount: room + 1 }, admin))).toEqual(['amount'])
    const adjustment = { accountId, amount: room + 1, idempotencyKey: 'more', reason: 'r' }
    expect(await wrongFieldsOf(host, () => tenantry.adjustCredits(adjustment, admin))).toEqual(['amount'])
    await tenantry.grantCredits({ ...grant, amount: room }, admin)
    expect((await tenantry.releaseReservation({ reservationId })).balance).toBe(Number.MAX_SAFE_INTEGER)
    await expectWholeBooks(host, accountId)
  })
})

test('what lapses of a reservation has another key than what lapsed of its lot, also where ids are numbers', async () => {
  let next = 100
  let chosen: string | null = null
  const host = await createHost({ newId: () => chosen ?? String(next++) })
  const accountId = (await signUp(host)).account.id
  const gift = {
    accountId,
    amount: 10,
    type: 'promotion',
    idempotencyKey: 'gift',
    expiresAt: new Date(host.clock().getTime() + 3_600_000),
  } as const
  await host.tenantry.grantCredits(gift, admin)
  // The id of the reservation is the number of the entry that is to end its lot.
  chosen = '4'
  const work = { accountId, amount: 4, idempotencyKey: 'work', operation: 'video.render', ttlSeconds: 7200 }
  const { reservation } = await host.tenantry.reserveCredits(work)
  chosen = null
  host.clock.advance({ hours: 1 })
  await host.tenantry.spendCredits({ accountId, amount: 1, idempotencyKey: 'spend', operation: 'video.render' })
  await host.tenantry.releaseReservation({ reservationId: reservation.id })
  const moves = (await movesOf(host, accountId)).map(([type, amount]) => [type, amount])
  expect(moves.slice(2)).toEqual([
    ['reservation', -4],
    ['expiration', -6],
    ['usage', -1],
    ['release', 4],
    ['expiration', -4],
  ])
  await expectWholeBooks(host, accountId)
})
