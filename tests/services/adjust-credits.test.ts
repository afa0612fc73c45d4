import { describe, expect, test } from 'vitest'
import {
  admin,
  cleanRefusalOf,
  contentsOf,
  createHost,
  expectWholeBooks,
  movesOf,
  signUp,
  system,
  type WrongInputs,
  wrongFieldsOf,
} from '../support/host.js'

async function trial() {
  const host = await createHost()
  const { account, user } = await signUp(host)
  const request = { accountId: account.id, amount: -300, idempotencyKey: 'fix-1', reason: 'counted twice' }
  return { host, request, accountId: account.id, userId: user.id, ...host }
}

describe('adjustCredits', () => {
  test('takes credits in burn order, with the reason in the ledger and in the audit log', async () => {
    const { host, tenantry, clock, request, accountId } = await trial()
    await tenantry.grantCredits(
      { accountId, amount: 100, type: 'promotion', idempotencyKey: 'p', expiresAt: new Date('2026-01-02') },
      admin,
    )
    clock.advance({ hours: 1 })
    const result = await tenantry.adjustCredits(request, admin)
    expect(result).toMatchObject({
      balance: 1800,
      replayed: false,
      entry: { type: 'adjustment', amount: -300, balanceAfter: 1800, description: 'counted twice', actor: admin, createdAt: clock() },
    })
    const { lots } = await tenantry.creditBalance({ accountId })
    expect(lots.map(({ type, remaining }) => [type, remaining])).toEqual([['subscription', 1800]])
    expect((await tenantry.listAuditEntries({ accountId, limit: 1 })).items[0]).toMatchObject({
      actor: admin,
      action: 'adjustCredits',
      reason: 'counted twice',
      before: { credits: 2100 },
      after: { credits: 1800, entryId: result.entry.id, amount: -300 },
    })
    await expectWholeBooks(host, accountId)
  })

  test('adds credits that never expire', async () => {
    const { host, tenantry, clock, request, accountId } = await trial()
    expect((await tenantry.adjustCredits({ ...request, amount: 40 }, system)).balance).toBe(2040)
    clock.advance({ days: 400 })
    const { balance, lots } = await tenantry.creditBalance({ accountId })
    expect(balance).toBe(40)
    expect(lots).toMatchObject([{ type: 'adjustment', granted: 40, remaining: 40, expiresAt: null }])
    await expectWholeBooks(host, accountId)
  })

  test('takes everything, but never more than there is', async () => {
    const { host, tenantry, request, accountId } = await trial()
    await tenantry.spendCredits({ accountId, amount: 1500, idempotencyKey: 'spend', operation: 'o' })
    expect(await cleanRefusalOf(host, () => tenantry.adjustCredits({ ...request, amount: -501 }, admin))).toEqual({
      code: 'insufficient_credits',
      details: { accountId, requested: 501, balance: 500 },
    })
    expect((await tenantry.adjustCredits({ ...request, amount: -500 }, admin)).balance).toBe(0)
    await expectWholeBooks(host, accountId)
  })

  test('does not count credits that have expired', async () => {
    const { host, tenantry, clock, request, accountId } = await trial()
    clock.advance({ days: 14 })
    expect(await cleanRefusalOf(host, () => tenantry.adjustCredits({ ...request, amount: -1 }, admin))).toEqual({
      code: 'insufficient_credits',
      details: { accountId, requested: 1, balance: 0 },
    })
    await tenantry.adjustCredits({ ...request, amount: 7 }, admin)
    expect(await movesOf(host, accountId)).toEqual([
      ['subscription', 2000, 2000],
      ['expiration', -2000, 0],
      ['adjustment', 7, 7],
    ])
  })
})

describe('adjustCredits, asked again', () => {
  test.each([-300, 300])('with the same key and content (%i) does nothing and answers the first result', async (amount) => {
    const { host, tenantry, clock, request, accountId } = await trial()
    const first = await tenantry.adjustCredits({ ...request, amount }, admin)
    await tenantry.spendCredits({ accountId, amount: 1000, idempotencyKey: 'spend', operation: 'o' })
    clock.advance({ days: 30 })
    const before = await contentsOf(host)
    expect(await tenantry.adjustCredits({ ...request, amount }, system)).toEqual({ ...first, replayed: true })
    expect(await contentsOf(host)).toEqual(before)
  })

  test.each([{ amount: 300 }, { amount: -301 }, { reason: 'other' }])(
    'with the same key and other content (%o) is refused',
    async (other) => {
      const { host, tenantry, request } = await trial()
      await tenantry.adjustCredits(request, admin)
      expect(await cleanRefusalOf(host, () => tenantry.adjustCredits({ ...request, ...other }, admin))).toEqual({
        code: 'idempotency_mismatch',
        details: { idempotencyKey: 'fix-1' },
      })
    },
  )

  test('with the key of a grant is refused', async () => {
    const { host, tenantry, request, accountId } = await trial()
    await tenantry.grantCredits({ accountId, amount: 300, type: 'purchase', idempotencyKey: 'fix-1' }, admin)
    expect((await cleanRefusalOf(host, () => tenantry.adjustCredits({ ...request, amount: 300 }, admin))).code).toBe('idempotency_mismatch')
  })
})

describe('adjustCredits refuses', () => {
  test.each(['user', 'api_key'] as const)('an actor of type %s', async (type) => {
    const { host, tenantry, request, userId } = await trial()
    expect(await cleanRefusalOf(host, () => tenantry.adjustCredits(request, { type, id: userId }))).toEqual({
      code: 'forbidden',
      details: { action: 'adjust credits' },
    })
  })

  test('an account that is not there', async () => {
    const { host, tenantry, request } = await trial()
    expect(await cleanRefusalOf(host, () => tenantry.adjustCredits({ ...request, accountId: 'nobody' }, admin))).toEqual({
      code: 'account_not_found',
      details: { accountId: 'nobody' },
    })
  })

  const wrong: WrongInputs = [
    ['nothing', { amount: 0 }],
    ['minus zero', { amount: -0 }],
    ['a part of a credit', { amount: -0.5 }],
    ['more than an account holds', { amount: Number.MAX_SAFE_INTEGER }],
    ['no reason', { reason: undefined }],
    ['a blank reason', { reason: ' ' }],
    ['a key of the library itself', { idempotencyKey: 'tenantry:x' }],
    ['a field that it does not know', { type: 'purchase' }],
  ]
  test.each(wrong)('%s', async (_, input) => {
    const { host, tenantry, request } = await trial()
    expect(await wrongFieldsOf(host, () => tenantry.adjustCredits({ ...request, ...input }, admin))).toEqual(Object.keys(input))
  })
})
