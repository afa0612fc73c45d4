import { memoryStore } from 'tenantry/memory'
import { describe, expect, test } from 'vitest'
import { admin, createHost, type HostOptions, signUp } from '../support/host.js'
import { recordingStore, wrappedStore } from '../support/wrapped-store.js'

async function customer(options: HostOptions = {}) {
  const host = await createHost(options)
  const { account, session } = await signUp(host)
  const accountId = account.id
  const { apiKey, secret } = await host.tenantry.createApiKey({ accountId, name: 'CI', scopes: ['sites:read'] }, admin)
  const lastUsedAt = async () => {
    await host.tenantry.flush()
    return (await host.tenantry.listApiKeys({ accountId })).items[0]?.lastUsedAt
  }
  return { accountId, apiKey, secret, session, lastUsedAt, ...host }
}

describe('lastUsedAt', () => {
  test('is when a key was last presented, once a minute', async () => {
    const { tenantry, clock, secret, lastUsedAt } = await customer()
    expect(await lastUsedAt()).toBe(null)
    const first = clock()
    await tenantry.authenticate({ credential: secret })
    clock.advance(59_999)
    await tenantry.authorize({ credential: secret, scope: 'api' })
    expect(await lastUsedAt()).toEqual(first)
    clock.advance(1)
    await tenantry.authorize({ credential: secret, scope: 'api' })
    expect(await lastUsedAt()).toEqual(clock())
  })

  test.each([
    ['lacks a scope', async ({ tenantry, secret }) => tenantry.authenticate({ credential: secret, scopes: ['sites:write'] })],
    [
      'acts for a suspended account',
      async ({ tenantry, secret, accountId }) => {
        await tenantry.suspendAccount({ accountId, reason: 'Abuse' }, admin)
        return tenantry.authorize({ credential: secret, scope: 'api' })
      },
    ],
  ] satisfies [string, (world: Awaited<ReturnType<typeof customer>>) => Promise<{ ok: boolean }>][])(
    'tells of a valid key also when it %s',
    async (_, use) => {
      const world = await customer()
      expect((await use(world)).ok).toBe(false)
      expect(await world.lastUsedAt()).toEqual(world.clock())
    },
  )

  test('tells nothing of a key that is revoked or has expired, and of the host naming a key', async () => {
    const { tenantry, accountId, apiKey, secret, session, lastUsedAt } = await customer()
    await tenantry.spendCredits({ accountId, amount: 1, operation: 'o', idempotencyKey: 'k', apiKeyId: apiKey.id })
    await tenantry.authenticate({ credential: session.token })
    await tenantry.authenticateAdmin({ credential: secret })
    await tenantry.revokeApiKey({ accountId, apiKeyId: apiKey.id }, admin)
    await tenantry.authenticate({ credential: secret })
    expect(await lastUsedAt()).toBe(null)
  })

  test('is not waited for, and its failure is for the logger alone', async () => {
    const logged: unknown[] = []
    const log = (...args: unknown[]) => void logged.push(args)
    const broken = wrappedStore(memoryStore(), async ({ verb }, proceed) => {
      if (verb === 'touchApiKeys') throw new Error('the disk is full')
      return proceed()
    })
    const { tenantry, secret, lastUsedAt } = await customer({ store: broken, logger: { info: log, warn: log, error: log } })
    await tenantry.syncPlans()
    expect((await tenantry.authenticate({ credential: secret })).ok).toBe(true)
    expect(await lastUsedAt()).toBe(null)
    expect(logged).toEqual([['the last uses of API keys were not written', { error: new Error('the disk is full') }]])
  })

  test('costs the call itself nothing: it asks the store once', async () => {
    const { store, calls } = recordingStore(memoryStore())
    const { tenantry, secret } = await customer({ store })
    calls.splice(0)
    await tenantry.authorize({ credential: secret, scope: 'api' })
    expect(calls.map(({ verb }) => verb)).toEqual(['findApiKeyAccess'])
    await tenantry.flush()
    expect(calls.map(({ verb }) => verb)).toEqual(['findApiKeyAccess', 'touchApiKeys'])
  })
})
