import { describe, expect, test } from 'vitest'
import {
  admin,
  cleanRefusalOf,
  contentsOf,
  createHost,
  expectWholeBooks,
  movesOf,
  signUp,
  type WrongInputs,
  wrongFieldsOf,
} from '../support/host.js'
import { recordingStore } from '../support/wrapped-store.js'

async function trial() {
  const host = await createHost()
  const { account, user } = await signUp(host)
  const request = { accountId: account.id, amount: 150, idempotencyKey: 'article-1', operation: 'article.generate' }
  return { host, request, accountId: account.id, userId: user.id, ...host }
}

describe('spendCredits', () => {
  test('takes the credits, writes one entry and answers what is left', async () => {
    const { host, tenantry, clock, request, accountId, userId } = await trial()
    clock.advance({ days: 3 })
    const result = await tenantry.spendCredits({ ...request, userId, apiKeyId: 'key-1', metadata: { words: 900, tags: ['a'] } })
    expect(result).toEqual({
      balance: 1850,
      replayed: false,
      entry: {
        id: expect.any(String),
        accountId,
        sequence: 2,
        type: 'usage',
        amount: -150,
        balanceAfter: 1850,
        operation: 'article.generate',
        description: 'article.generate',
        idempotencyKey: 'article-1',
        metadata: { words: 900, tags: ['a'] },
        userId,
        apiKeyId: 'key-1',
        refundsEntryId: null,
        actor: null,
        createdAt: clock(),
      },
    })
    expect((await tenantry.getAccount({ accountId })).account.credits).toBe(1850)
    expect((await tenantry.listCreditEntries({ accountId, limit: 1 })).items).toEqual([result.entry])
    await expectWholeBooks(host, accountId)
  })

  test('costs one step of the store', async () => {
    const recorded: { calls?: { verb: string }[] } = {}
    const host = await createHost({
      wrap: (inner) => {
        const { store, calls } = recordingStore(inner)
        recorded.calls = calls
        return store
      },
    })
    const { account } = await signUp(host)
    recorded.calls?.splice(0)
    await host.tenantry.spendCredits({ accountId: account.id, amount: 1, idempotencyKey: 'k', operation: 'o' })
    expect(recorded.calls?.map(({ verb }) => verb)).toEqual(['spendCredits'])
  })

  test('spends down to nothing, and no further', async () => {
    const { host, tenantry, request, accountId } = await trial()
    expect((await tenantry.spendCredits({ ...request, amount: 2000 })).balance).toBe(0)
    const more = { ...request, amount: 1, idempotencyKey: 'article-2' }
    expect(await cleanRefusalOf(host, () => tenantry.spendCredits(more))).toEqual({
      code: 'insufficient_credits',
      details: { accountId, requested: 1, balance: 0 },
    })
  })

  test('takes all of an amount or nothing of it', async () => {
    const { host, tenantry, request, accountId } = await trial()
    expect(await cleanRefusalOf(host, () => tenantry.spendCredits({ ...request, amount: 2001 }))).toEqual({
      code: 'insufficient_credits',
      details: { accountId, requested: 2001, balance: 2000 },
    })
    expect((await tenantry.spendCredits(request)).replayed).toBe(false)
  })

  test('of calls at the same time lets through what the balance holds', async () => {
    const { host, tenantry, request, accountId } = await trial()
    const calls = Array.from({ length: 30 }, (_, n) => tenantry.spendCredits({ ...request, amount: 100, idempotencyKey: `k${n}` }))
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(0)
    await expectWholeBooks(host, accountId)
  })
})

describe('spendCredits, asked again', () => {
  test('with the same key and content takes nothing and answers the first result, whatever came after', async () => {
    const { host, tenantry, clock, request, accountId } = await trial()
    const metadata = { first: 1, second: { third: [3] } }
    const first = await tenantry.spendCredits({ ...request, metadata })
    await tenantry.spendCredits({ ...request, idempotencyKey: 'other' })
    clock.advance({ days: 30 })
    const before = await contentsOf(host)
    const again = await tenantry.spendCredits({ ...request, metadata: { second: { third: [3] }, first: 1 } })
    expect(again).toEqual({ ...first, replayed: true })
    expect(await contentsOf(host)).toEqual(before)
    expect((await movesOf(host, accountId)).filter(([type]) => type === 'usage')).toHaveLength(2)
  })

  test('answers the first result also when the account is suspended, cancelled or spent up since', async () => {
    const { host, tenantry, request, accountId } = await trial()
    const first = await tenantry.spendCredits(request)
    await tenantry.spendCredits({ ...request, amount: 1850, idempotencyKey: 'rest' })
    await tenantry.suspendAccount({ accountId, reason: 'abuse' }, admin)
    expect(await tenantry.spendCredits(request)).toEqual({ ...first, replayed: true })
    await tenantry.cancelAccount({ accountId, reason: 'gone' }, admin)
    expect(await tenantry.spendCredits(request)).toEqual({ ...first, replayed: true })
    await expectWholeBooks(host, accountId)
  })

  test('at the same time takes once', async () => {
    const { tenantry, request, accountId } = await trial()
    const results = await Promise.all(Array.from({ length: 20 }, () => tenantry.spendCredits(request)))
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(results.map(({ entry }) => entry.id)).size).toBe(1)
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(1850)
  })

  test.each([{ amount: 151 }, { operation: 'image.generate' }, { metadata: { a: 1 } }, { userId: 'somebody' }, { apiKeyId: 'some-key' }])(
    'with the same key and other content (%o) is refused',
    async (other) => {
      const { host, tenantry, request } = await trial()
      await tenantry.spendCredits(request)
      expect(await cleanRefusalOf(host, () => tenantry.spendCredits({ ...request, ...other }))).toEqual({
        code: 'idempotency_mismatch',
        details: { idempotencyKey: 'article-1' },
      })
    },
  )

  test('with the key of a grant is refused', async () => {
    const { host, tenantry, request, accountId } = await trial()
    await tenantry.grantCredits({ accountId, amount: 150, type: 'purchase', idempotencyKey: 'article-1' }, admin)
    expect((await cleanRefusalOf(host, () => tenantry.spendCredits(request))).code).toBe('idempotency_mismatch')
  })

  test('in another account is another request', async () => {
    const { host, tenantry, request } = await trial()
    const other = await signUp(host, { email: 'grace@example.com' })
    await tenantry.spendCredits(request)
    const result = await tenantry.spendCredits({ ...request, accountId: other.account.id })
    expect(result).toMatchObject({ replayed: false, balance: 1850, entry: { accountId: other.account.id } })
  })
})

describe('spendCredits refuses', () => {
  test('a suspended account, and lets it spend again once it is reinstated', async () => {
    const { host, tenantry, request, accountId } = await trial()
    await tenantry.suspendAccount({ accountId, reason: 'abuse' }, admin)
    expect(await cleanRefusalOf(host, () => tenantry.spendCredits(request))).toEqual({ code: 'account_suspended', details: { accountId } })
    await tenantry.reinstateAccount({ accountId, reason: 'a mistake' }, admin)
    expect((await tenantry.spendCredits(request)).balance).toBe(1850)
  })

  test('a cancelled account', async () => {
    const { host, tenantry, request, accountId } = await trial()
    await tenantry.cancelAccount({ accountId, reason: 'gone' }, admin)
    expect(await cleanRefusalOf(host, () => tenantry.spendCredits(request))).toEqual({ code: 'account_cancelled', details: { accountId } })
  })

  test('an account that is not there', async () => {
    const { host, tenantry, request } = await trial()
    expect(await cleanRefusalOf(host, () => tenantry.spendCredits({ ...request, accountId: 'nobody' }))).toEqual({
      code: 'account_not_found',
      details: { accountId: 'nobody' },
    })
  })

  const wrong: WrongInputs = [
    ['an account id with a space', { accountId: 'a b' }],
    ['no account', { accountId: undefined }],
    ['nothing', { amount: 0 }],
    ['less than nothing', { amount: -5 }],
    ['minus zero', { amount: -0 }],
    ['a part of a credit', { amount: 1.5 }],
    ['text for a number', { amount: '150' }],
    ['no number', { amount: Number.NaN }],
    ['more than integers hold', { amount: 2 ** 53 }],
    ['an empty key', { idempotencyKey: '' }],
    ['a key that begins with a space', { idempotencyKey: ' k' }],
    ['a key of 256 characters', { idempotencyKey: 'k'.repeat(256) }],
    ['a key outside ASCII', { idempotencyKey: 'schlüssel' }],
    ['a key of the library itself', { idempotencyKey: 'tenantry:plan:x' }],
    ['a blank operation', { operation: '  ' }],
    ['an operation of 101 characters', { operation: 'o'.repeat(101) }],
    ['an operation with a NUL', { operation: 'a\u0000b' }],
    ['metadata that is a list', { metadata: [] }],
    ['metadata with a date', { metadata: { when: new Date(0) } }],
    ['metadata with a NUL', { metadata: { text: 'a\u0000' } }],
    ['metadata with broken Unicode', { metadata: { text: '\ud800' } }],
    ['metadata that is too large', { metadata: { big: 'x'.repeat(17_000) } }],
    ['metadata that is too deep', { metadata: { a: { b: { c: { d: { e: { f: { g: { h: {} } } } } } } } } }],
    ['an empty user id', { userId: '' }],
    ['a field that it does not know', { surprise: 1 }],
  ]
  test.each(wrong)('%s', async (_, input) => {
    const { host, tenantry, request } = await trial()
    expect(await wrongFieldsOf(host, () => tenantry.spendCredits({ ...request, ...input }))).toEqual(Object.keys(input))
  })
})
