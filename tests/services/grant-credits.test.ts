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

async function trial() {
  const host = await createHost()
  const { account, user } = await signUp(host)
  const request = { accountId: account.id, amount: 500, type: 'purchase', idempotencyKey: 'order-7' } as const
  return { host, request, accountId: account.id, userId: user.id, ...host }
}

describe('grantCredits', () => {
  test('adds a lot, its entry and an act, and answers the new balance', async () => {
    const { host, tenantry, clock, request, accountId } = await trial()
    clock.advance({ days: 1 })
    const expiresAt = new Date('2026-06-01T00:00:00.000Z')
    const more = { expiresAt, priority: 5, description: 'Order 7', metadata: { order: 7 } }
    const result = await tenantry.grantCredits({ ...request, ...more }, admin)
    expect(result).toEqual({
      balance: 2500,
      replayed: false,
      entry: {
        id: expect.any(String),
        accountId,
        sequence: 2,
        type: 'purchase',
        amount: 500,
        balanceAfter: 2500,
        operation: null,
        description: 'Order 7',
        idempotencyKey: 'order-7',
        metadata: { order: 7 },
        userId: null,
        apiKeyId: null,
        refundsEntryId: null,
        actor: admin,
        createdAt: clock(),
      },
    })
    const { balance, lots } = await tenantry.creditBalance({ accountId })
    expect(balance).toBe(2500)
    expect(lots[1]).toEqual({
      id: result.entry.id,
      accountId,
      type: 'purchase',
      granted: 500,
      remaining: 500,
      reserved: 0,
      priority: 5,
      expiresAt,
      rolloverCap: null,
      createdAt: clock(),
    })
    expect((await ledgerOf(host, accountId)).at(-1)).toEqual(result.entry)
    await expectWholeBooks(host, accountId)
  })

  test('writes down who gave them, why, and the balance before and after', async () => {
    const { tenantry, clock, request, accountId } = await trial()
    const { entry } = await tenantry.grantCredits({ ...request, description: 'Order 7' }, system)
    expect((await tenantry.listAuditEntries({ accountId })).items).toEqual([
      {
        id: expect.any(String),
        accountId,
        actor: system,
        action: 'grantCredits',
        reason: 'Order 7',
        before: { credits: 2000 },
        after: { credits: 2500, entryId: entry.id, amount: 500 },
        createdAt: clock(),
      },
    ])
  })

  test('writes down the balance that there was at that moment: lapsed credits do not count', async () => {
    const { tenantry, clock, request, accountId } = await trial()
    clock.advance({ days: 14 })
    await tenantry.grantCredits(request, admin)
    expect((await tenantry.listAuditEntries({ accountId })).items).toMatchObject([{ before: { credits: 0 }, after: { credits: 500 } }])
  })

  test('lets them be spent after the credits that expire first, and before those of a higher priority', async () => {
    const { tenantry, request, accountId } = await trial()
    await tenantry.grantCredits({ ...request, idempotencyKey: 'later', priority: 1, expiresAt: new Date('2026-01-02') }, admin)
    await tenantry.grantCredits({ ...request, idempotencyKey: 'never' }, admin)
    await tenantry.grantCredits({ ...request, idempotencyKey: 'soon', type: 'promotion', expiresAt: new Date('2026-01-03') }, admin)
    const { entry } = await tenantry.spendCredits({ accountId, amount: 2700, idempotencyKey: 'spend', operation: 'o' })
    expect(entry.balanceAfter).toBe(800)
    const { lots } = await tenantry.creditBalance({ accountId })
    expect(lots.map(({ type, remaining, priority }) => [type, remaining, priority])).toEqual([
      ['purchase', 300, 0],
      ['purchase', 500, 1],
    ])
  })

  test('lets them expire at their instant, with an entry of their own', async () => {
    const { host, tenantry, clock, request, accountId } = await trial()
    const expiresAt = new Date('2026-01-05T10:00:00.000Z')
    const { entry } = await tenantry.grantCredits({ ...request, expiresAt }, admin)
    clock.set('2026-01-05T09:59:59.999Z')
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(2500)
    clock.set(expiresAt)
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(2000)
    await tenantry.spendCredits({ accountId, amount: 1, idempotencyKey: 'spend', operation: 'o' })
    expect((await ledgerOf(host, accountId))[2]).toMatchObject({
      type: 'expiration',
      amount: -500,
      balanceAfter: 2000,
      actor: null,
      metadata: { lotId: entry.id, expiredAt: expiresAt.toISOString() },
    })
    await expectWholeBooks(host, accountId)
  })

  test('does not let a new lot pay for earlier spends', async () => {
    const { host, tenantry, request, accountId } = await trial()
    await tenantry.spendCredits({ accountId, amount: 300, idempotencyKey: 'spend', operation: 'o' })
    await tenantry.grantCredits({ ...request, type: 'promotion', expiresAt: new Date('2026-01-02') }, admin)
    const { lots } = await tenantry.creditBalance({ accountId })
    expect(lots.map(({ type, remaining }) => [type, remaining])).toEqual([
      ['promotion', 500],
      ['subscription', 1700],
    ])
    await expectWholeBooks(host, accountId)
  })

  test('gives a suspended account credits too', async () => {
    const { tenantry, request, accountId } = await trial()
    await tenantry.suspendAccount({ accountId, reason: 'abuse' }, admin)
    expect((await tenantry.grantCredits(request, admin)).balance).toBe(2500)
  })

  test('fills an account up to 2^53 - 1 credits, and no further', async () => {
    const { host, tenantry, request, accountId } = await trial()
    const full = Number.MAX_SAFE_INTEGER
    expect((await tenantry.grantCredits({ ...request, amount: full - 2000 }, admin)).balance).toBe(full)
    const more = { ...request, amount: 1, idempotencyKey: 'more' }
    expect(await wrongFieldsOf(host, () => tenantry.grantCredits(more, admin))).toEqual(['amount'])
    await expectWholeBooks(host, accountId)
  })
})

describe('grantCredits, asked again', () => {
  test('with the same key and content gives nothing and answers the first result', async () => {
    const { host, tenantry, clock, request, accountId } = await trial()
    const grant = { ...request, expiresAt: new Date('2026-01-02'), metadata: { a: 1, b: [2] } }
    const first = await tenantry.grantCredits(grant, admin)
    await tenantry.spendCredits({ accountId, amount: 600, idempotencyKey: 'spend', operation: 'o' })
    clock.advance({ days: 30 })
    const before = await contentsOf(host)
    const again = await tenantry.grantCredits({ ...grant, metadata: { b: [2], a: 1 } }, { type: 'admin', id: 'staff-2' })
    expect(again).toEqual({ ...first, replayed: true })
    expect(await contentsOf(host)).toEqual(before)
    expect((await movesOf(host, accountId)).filter(([type]) => type === 'purchase')).toHaveLength(1)
  })

  test('at the same time gives once', async () => {
    const { tenantry, request, accountId } = await trial()
    const results = await Promise.all(Array.from({ length: 20 }, () => tenantry.grantCredits(request, admin)))
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(2500)
  })

  test.each([
    { amount: 501 },
    { type: 'promotion' as const },
    { expiresAt: new Date('2026-02-01') },
    { priority: 1 },
    { description: 'other' },
    { metadata: { a: 1 } },
  ])('with the same key and other content (%o) is refused', async (other) => {
    const { host, tenantry, request } = await trial()
    await tenantry.grantCredits(request, admin)
    expect(await cleanRefusalOf(host, () => tenantry.grantCredits({ ...request, ...other }, admin))).toEqual({
      code: 'idempotency_mismatch',
      details: { idempotencyKey: 'order-7' },
    })
  })

  test('with the key of a spend is refused', async () => {
    const { host, tenantry, request, accountId } = await trial()
    await tenantry.spendCredits({ accountId, amount: 500, idempotencyKey: 'order-7', operation: 'o' })
    expect((await cleanRefusalOf(host, () => tenantry.grantCredits(request, admin))).code).toBe('idempotency_mismatch')
  })
})

describe('grantCredits refuses', () => {
  test.each(['user', 'api_key'] as const)('an actor of type %s', async (type) => {
    const { host, tenantry, request, userId } = await trial()
    expect(await cleanRefusalOf(host, () => tenantry.grantCredits(request, { type, id: userId }))).toEqual({
      code: 'forbidden',
      details: { action: 'grant credits' },
    })
  })

  test('an account that is not there', async () => {
    const { host, tenantry, request } = await trial()
    expect(await cleanRefusalOf(host, () => tenantry.grantCredits({ ...request, accountId: 'nobody' }, admin))).toEqual({
      code: 'account_not_found',
      details: { accountId: 'nobody' },
    })
  })

  test('an actor that is none', async () => {
    const { host, tenantry, request } = await trial()
    for (const actor of [undefined, {}, { type: 'root', id: 'x' }, { type: 'admin', id: '' }, { ...admin, extra: 1 }]) {
      expect(await wrongFieldsOf(host, () => tenantry.grantCredits(request, actor as never))).toEqual(['actor'])
    }
  })

  const wrong: WrongInputs = [
    ['nothing', { amount: 0 }],
    ['less than nothing', { amount: -1 }],
    ['a type that only the library makes', { type: 'usage' }],
    ['credits that expire at this very moment', { expiresAt: new Date('2026-01-01T00:00:00.000Z') }],
    ['a moment that is none', { expiresAt: new Date('never') }],
    ['a moment as text', { expiresAt: '2027-01-01' }],
    ['a negative priority', { priority: -1 }],
    ['a priority above 1,000', { priority: 1001 }],
    ['a key of the library itself', { idempotencyKey: 'tenantry:x' }],
    ['a description with a control character', { description: 'a\u0007' }],
    ['a field that it does not know', { surprise: 1 }],
  ]
  test.each(wrong)('%s', async (_, input) => {
    const { host, tenantry, request } = await trial()
    expect(await wrongFieldsOf(host, () => tenantry.grantCredits({ ...request, ...input } as never, admin))).toEqual(Object.keys(input))
  })
})
