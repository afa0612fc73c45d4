import { apiKeyLimit, definePlans } from 'tenantry'
import { samples } from 'tenantry/testing'
import { describe, expect, test } from 'vitest'
import { cleanRefusalOf, createHost, plans, refusalOf, signUp } from '../support/host.js'

const catalogue = definePlans({
  ...plans,
  'free-trial': { ...plans['free-trial'], limits: { ...plans['free-trial'].limits, maxApiKeys: 2 } },
})

async function customer(options: Parameters<typeof createHost>[0] = {}) {
  const host = await createHost(options)
  const { account, user } = await signUp(host)
  const accountId = account.id
  const owner = { type: 'user', id: user.id } as const
  const make = (more: object = {}) => host.tenantry.createApiKey({ accountId, name: 'CI', ...more }, owner)
  const revoke = (apiKeyId: string) => host.tenantry.revokeApiKey({ accountId, apiKeyId }, owner)
  const rotate = (apiKeyId: string, overlapSeconds: number) => host.tenantry.rotateApiKey({ accountId, apiKeyId, overlapSeconds }, owner)
  const full = (max: number) => ({ code: 'limit_reached', details: { accountId, limit: 'maxApiKeys', max } })
  return { host, make, revoke, rotate, full, ...host }
}

describe('the number of API keys', () => {
  test('is a hundred where nobody says otherwise', async () => {
    const { make, full } = await customer()
    for (let n = 0; n < 100; n++) await make()
    expect(await refusalOf(make())).toEqual(full(100))
  })

  test('is what the host says', async () => {
    const { host, make, full } = await customer({ apiKeys: { maxPerAccount: 1 } })
    await make()
    expect(await cleanRefusalOf(host, make)).toEqual(full(1))
  })

  test('is what the plan says, whatever the host does', async () => {
    const { make, full } = await customer({ plans: catalogue, apiKeys: { maxPerAccount: 1 } })
    await make()
    await make()
    expect(await refusalOf(make())).toEqual(full(2))
  })

  test('does not count keys that were revoked or have expired, from the instant of their expiry on', async () => {
    const { clock, make, revoke, full } = await customer({ apiKeys: { maxPerAccount: 2 } })
    const { apiKey } = await make()
    await make({ expiresAt: new Date('2026-01-02T00:00:00.000Z') })
    clock.set('2026-01-01T23:59:59.999Z')
    expect(await refusalOf(make())).toEqual(full(2))
    clock.advance(1)
    await make()
    expect(await refusalOf(make())).toEqual(full(2))
    await revoke(apiKey.id)
    await make()
  })

  test('counts the keys of one account only', async () => {
    const { host, make } = await customer({ apiKeys: { maxPerAccount: 1 } })
    await make()
    const other = await signUp(host, { email: 'grace@example.com' })
    const actor = { type: 'user', id: other.user.id } as const
    expect((await host.tenantry.createApiKey({ accountId: other.account.id, name: 'CI' }, actor)).apiKey.name).toBe('CI')
  })

  test('may be used up when a key is rotated, which counts as one with its successor', async () => {
    const { make, rotate, full } = await customer({ apiKeys: { maxPerAccount: 1 } })
    const first = await make()
    const second = await rotate(first.apiKey.id, 60)
    expect(await refusalOf(make())).toEqual(full(1))
    expect(await refusalOf(rotate(second.apiKey.id, 60))).toEqual(full(1))
    await rotate(second.apiKey.id, 0)
  })

  test('bounds the keys in their overlap until that is over', async () => {
    const { clock, make, rotate, full } = await customer({ apiKeys: { maxPerAccount: 1 } })
    const first = await make()
    const second = await rotate(first.apiKey.id, 60)
    clock.advance(59_999)
    expect(await refusalOf(rotate(second.apiKey.id, 60))).toEqual(full(1))
    clock.advance(1)
    await rotate(second.apiKey.id, 60)
  })

  test.each([
    [{ maxApiKeys: 3 }, 3],
    [{ maxApiKeys: 0 }, 0],
    [{ maxApiKeys: null }, 1000],
    [{ maxApiKeys: 5000 }, 1000],
    [{ maxSites: 3 }, 100],
  ])('of a plan with the limits %j is %i', (limits, max) => {
    expect(apiKeyLimit(samples.plan({ limits }), 100)).toBe(max)
  })

  test('is the host’s of an account without a plan', () => {
    expect(apiKeyLimit(null, 7)).toBe(7)
  })
})
