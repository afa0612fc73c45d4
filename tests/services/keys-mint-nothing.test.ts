import type { Actor } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { contentsOf, createHost, password, refusalOf, signUp } from '../support/host.js'
import { makeWorld, operationCases, type World } from '../support/operation-cases.js'

type Cases = Readonly<
  Record<string, { fields: (world: World) => Record<string, unknown>; together?: readonly string[][]; actor?: (world: World) => Actor }>
>
const cases = operationCases as unknown as Cases

/** Every operation that asks who does it; a new one is here at once. */
const acts = Object.keys(cases).filter((name) => cases[name]?.actor !== undefined)

function inputsOf(name: string, world: World): object[] {
  const { fields, together } = cases[name] as Required<Cases[string]>
  const all = fields(world)
  const sets = together ?? [Object.keys(all)]
  return sets.map((names) => Object.fromEntries(names.map((field) => [field, all[field]])))
}

describe('an API key', () => {
  test('has operations to be refused', () => {
    expect(acts).toEqual(expect.arrayContaining(['createApiKey', 'rotateApiKey', 'revokeApiKey', 'revokeSessions', 'createAdmin']))
    expect(acts.length).toBeGreaterThan(15)
  })

  test.each(acts)('may not %s, and changes nothing', async (name) => {
    const world = await makeWorld((store) => store)
    const { tenantry } = world.host
    const before = await contentsOf(world.host)
    for (const input of inputsOf(name, world)) {
      const call = tenantry[name as keyof typeof tenantry] as (input: object, actor: Actor) => Promise<unknown>
      const { code } = await refusalOf(call(input, { type: 'api_key', id: world.own.apiKeyId }))
      expect(['forbidden', 'account_not_found', 'user_not_found', 'payment_not_found']).toContain(code)
    }
    expect(await contentsOf(world.host)).toEqual(before)
  })

  test('opens no session and is none', async () => {
    const host = await createHost()
    const { tenantry } = host
    const { account, user, session } = await signUp(host)
    const { secret } = await tenantry.createApiKey({ accountId: account.id, name: 'CI' }, { type: 'user', id: user.id })
    expect(await refusalOf(tenantry.login({ email: user.email, password: secret }))).toMatchObject({ code: 'invalid_credentials' })
    const change = tenantry.changePassword({ userId: user.id, current: secret, next: 'another horse battery' })
    expect(await refusalOf(change)).toMatchObject({ code: 'invalid_credentials' })
    await tenantry.logout({ token: secret })
    expect((await tenantry.authenticate({ credential: session.token })).ok).toBe(true)
    expect((await tenantry.authenticate({ credential: secret })).ok).toBe(true)
  })

  test('keeps no session when the password changes', async () => {
    const host = await createHost()
    const { tenantry } = host
    const { account, user, session } = await signUp(host)
    const { secret } = await tenantry.createApiKey({ accountId: account.id, name: 'CI' }, { type: 'user', id: user.id })
    await tenantry.changePassword({ userId: user.id, current: password, next: 'another horse battery', keepToken: secret })
    expect((await tenantry.authenticate({ credential: session.token })).ok).toBe(false)
  })

  test('is no administrator, also of an account whose owner is one', async () => {
    const { host, own } = await makeWorld((store) => store)
    const { tenantry } = host
    await tenantry.createAdmin(
      { email: own.email, password, firstName: 'Ada', lastName: 'Lovelace', promote: true },
      { type: 'system', id: 'jobs' },
    )
    const { session } = await tenantry.login({ email: own.email, password })
    expect(await tenantry.authenticateAdmin({ credential: session.token })).toMatchObject({ ok: true })
    expect(await tenantry.authenticateAdmin({ credential: own.secret })).toMatchObject({ ok: false, code: 'invalid_credential' })
  })

  test('makes a caller that carries no token and no secret', async () => {
    const { host, own } = await makeWorld((store) => store)
    const result = await host.tenantry.authenticate({ credential: own.secret })
    if (!result.ok) throw new Error(result.code)
    expect(Object.keys(result.principal).sort()).toEqual(['actor', 'apiKey', 'type', 'user'])
    expect(JSON.stringify(result)).not.toMatch(/tnt_(live|session)_/)
  })
})
