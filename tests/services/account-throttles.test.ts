import { describe, expect, test } from 'vitest'
import { admin, cleanRefusalOf, createHost, signUp, subscribe, system, type WrongInputs, wrongFieldsOf } from '../support/host.js'

/** A customer on a plan that allows three calls of the scope `api` a minute; of `upload` the host allows five, of all else nine. */
async function customer() {
  const rule = (limit: number) => ({ limit, windowSeconds: 60 })
  const host = await createHost({ throttling: { defaults: { upload: rule(5) }, fallback: rule(9) } })
  const { accountId, user } = await subscribe(host)
  const set = (throttles: object, actor = admin) => host.tenantry.setAccountThrottles({ accountId, throttles } as never, actor)
  const limitOf = async (scope: string, account = accountId) => (await host.tenantry.throttle({ scope, accountId: account })).limit
  return { host, accountId, user, set, limitOf, ...host }
}
const own = { limit: 50, windowSeconds: 10 }

describe('setAccountThrottles', () => {
  test('puts a rule of the account before those of its plan, the host and the fallback', async () => {
    const { set, limitOf } = await customer()
    expect([await limitOf('api'), await limitOf('upload'), await limitOf('other')]).toEqual([3, 5, 9])
    await set({ api: own, upload: { ...own, limit: 60 }, other: { ...own, limit: 70 } })
    expect([await limitOf('api'), await limitOf('upload'), await limitOf('other'), await limitOf('fourth')]).toEqual([50, 60, 70, 9])
  })

  test('keeps the other scopes, and goes back to the plan where a scope is null', async () => {
    const { set, limitOf, tenantry, accountId } = await customer()
    await set({ api: own, upload: own })
    const { account } = await set({ api: null, other: own, nothing: null })
    expect(account.throttles).toEqual({ upload: own, other: own })
    expect((await tenantry.getAccount({ accountId })).account).toEqual(account)
    expect([await limitOf('api'), await limitOf('upload'), await limitOf('other')]).toEqual([3, 50, 50])
  })

  test('is for one account', async () => {
    const { host, set, limitOf } = await customer()
    const other = await subscribe(host, 'starter', 1, { email: 'grace@example.com' })
    await set({ api: own })
    expect([await limitOf('api'), await limitOf('api', other.accountId)]).toEqual([50, 3])
  })

  test('counts for requests with a key or a session, within their one question to the store', async () => {
    const { tenantry, set, accountId, user } = await customer()
    await set({ api: { ...own, burst: 2 } })
    const { secret } = await tenantry.createApiKey({ accountId, name: 'CI' }, { type: 'user', id: user.id })
    const call = async () => (await tenantry.authorize({ credential: secret, scope: 'api' })).ok
    expect([await call(), await call(), await call()]).toEqual([true, true, false])
  })

  test('stays when the plan changes', async () => {
    const { tenantry, set, limitOf, accountId } = await customer()
    await set({ api: own })
    await tenantry.changePlan({ accountId, planSlug: 'pro', when: 'now' }, admin)
    expect(await limitOf('api')).toBe(50)
  })

  test('writes down who did it, why, and what it was before', async () => {
    const { tenantry, accountId, set } = await customer()
    await set({ api: own })
    await tenantry.setAccountThrottles({ accountId, throttles: { upload: own }, reason: 'Black Friday' }, system)
    expect((await tenantry.listAuditEntries({ accountId, limit: 1 })).items[0]).toMatchObject({
      actor: system,
      action: 'setAccountThrottles',
      reason: 'Black Friday',
      before: { throttles: { api: own } },
      after: { throttles: { api: own, upload: own } },
    })
  })

  test('writes nothing down where nothing changes', async () => {
    const { tenantry, accountId, set } = await customer()
    await set({ api: own })
    await set({ api: { windowSeconds: 10, limit: 50 }, upload: null })
    expect((await tenantry.listAuditEntries({ accountId })).items.filter(({ action }) => action === 'setAccountThrottles')).toHaveLength(1)
  })

  test('refuses everybody but operators, and says nothing of whether the account is there', async () => {
    const { host, tenantry, accountId, user } = await customer()
    const { apiKey } = await tenantry.createApiKey({ accountId, name: 'CI' }, admin)
    for (const actor of [{ type: 'user', id: user.id } as const, { type: 'api_key', id: apiKey.id } as const]) {
      for (const id of [accountId, 'nobody']) {
        const call = () => tenantry.setAccountThrottles({ accountId: id, throttles: { api: own } }, actor)
        expect((await cleanRefusalOf(host, call)).code).toBe('forbidden')
        await expect(call()).rejects.toThrow('You may not set the throttles of accounts. An administrator of the platform may.')
      }
    }
  })

  test('refuses an account that is not there', async () => {
    const { host, tenantry } = await customer()
    const call = () => tenantry.setAccountThrottles({ accountId: 'nobody', throttles: { api: own } }, admin)
    expect(await cleanRefusalOf(host, call)).toEqual({ code: 'account_not_found', details: { accountId: 'nobody' } })
  })

  const wrong: WrongInputs = [
    ['no throttles', { throttles: undefined }],
    ['a list', { throttles: [] }],
    ['a blank reason', { reason: ' ' }],
    ['a field that it does not know', { scope: 'api' }],
  ]
  test.each(wrong)('refuses %s', async (_, input) => {
    const { host, tenantry, accountId } = await customer()
    const good = { accountId, throttles: { api: own } }
    expect(await wrongFieldsOf(host, () => tenantry.setAccountThrottles({ ...good, ...input } as never, admin))).toEqual(Object.keys(input))
  })

  test.each([
    ['a burst above the limit', { api: { ...own, burst: 51 } }, ['throttles.api.burst']],
    ['a limit of none', { api: { ...own, limit: 0 } }, ['throttles.api.limit']],
    ['a scope of anonymous callers', { 'api:anon': own }, ['throttles.api:anon']],
    ['a scope that is none', { 'a b': own }, ['throttles.a b']],
    ['a scope named __proto__', JSON.parse('{"__proto__":{"limit":1,"windowSeconds":1}}'), ['throttles']],
  ])('refuses %s', async (_, throttles, fields) => {
    const { host, set } = await customer()
    expect(await wrongFieldsOf(host, () => set(throttles))).toEqual(fields)
  })

  test('bounds how many there are, all calls together', async () => {
    const { host, set } = await customer()
    const scopes = (from: number, count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`s${from + n}`, own]))
    await set(scopes(0, 50))
    expect(await wrongFieldsOf(host, () => set(scopes(50, 1)))).toEqual(['throttles'])
    await set({ ...scopes(50, 1), s0: null })
  })

  test('leaves a new account without any', async () => {
    const host = await createHost()
    const { account } = await signUp(host)
    expect(account.throttles).toEqual({})
  })
})
