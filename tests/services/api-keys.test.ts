import { credentialKind } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { admin, cleanRefusalOf, createHost, refusalOf, signUp, system, type WrongInputs, wrongFieldsOf } from '../support/host.js'

async function customer() {
  const host = await createHost()
  const { account, user } = await signUp(host)
  const accountId = account.id
  const owner = { type: 'user', id: user.id } as const
  const make = (name: string, more: object = {}) => host.tenantry.createApiKey({ accountId, name, ...more }, owner)
  const answer = async (credential: string) => {
    const result = await host.tenantry.authenticate({ credential })
    return result.ok ? 'ok' : result.code
  }
  return { host, accountId, user, owner, make, answer, ...host }
}

describe('createApiKey', () => {
  test('makes a key that acts for the account, and shows its secret', async () => {
    const { tenantry, clock, accountId, user, make } = await customer()
    const expiresAt = new Date('2026-06-01T00:00:00.000Z')
    const { apiKey, secret } = await make(' CI ', { scopes: ['sites:read', 'sites:read', 'a.b_c-d'], expiresAt })
    expect(secret).toMatch(/^tnt_live_[0-9A-Za-z]{36}$/)
    expect(credentialKind(secret)).toBe('api_key')
    expect(apiKey).toEqual({
      id: expect.any(String),
      accountId,
      name: 'CI',
      scopes: ['sites:read', 'a.b_c-d'],
      lastFour: secret.slice(-4),
      createdAt: clock(),
      expiresAt,
      revokedAt: null,
      lastUsedAt: null,
      replacedById: null,
    })
    expect(await tenantry.authenticate({ credential: secret })).toMatchObject({
      ok: true,
      principal: { type: 'api_key', actor: { type: 'api_key', id: apiKey.id }, apiKey, user },
      account: { id: accountId },
    })
  })

  test('makes another secret each time', async () => {
    const { make } = await customer()
    const secrets = new Set<string>()
    for (let n = 0; n < 100; n++) secrets.add((await make(`key ${n}`)).secret)
    expect(secrets.size).toBe(100)
  })

  test('writes down who made which key', async () => {
    const { tenantry, clock, accountId, owner, make } = await customer()
    const { apiKey } = await make('CI')
    expect((await tenantry.listAuditEntries({ accountId })).items).toEqual([
      {
        id: expect.any(String),
        accountId,
        actor: owner,
        action: 'createApiKey',
        reason: null,
        before: {},
        after: { apiKeyId: apiKey.id, name: 'CI', scopes: [], expiresAt: null },
        createdAt: clock(),
      },
    ])
  })

  test('ends a key at the instant of its expiry', async () => {
    const { clock, make, answer } = await customer()
    const { secret } = await make('CI', { expiresAt: new Date('2026-01-03T00:00:00.000Z') })
    clock.set('2026-01-02T23:59:59.999Z')
    expect(await answer(secret)).toBe('ok')
    clock.advance(1)
    expect(await answer(secret)).toBe('invalid_credential')
  })

  const wrong: WrongInputs = [
    ['no name', { name: undefined }],
    ['a blank name', { name: '  ' }],
    ['a name of 101 characters', { name: 'x'.repeat(101) }],
    ['an expiry at this very moment', { expiresAt: new Date('2026-01-01T00:00:00.000Z') }],
    ['a field that it does not know', { secret: 'mine' }],
  ]
  test.each(wrong)('refuses %s', async (_, input) => {
    const { host, make } = await customer()
    expect(await wrongFieldsOf(host, () => make('CI', input))).toEqual(Object.keys(input))
  })

  test.each([[['']], [['with space']], [[':x']], [['x'.repeat(101)]]])('refuses the scopes %j', async (scopes) => {
    const { host, make } = await customer()
    expect(await wrongFieldsOf(host, () => make('CI', { scopes }))).toEqual(['scopes.0'])
  })
})

describe('revokeApiKey', () => {
  test('ends the key at once, and leaves it in the list', async () => {
    const { tenantry, clock, accountId, owner, make, answer } = await customer()
    const [kept, gone] = [await make('kept'), await make('gone')]
    clock.advance({ days: 1 })
    const revoked = { ...gone.apiKey, revokedAt: clock() }
    expect(await tenantry.revokeApiKey({ accountId, apiKeyId: gone.apiKey.id }, owner)).toEqual({ apiKey: revoked })
    expect([await answer(kept.secret), await answer(gone.secret)]).toEqual(['ok', 'invalid_credential'])
    expect((await tenantry.listApiKeys({ accountId })).items).toEqual([revoked, kept.apiKey])
    expect((await tenantry.listAuditEntries({ accountId, limit: 1 })).items[0]).toMatchObject({
      actor: owner,
      action: 'revokeApiKey',
      before: { apiKeyId: gone.apiKey.id, name: 'gone' },
      after: { apiKeyId: gone.apiKey.id, revokedAt: clock().toISOString() },
    })
  })

  test('changes nothing about a revoked key', async () => {
    const { tenantry, clock, accountId, make } = await customer()
    const { apiKey } = await make('CI')
    const first = await tenantry.revokeApiKey({ accountId, apiKeyId: apiKey.id }, admin)
    clock.advance({ days: 1 })
    expect(await tenantry.revokeApiKey({ accountId, apiKeyId: apiKey.id }, admin)).toEqual(first)
    expect((await tenantry.listAuditEntries({ accountId })).items.filter(({ action }) => action === 'revokeApiKey')).toHaveLength(1)
  })

  test('counts whatever the clock says', async () => {
    const { tenantry, clock, accountId, make, answer } = await customer()
    const { apiKey, secret } = await make('CI')
    clock.advance({ hours: 2 })
    await tenantry.revokeApiKey({ accountId, apiKeyId: apiKey.id }, admin)
    clock.advance({ hours: -1 })
    expect(await answer(secret)).toBe('invalid_credential')
  })

  test('refuses a key that is not there or another account’s, alike', async () => {
    const { host, tenantry, accountId, make } = await customer()
    const other = await signUp(host, { email: 'grace@example.com' })
    const { apiKey } = await make('CI')
    for (const [account, apiKeyId] of [
      [accountId, 'none'],
      [other.account.id, apiKey.id],
    ] as const) {
      expect(await cleanRefusalOf(host, () => tenantry.revokeApiKey({ accountId: account, apiKeyId }, admin))).toEqual({
        code: 'api_key_not_found',
        details: { apiKeyId },
      })
    }
  })
})

describe('listApiKeys', () => {
  test('lists the newest first, page by page, of one account only', async () => {
    const { host, tenantry, clock, accountId, make } = await customer()
    const other = await signUp(host, { email: 'grace@example.com' })
    for (let n = 0; n < 5; n++) {
      await make(`key ${n}`)
      if (n % 2) clock.advance(1)
    }
    const seen: string[] = []
    let next: string | null = null
    do {
      const page: Awaited<ReturnType<typeof tenantry.listApiKeys>> = await tenantry.listApiKeys({
        accountId,
        limit: 2,
        before: next ?? undefined,
      })
      seen.push(...page.items.map(({ name }) => name))
      next = page.next
    } while (next !== null)
    expect(seen).toEqual(['key 4', 'key 3', 'key 2', 'key 1', 'key 0'])
    expect(await tenantry.listApiKeys({ accountId: other.account.id })).toEqual({ items: [], next: null })
  })

  test('refuses an account that is not there, and a cursor that it did not make', async () => {
    const { host, tenantry, accountId } = await customer()
    expect((await refusalOf(tenantry.listApiKeys({ accountId: 'nobody' }))).code).toBe('account_not_found')
    expect(await wrongFieldsOf(host, () => tenantry.listApiKeys({ accountId, before: 'x' }))).toEqual(['before'])
  })
})

describe.each(['createApiKey', 'revokeApiKey', 'rotateApiKey'] as const)('%s', (operation) => {
  const inputs = (accountId: string, apiKeyId: string) => ({
    createApiKey: { accountId, name: 'new' },
    revokeApiKey: { accountId, apiKeyId },
    rotateApiKey: { accountId, apiKeyId, overlapSeconds: 0 },
  })

  test('is for those who manage the account, and for operators', async () => {
    const { host, tenantry, store, clock, accountId, owner, make } = await customer()
    const manager = await signUp(host, { email: 'm@example.com' })
    await store.addMembership({ accountId, userId: manager.user.id, role: 'admin', createdAt: clock() })
    for (const actor of [owner, { type: 'user', id: manager.user.id } as const, admin, system]) {
      const { apiKey } = await make('CI')
      const result = await tenantry[operation](inputs(accountId, apiKey.id)[operation] as never, actor)
      expect(result.apiKey.accountId).toBe(accountId)
    }
  })

  test('refuses plain members and keys of the account', async () => {
    const { host, tenantry, store, clock, accountId, make } = await customer()
    const member = await signUp(host, { email: 'm@example.com' })
    await store.addMembership({ accountId, userId: member.user.id, role: 'member', createdAt: clock() })
    const { apiKey } = await make('CI')
    for (const actor of [{ type: 'user', id: member.user.id } as const, { type: 'api_key', id: apiKey.id } as const]) {
      const call = () => tenantry[operation](inputs(accountId, apiKey.id)[operation] as never, actor)
      expect((await cleanRefusalOf(host, call)).code).toBe('forbidden')
      await expect(call()).rejects.toThrow(
        /^You may not [a-z]+ API keys (of|for) this account\. An owner or admin of the account may, but no API key\.$/,
      )
    }
  })

  test('answers strangers as if the account were not there', async () => {
    const { host, tenantry, accountId, make } = await customer()
    const stranger = await signUp(host, { email: 's@example.com' })
    const foreign = await tenantry.createApiKey({ accountId: stranger.account.id, name: 'CI' }, admin)
    const { apiKey } = await make('CI')
    for (const actor of [{ type: 'user', id: stranger.user.id } as const, { type: 'api_key', id: foreign.apiKey.id } as const]) {
      const call = (id: string) => () => tenantry[operation](inputs(id, apiKey.id)[operation] as never, actor)
      expect(await cleanRefusalOf(host, call(accountId))).toEqual({ code: 'account_not_found', details: { accountId } })
      expect(await cleanRefusalOf(host, call('nobody'))).toEqual({ code: 'account_not_found', details: { accountId: 'nobody' } })
    }
  })
})
