import { describe, expect, test } from 'vitest'
import {
  admin,
  cleanRefusalOf,
  contentsOf,
  createHost,
  expectWholeBooks,
  ledgerOf,
  movesOf,
  signUp,
  system,
  type WrongInputs,
  wrongFieldsOf,
} from '../support/host.js'

/** An account on trial that has spent 300 of its 2,000 credits. */
async function spent() {
  const host = await createHost()
  const { account, user } = await signUp(host)
  const accountId = account.id
  const use = { operation: 'video.render', userId: user.id, apiKeyId: 'key-1' }
  const { entry } = await host.tenantry.spendCredits({ accountId, amount: 300, idempotencyKey: 'video-1', ...use })
  const request = { entryId: entry.id, amount: 100, idempotencyKey: 'refund-1', reason: 'it failed' }
  return { host, request, accountId, entry, use, userId: user.id, ...host }
}

describe('refundCredits', () => {
  test('gives credits back with an entry that names the spend, its operation, person and key, and an act', async () => {
    const { host, tenantry, clock, request, accountId, entry, use } = await spent()
    clock.advance({ days: 1 })
    const result = await tenantry.refundCredits(request, admin)
    expect(result).toEqual({
      balance: 1800,
      replayed: false,
      entry: {
        id: expect.any(String),
        accountId,
        sequence: 3,
        type: 'refund',
        amount: 100,
        balanceAfter: 1800,
        description: 'it failed',
        idempotencyKey: 'refund-1',
        metadata: {},
        ...use,
        refundsEntryId: entry.id,
        actor: admin,
        createdAt: clock(),
      },
    })
    expect((await tenantry.listAuditEntries({ accountId, limit: 1 })).items[0]).toMatchObject({
      actor: admin,
      action: 'refundCredits',
      reason: 'it failed',
      before: { credits: 1700 },
      after: { credits: 1800, entryId: result.entry.id, amount: 100 },
    })
    await expectWholeBooks(host, accountId)
  })

  test('gives all of it back when no amount is named, and later what is left', async () => {
    const { host, tenantry, request, accountId } = await spent()
    await tenantry.refundCredits(request, admin)
    const { amount: _, ...rest } = { ...request, idempotencyKey: 'refund-2' }
    expect((await tenantry.refundCredits(rest, system)).entry.amount).toBe(200)
    expect((await movesOf(host, accountId)).slice(2)).toEqual([
      ['refund', 100, 1800],
      ['refund', 200, 2000],
    ])
    await expectWholeBooks(host, accountId)
  })

  test('never gives back more than was spent, all refunds together', async () => {
    const { host, tenantry, request } = await spent()
    const refund = (amount: number | undefined, idempotencyKey: string) => () =>
      tenantry.refundCredits({ ...request, amount, idempotencyKey }, admin)
    expect(await wrongFieldsOf(host, refund(301, 'a'))).toEqual(['amount'])
    await refund(100, 'b')()
    expect(await wrongFieldsOf(host, refund(201, 'c'))).toEqual(['amount'])
    await refund(199, 'd')()
    expect(await wrongFieldsOf(host, refund(2, 'e'))).toEqual(['amount'])
    await refund(1, 'f')()
    expect(await wrongFieldsOf(host, refund(1, 'g'))).toEqual(['amount'])
    expect(await wrongFieldsOf(host, refund(undefined, 'h'))).toEqual(['amount'])
  })

  test('at the same time never gives back more than was spent', async () => {
    const { host, tenantry, request, accountId } = await spent()
    const calls = Array.from({ length: 10 }, (_, n) => tenantry.refundCredits({ ...request, amount: 70, idempotencyKey: `r${n}` }, admin))
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(1980)
    await expectWholeBooks(host, accountId)
  })

  test('gives back what a settled reservation has cost', async () => {
    const { host, tenantry, request, accountId, userId } = await spent()
    const work = { accountId, amount: 500, idempotencyKey: 'w', operation: 'image.render', userId, ttlSeconds: 60 }
    const { reservation } = await tenantry.reserveCredits(work)
    await tenantry.settleReservation({ reservationId: reservation.id, actual: 120 })
    const [usage] = (await ledgerOf(host, accountId)).slice(-1)
    const ofUsage = { ...request, entryId: usage?.id ?? '' }
    expect(await wrongFieldsOf(host, () => tenantry.refundCredits({ ...ofUsage, amount: 121 }, admin))).toEqual(['amount'])
    const result = await tenantry.refundCredits({ ...ofUsage, amount: 120 }, admin)
    expect(result).toMatchObject({ balance: 1700, entry: { operation: 'image.render', userId } })
    await expectWholeBooks(host, accountId)
  })

  test('of a suspended or cancelled account gives back too', async () => {
    const { tenantry, request, accountId } = await spent()
    await tenantry.cancelAccount({ accountId, reason: 'gone' }, admin)
    expect((await tenantry.refundCredits(request, admin)).balance).toBe(1800)
  })

  test('is of that account only, whatever keys others use', async () => {
    const { host, tenantry, request } = await spent()
    const other = await signUp(host, { email: 'grace@example.com' })
    const spend = { accountId: other.account.id, amount: 50, idempotencyKey: 'video-1', operation: 'o' }
    const { entry } = await tenantry.spendCredits(spend)
    await tenantry.refundCredits(request, admin)
    const result = await tenantry.refundCredits({ ...request, entryId: entry.id, amount: 50 }, admin)
    expect(result).toMatchObject({ replayed: false, balance: 2000, entry: { accountId: other.account.id } })
  })
})

describe('refundCredits, asked again', () => {
  test.each([100, undefined])('with the same key and content (%o) gives nothing and answers the first result', async (amount) => {
    const { host, tenantry, clock, request, accountId } = await spent()
    const refund = { ...request, amount }
    const first = await tenantry.refundCredits(refund, admin)
    await tenantry.spendCredits({ accountId, amount: 1000, idempotencyKey: 'spend', operation: 'o' })
    clock.advance({ days: 30 })
    const before = await contentsOf(host)
    expect(await tenantry.refundCredits(refund, system)).toEqual({ ...first, replayed: true })
    expect(await contentsOf(host)).toEqual(before)
  })

  test('at the same time gives once', async () => {
    const { tenantry, request, accountId } = await spent()
    const results = await Promise.all(Array.from({ length: 20 }, () => tenantry.refundCredits(request, admin)))
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(1800)
  })

  test.each([{ amount: 101 }, { amount: undefined }, { reason: 'other' }])(
    'with the same key and other content (%o) is refused',
    async (other) => {
      const { host, tenantry, request } = await spent()
      await tenantry.refundCredits(request, admin)
      expect(await cleanRefusalOf(host, () => tenantry.refundCredits({ ...request, ...other }, admin))).toEqual({
        code: 'idempotency_mismatch',
        details: { idempotencyKey: 'refund-1' },
      })
    },
  )

  test('with the same key for another spend, or with the key of the spend, is refused', async () => {
    const { host, tenantry, request, accountId } = await spent()
    await tenantry.refundCredits(request, admin)
    const { entry } = await tenantry.spendCredits({ accountId, amount: 300, idempotencyKey: 'video-2', operation: 'o' })
    const ofOther = () => tenantry.refundCredits({ ...request, entryId: entry.id }, admin)
    expect((await cleanRefusalOf(host, ofOther)).code).toBe('idempotency_mismatch')
    const withKey = () => tenantry.refundCredits({ ...request, idempotencyKey: 'video-1' }, admin)
    expect((await cleanRefusalOf(host, withKey)).code).toBe('idempotency_mismatch')
  })
})

describe('refundCredits refuses', () => {
  test('an entry that is not there', async () => {
    const { host, tenantry, request, accountId } = await spent()
    for (const entryId of ['nowhere', accountId]) {
      expect(await cleanRefusalOf(host, () => tenantry.refundCredits({ ...request, entryId }, admin))).toEqual({
        code: 'entry_not_found',
        details: { entryId },
      })
    }
  })

  test('every entry that is no use, a refund too', async () => {
    const { host, tenantry, clock, request, accountId } = await spent()
    await tenantry.refundCredits(request, admin)
    await tenantry.adjustCredits({ accountId, amount: -5, idempotencyKey: 'down', reason: 'r' }, admin)
    await tenantry.adjustCredits({ accountId, amount: 5, idempotencyKey: 'up', reason: 'r' }, admin)
    const grant = { accountId, amount: 5, expiresAt: new Date('2026-01-02') } as const
    await tenantry.grantCredits({ ...grant, type: 'promotion', idempotencyKey: 'p' }, admin)
    await tenantry.grantCredits({ ...grant, type: 'purchase', idempotencyKey: 'b' }, admin)
    const { reservation } = await tenantry.reserveCredits({ accountId, amount: 5, idempotencyKey: 'w', operation: 'o', ttlSeconds: 60 })
    await tenantry.releaseReservation({ reservationId: reservation.id })
    clock.advance({ days: 14 })
    await tenantry.grantCredits({ ...grant, expiresAt: undefined, type: 'purchase', idempotencyKey: 'late' }, admin)
    const others = (await ledgerOf(host, accountId)).filter(({ type }) => type !== 'usage')
    const types = ['subscription', 'refund', 'adjustment', 'promotion', 'purchase', 'reservation', 'release', 'expiration']
    expect(new Set(others.map(({ type }) => type))).toEqual(new Set(types))
    for (const { id: entryId } of others) {
      const refund = () => tenantry.refundCredits({ ...request, entryId, idempotencyKey: `of-${entryId}` }, admin)
      expect(await wrongFieldsOf(host, refund)).toEqual(['entryId'])
    }
  })

  test.each(['user', 'api_key'] as const)('an actor of type %s', async (type) => {
    const { host, tenantry, request, userId } = await spent()
    expect(await cleanRefusalOf(host, () => tenantry.refundCredits(request, { type, id: userId }))).toEqual({
      code: 'forbidden',
      details: { action: 'refund credits' },
    })
  })

  test('to fill an account beyond 2^53 - 1 credits', async () => {
    const { host, tenantry, request, accountId } = await spent()
    const room = Number.MAX_SAFE_INTEGER - 1700
    await tenantry.grantCredits({ accountId, amount: room - 50, type: 'purchase', idempotencyKey: 'all' }, admin)
    expect(await wrongFieldsOf(host, () => tenantry.refundCredits({ ...request, amount: 51 }, admin))).toEqual(['amount'])
    expect((await tenantry.refundCredits({ ...request, amount: 50 }, admin)).balance).toBe(Number.MAX_SAFE_INTEGER)
  })

  const wrong: WrongInputs = [
    ['nothing', { amount: 0 }],
    ['less than nothing', { amount: -1 }],
    ['minus zero', { amount: -0 }],
    ['a part of a credit', { amount: 1.5 }],
    ['more than any balance', { amount: 2 ** 53 }],
    ['an amount as text', { amount: '5' }],
    ['no reason', { reason: undefined }],
    ['a blank reason', { reason: ' ' }],
    ['no key', { idempotencyKey: undefined }],
    ['a key of the library itself', { idempotencyKey: 'tenantry:x' }],
    ['an id that is none', { entryId: '' }],
    ['an account, which the entry has', { accountId: 'account-1' }],
  ]
  test.each(wrong)('%s', async (_, input) => {
    const { host, tenantry, request } = await spent()
    expect(await wrongFieldsOf(host, () => tenantry.refundCredits({ ...request, ...input } as never, admin))).toEqual(Object.keys(input))
  })
})
