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

async function trial() {
  const host = await createHost()
  const { account, user } = await signUp(host)
  const accountId = account.id
  const request = { accountId, amount: 500, idempotencyKey: 'video-1', operation: 'video.render', ttlSeconds: 3600 }
  return { host, request, accountId, userId: user.id, ...host }
}

describe('reserveCredits', () => {
  test('sets credits aside, writes one entry and answers what is left', async () => {
    const { host, tenantry, clock, request, accountId, userId } = await trial()
    clock.advance({ days: 3 })
    const result = await tenantry.reserveCredits({ ...request, userId, apiKeyId: 'key-1', metadata: { seconds: 30 } })
    const [entry] = (await ledgerOf(host, accountId)).slice(-1)
    expect(result).toEqual({
      balance: 1500,
      replayed: false,
      reservation: {
        id: entry?.id,
        accountId,
        status: 'open',
        amount: 500,
        actual: null,
        operation: 'video.render',
        userId,
        apiKeyId: 'key-1',
        metadata: { seconds: 30 },
        parts: [{ lotId: expect.any(String), amount: 500 }],
        expiresAt: new Date(clock().getTime() + 3_600_000),
        createdAt: clock(),
        closedAt: null,
        balanceAtClose: null,
      },
    })
    const written = { type: 'reservation', amount: -500, balanceAfter: 1500, operation: 'video.render', userId, apiKeyId: 'key-1' }
    expect(entry).toMatchObject({ ...written, idempotencyKey: 'video-1', metadata: { seconds: 30 }, actor: null })
    await expectWholeBooks(host, accountId)
  })

  test('keeps credits from spends, other reservations and adjustments, and shows them in the balance', async () => {
    const { host, tenantry, request, accountId } = await trial()
    await tenantry.reserveCredits(request)
    await tenantry.reserveCredits({ ...request, amount: 1400, idempotencyKey: 'video-2' })
    const balance = await tenantry.creditBalance({ accountId })
    expect(balance).toMatchObject({ balance: 100, reserved: 1900, lots: [{ remaining: 100, reserved: 1900, granted: 2000 }] })
    const tooFew = (requested: number) => ({ code: 'insufficient_credits', details: { accountId, requested, balance: 100 } })
    const key = { accountId, idempotencyKey: 'other' }
    expect(await cleanRefusalOf(host, () => tenantry.spendCredits({ ...key, amount: 101, operation: 'o' }))).toEqual(tooFew(101))
    expect(await cleanRefusalOf(host, () => tenantry.reserveCredits({ ...request, ...key, amount: 102 }))).toEqual(tooFew(102))
    const taken = { ...key, amount: -103, reason: 'r' }
    expect(await cleanRefusalOf(host, () => tenantry.adjustCredits(taken, admin))).toEqual(tooFew(103))
    expect((await tenantry.spendCredits({ ...key, amount: 100, operation: 'o' })).balance).toBe(0)
    expect(await tenantry.creditBalance({ accountId })).toMatchObject({ balance: 0, reserved: 1900, lots: [] })
    await expectWholeBooks(host, accountId)
  })

  test('counts spends that were not yet taken from a lot', async () => {
    const { host, tenantry, request, accountId } = await trial()
    await tenantry.spendCredits({ accountId, amount: 1501, idempotencyKey: 'spend', operation: 'o' })
    expect((await cleanRefusalOf(host, () => tenantry.reserveCredits(request))).details).toMatchObject({ requested: 500, balance: 499 })
    expect((await tenantry.reserveCredits({ ...request, amount: 499 })).balance).toBe(0)
    await expectWholeBooks(host, accountId)
  })

  test('takes the credits of a lot until the instant before it expires, and none at that instant', async () => {
    const { host, tenantry, clock, request, accountId } = await trial()
    clock.advance({ days: 14, ms: -1 })
    expect((await tenantry.reserveCredits(request)).balance).toBe(1500)
    clock.advance(1)
    const late = { ...request, idempotencyKey: 'late', amount: 1 }
    expect(await refusalOf(tenantry.reserveCredits(late))).toEqual({
      code: 'insufficient_credits',
      details: { accountId, requested: 1, balance: 0 },
    })
    await expectWholeBooks(host, accountId)
  })

  test('lasts as long as it is told, from a second to ninety days', async () => {
    const { tenantry, clock, request } = await trial()
    for (const ttlSeconds of [1, 60, 90 * 86_400]) {
      const { reservation } = await tenantry.reserveCredits({ ...request, amount: 1, idempotencyKey: `${ttlSeconds}`, ttlSeconds })
      expect(reservation.expiresAt.getTime() - clock().getTime()).toBe(ttlSeconds * 1000)
    }
  })

  test('of calls at the same time lets through what the balance holds', async () => {
    const { host, tenantry, request, accountId } = await trial()
    const calls = Array.from({ length: 30 }, (_, n) => tenantry.reserveCredits({ ...request, amount: 100, idempotencyKey: `k${n}` }))
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    expect(await tenantry.creditBalance({ accountId })).toMatchObject({ balance: 0, reserved: 2000 })
    await expectWholeBooks(host, accountId)
  })
})

describe('a reservation that nobody ends', () => {
  test('gives its credits back at its expiry, with no job run', async () => {
    const { host, tenantry, clock, request, accountId } = await trial()
    await tenantry.reserveCredits({ ...request, amount: 2000 })
    clock.advance({ hours: 1, ms: -1 })
    expect(await tenantry.creditBalance({ accountId })).toMatchObject({ balance: 0, reserved: 2000 })
    expect((await refusalOf(tenantry.spendCredits({ accountId, amount: 1, idempotencyKey: 'early', operation: 'o' }))).code).toBe(
      'insufficient_credits',
    )
    clock.advance(1)
    expect(await tenantry.creditBalance({ accountId })).toMatchObject({ balance: 2000, reserved: 0 })
    expect((await tenantry.spendCredits({ accountId, amount: 1500, idempotencyKey: 'spend', operation: 'o' })).balance).toBe(500)
    expect(await movesOf(host, accountId)).toEqual([
      ['subscription', 2000, 2000],
      ['reservation', -2000, 0],
      ['release', 2000, 2000],
      ['usage', -1500, 500],
    ])
    await expectWholeBooks(host, accountId)
  })

  test('and whose lot is over too leaves nothing', async () => {
    const { host, tenantry, clock, request, accountId } = await trial()
    await tenantry.reserveCredits({ ...request, ttlSeconds: 14 * 86_400 })
    clock.advance({ days: 14 })
    expect(await tenantry.creditBalance({ accountId })).toEqual({ balance: 0, reserved: 0, lots: [] })
    await tenantry.grantCredits({ accountId, amount: 7, type: 'purchase', idempotencyKey: 'g' }, admin)
    expect(await movesOf(host, accountId)).toEqual([
      ['subscription', 2000, 2000],
      ['reservation', -500, 1500],
      ['release', 500, 2000],
      ['expiration', -500, 1500],
      ['expiration', -1500, 0],
      ['purchase', 7, 7],
    ])
    await expectWholeBooks(host, accountId)
  })
})

describe('reserveCredits, asked again', () => {
  test('with the same key and content sets nothing aside, and answers the first result whatever has become of it', async () => {
    const { host, tenantry, clock, request, accountId } = await trial()
    const first = await tenantry.reserveCredits({ ...request, metadata: { a: 1, b: [2] } })
    const again = () => tenantry.reserveCredits({ ...request, metadata: { b: [2], a: 1 } })
    const before = await contentsOf(host)
    expect(await again()).toEqual({ ...first, replayed: true })
    expect(await contentsOf(host)).toEqual(before)
    await tenantry.settleReservation({ reservationId: first.reservation.id, actual: 100 })
    await tenantry.spendCredits({ accountId, amount: 1900, idempotencyKey: 'rest', operation: 'o' })
    expect(await again()).toEqual({ ...first, replayed: true })
    await tenantry.suspendAccount({ accountId, reason: 'abuse' }, admin)
    clock.advance({ days: 300 })
    expect(await again()).toEqual({ ...first, replayed: true })
  })

  test('at the same time sets aside once', async () => {
    const { tenantry, request, accountId } = await trial()
    const results = await Promise.all(Array.from({ length: 20 }, () => tenantry.reserveCredits(request)))
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(results.map(({ reservation }) => reservation.id)).size).toBe(1)
    expect(await tenantry.creditBalance({ accountId })).toMatchObject({ balance: 1500, reserved: 500 })
  })

  test.each([
    { amount: 501 },
    { operation: 'image.render' },
    { ttlSeconds: 3601 },
    { userId: 'somebody' },
    { apiKeyId: 'some-key' },
    { metadata: { a: 1 } },
  ])('with the same key and other content (%o) is refused', async (other) => {
    const { host, tenantry, request } = await trial()
    await tenantry.reserveCredits(request)
    expect(await cleanRefusalOf(host, () => tenantry.reserveCredits({ ...request, ...other }))).toEqual({
      code: 'idempotency_mismatch',
      details: { idempotencyKey: 'video-1' },
    })
  })

  test('with the key of a spend is refused, and so is a spend with its key', async () => {
    const { host, tenantry, request, accountId } = await trial()
    const spend = { accountId, amount: 500, idempotencyKey: 'spend', operation: 'video.render' }
    await tenantry.spendCredits(spend)
    await tenantry.reserveCredits(request)
    const reserveAgain = () => tenantry.reserveCredits({ ...request, idempotencyKey: 'spend' })
    expect((await cleanRefusalOf(host, reserveAgain)).code).toBe('idempotency_mismatch')
    const spendAgain = () => tenantry.spendCredits({ ...spend, idempotencyKey: 'video-1' })
    expect((await cleanRefusalOf(host, spendAgain)).code).toBe('idempotency_mismatch')
  })

  test('in another account is another request', async () => {
    const { host, tenantry, request } = await trial()
    const other = await signUp(host, { email: 'grace@example.com' })
    const first = await tenantry.reserveCredits(request)
    const second = await tenantry.reserveCredits({ ...request, accountId: other.account.id })
    expect([second.replayed, second.balance]).toEqual([false, 1500])
    expect(second.reservation.id).not.toBe(first.reservation.id)
  })
})

describe('reserveCredits refuses', () => {
  test('more than there is', async () => {
    const { host, tenantry, request, accountId } = await trial()
    expect(await cleanRefusalOf(host, () => tenantry.reserveCredits({ ...request, amount: 2001 }))).toEqual({
      code: 'insufficient_credits',
      details: { accountId, requested: 2001, balance: 2000 },
    })
    expect((await tenantry.reserveCredits({ ...request, amount: 2000 })).balance).toBe(0)
  })

  test.each(['suspended', 'cancelled'] as const)('a %s account', async (status) => {
    const { host, tenantry, request, accountId } = await trial()
    const end = status === 'suspended' ? tenantry.suspendAccount : tenantry.cancelAccount
    await end({ accountId, reason: 'abuse' }, admin)
    expect(await cleanRefusalOf(host, () => tenantry.reserveCredits(request))).toEqual({
      code: `account_${status}`,
      details: { accountId },
    })
  })

  test('more than a thousand at a time', async () => {
    const { host, tenantry, clock, request, accountId } = await trial()
    const reserve = (n: number) =>
      tenantry.reserveCredits({ ...request, amount: 1, ttlSeconds: n === 1 ? 60 : 3600, idempotencyKey: `video-${n}` })
    for (let n = 1; n <= 1000; n++) await reserve(n)
    const refusal = await cleanRefusalOf(host, () => reserve(1001))
    expect(refusal).toEqual({ code: 'limit_reached', details: { accountId, limit: 'openReservations', max: 1000 } })
    expect(await reserve(7)).toMatchObject({ replayed: true })
    clock.advance({ minutes: 1 })
    expect(await reserve(1001)).toMatchObject({ balance: 1000, replayed: false })
  })

  test('an account that is not there', async () => {
    const { host, tenantry, request } = await trial()
    expect(await cleanRefusalOf(host, () => tenantry.reserveCredits({ ...request, accountId: 'nobody' }))).toEqual({
      code: 'account_not_found',
      details: { accountId: 'nobody' },
    })
  })

  const wrong: WrongInputs = [
    ['nothing', { amount: 0 }],
    ['less than nothing', { amount: -1 }],
    ['minus zero', { amount: -0 }],
    ['a part of a credit', { amount: 1.5 }],
    ['more than any balance', { amount: 2 ** 53 }],
    ['an amount as text', { amount: '5' }],
    ['an amount as a bigint', { amount: 5n }],
    ['no time at all', { ttlSeconds: 0 }],
    ['a time that has passed', { ttlSeconds: -1 }],
    ['a part of a second', { ttlSeconds: 0.5 }],
    ['a second more than ninety days', { ttlSeconds: 90 * 86_400 + 1 }],
    ['a century', { ttlSeconds: 100 * 365 * 86_400 }],
    ['for ever', { ttlSeconds: Number.POSITIVE_INFINITY }],
    ['no operation', { operation: '' }],
    ['no key', { idempotencyKey: '' }],
    ['a key of the library itself', { idempotencyKey: 'tenantry:x' }],
    ['a field that it does not know', { expiresAt: new Date('2027-01-01') }],
  ]
  test.each(wrong)('%s', async (_, input) => {
    const { host, tenantry, request } = await trial()
    expect(await wrongFieldsOf(host, () => tenantry.reserveCredits({ ...request, ...input } as never))).toEqual(Object.keys(input))
  })
})
