import { describe, expect, test } from 'vitest'
import { cleanRefusalOf, createHost, signUp, type WrongInputs, wrongFieldsOf } from '../support/host.js'

async function customer() {
  const host = await createHost()
  const { account, user } = await signUp(host)
  const accountId = account.id
  const owner = { type: 'user', id: user.id } as const
  const expiresAt = new Date('2026-01-05T00:00:00.000Z')
  const old = await host.tenantry.createApiKey({ accountId, name: 'CI', scopes: ['sites:read'], expiresAt }, owner)
  const rotate = (overlapSeconds: number, apiKeyId = old.apiKey.id) =>
    host.tenantry.rotateApiKey({ accountId, apiKeyId, overlapSeconds }, owner)
  const answer = async (credential: string) => {
    const result = await host.tenantry.authenticate({ credential })
    return result.ok ? 'ok' : result.code
  }
  return { host, accountId, owner, old, expiresAt, rotate, answer, ...host }
}

describe('rotateApiKey', () => {
  test('makes a new key of the same name, scopes and expiry', async () => {
    const { clock, old, expiresAt, rotate } = await customer()
    clock.advance({ days: 1 })
    const { apiKey, secret } = await rotate(60)
    expect(apiKey).toMatchObject({ name: 'CI', scopes: ['sites:read'], expiresAt, createdAt: clock(), revokedAt: null })
    expect(apiKey.id).not.toBe(old.apiKey.id)
    expect(secret).not.toBe(old.secret)
  })

  test('lets both keys work until the overlap is over', async () => {
    const { clock, old, rotate, answer } = await customer()
    const { secret } = await rotate(60)
    clock.advance(59_999)
    expect([await answer(old.secret), await answer(secret)]).toEqual(['ok', 'ok'])
    clock.advance(1)
    expect([await answer(old.secret), await answer(secret)]).toEqual(['invalid_credential', 'ok'])
  })

  test('ends the old key at once without an overlap', async () => {
    const { old, rotate, answer } = await customer()
    const { secret } = await rotate(0)
    expect([await answer(old.secret), await answer(secret)]).toEqual(['invalid_credential', 'ok'])
  })

  test('never prolongs the old key', async () => {
    const { tenantry, accountId, expiresAt, old, rotate } = await customer()
    await rotate(30 * 86_400)
    const { items } = await tenantry.listApiKeys({ accountId })
    expect(items.find(({ id }) => id === old.apiKey.id)?.expiresAt).toEqual(expiresAt)
  })

  test('writes down both keys', async () => {
    const { tenantry, accountId, owner, old, expiresAt, rotate } = await customer()
    const { apiKey } = await rotate(60)
    const facts = { name: 'CI', scopes: ['sites:read'], expiresAt: expiresAt.toISOString() }
    expect((await tenantry.listAuditEntries({ accountId, limit: 1 })).items[0]).toMatchObject({
      actor: owner,
      action: 'rotateApiKey',
      before: { ...facts, apiKeyId: old.apiKey.id },
      after: {
        old: { ...facts, apiKeyId: old.apiKey.id, expiresAt: '2026-01-01T00:01:00.000Z' },
        new: { ...facts, apiKeyId: apiKey.id },
      },
    })
  })

  test('refuses a key that is revoked, expired, not there or another account’s, alike', async () => {
    const { host, tenantry, clock, accountId, owner, old, expiresAt, rotate } = await customer()
    const revoked = await tenantry.createApiKey({ accountId, name: 'gone' }, owner)
    await tenantry.revokeApiKey({ accountId, apiKeyId: revoked.apiKey.id }, owner)
    const other = await signUp(host, { email: 'grace@example.com' })
    const foreign = await tenantry.createApiKey({ accountId: other.account.id, name: 'CI' }, { type: 'user', id: other.user.id })
    clock.set(expiresAt)
    for (const apiKeyId of [revoked.apiKey.id, old.apiKey.id, 'none', foreign.apiKey.id]) {
      expect(await cleanRefusalOf(host, () => rotate(60, apiKeyId))).toEqual({ code: 'api_key_not_found', details: { apiKeyId } })
      await expect(rotate(60, apiKeyId)).rejects.toThrow(
        /^There is no such API key, or it has been revoked or has expired; create a new one\.$/,
      )
    }
  })

  test('refuses a key that was rotated before, during the overlap and after it, and says which one to rotate', async () => {
    const { host, clock, old, rotate } = await customer()
    const { apiKey } = await rotate(60)
    const refused = { code: 'invalid_transition', details: { from: 'replaced', event: 'rotate' } }
    expect(await cleanRefusalOf(host, () => rotate(60, old.apiKey.id))).toEqual(refused)
    await expect(rotate(60, old.apiKey.id)).rejects.toThrow(apiKey.id)
    clock.advance({ seconds: 60 })
    expect(await cleanRefusalOf(host, () => rotate(0, old.apiKey.id))).toEqual(refused)
  })

  test('refuses a second rotation at the very instant of one without an overlap', async () => {
    const { host, old, rotate } = await customer()
    await rotate(0)
    expect((await cleanRefusalOf(host, () => rotate(0, old.apiKey.id))).code).toBe('invalid_transition')
  })

  test('rotates the new key in its turn, which ends when the first one would have', async () => {
    const { tenantry, accountId, expiresAt, old, rotate } = await customer()
    const second = await rotate(60)
    const third = await rotate(60, second.apiKey.id)
    expect([second.apiKey.expiresAt, third.apiKey.expiresAt]).toEqual([expiresAt, expiresAt])
    const { items } = await tenantry.listApiKeys({ accountId })
    const links = Object.fromEntries(items.map(({ id, replacedById }) => [id, replacedById]))
    expect(links).toEqual({ [old.apiKey.id]: second.apiKey.id, [second.apiKey.id]: third.apiKey.id, [third.apiKey.id]: null })
  })

  test('makes a key that does not end of one that did not', async () => {
    const { tenantry, accountId, owner } = await customer()
    const { apiKey } = await tenantry.createApiKey({ accountId, name: 'lasting' }, owner)
    const rotated = await tenantry.rotateApiKey({ accountId, apiKeyId: apiKey.id, overlapSeconds: 60 }, owner)
    expect(rotated.apiKey.expiresAt).toBe(null)
  })

  test('keeps the old key in the list, expired or revoked', async () => {
    const { tenantry, clock, accountId, owner, old, rotate } = await customer()
    await rotate(60)
    clock.advance({ days: 300 })
    await tenantry.revokeApiKey({ accountId, apiKeyId: old.apiKey.id }, owner)
    const { items } = await tenantry.listApiKeys({ accountId })
    expect(items.map(({ revokedAt }) => revokedAt)).toEqual([null, clock()])
  })

  const wrong: WrongInputs = [
    ['a negative overlap', { overlapSeconds: -1 }],
    ['an overlap of more than 30 days', { overlapSeconds: 30 * 86_400 + 1 }],
    ['no overlap named', { overlapSeconds: undefined }],
    ['a field that it does not know', { name: 'other' }],
  ]
  test.each(wrong)('refuses %s', async (_, input) => {
    const { host, tenantry, accountId, owner, old } = await customer()
    const good = { accountId, apiKeyId: old.apiKey.id, overlapSeconds: 0 }
    expect(await wrongFieldsOf(host, () => tenantry.rotateApiKey({ ...good, ...input } as never, owner))).toEqual(Object.keys(input))
  })
})
