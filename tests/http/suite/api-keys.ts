import { expect, it } from 'vitest'
import { at } from './client.js'
import { days, type World } from './world.js'

/** API keys: made, listed and revoked by the account's own people. */
export function apiKeyCases(world: () => World): void {
  const keys = '/api/v1/api-keys/'

  it('shows the secret once', async () => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    const made = await ask(`POST ${keys}`, { as: session, json: { name: 'build server', scopes: ['credits:spend'] } })
    expect(made).toMatchObject({
      status: 201,
      body: { success: true, data: { name: 'build server', secret: expect.stringMatching(/^tnt_live_\w{36}$/) } },
    })
    const listed = await ask(`GET ${keys}`, { as: session })
    const secret = String(at(made, 'data.secret'))
    expect(at(listed, 'data.api_keys')).toEqual([
      {
        id: at(made, 'data.id'),
        name: 'build server',
        last_four: secret.slice(-4),
        scopes: ['credits:spend'],
        created_at: at(made, 'data.created_at'),
        expires_at: null,
        revoked_at: null,
      },
    ])
    expect(JSON.stringify(listed.body)).not.toContain(secret)
  })

  it('ends a key: its very next call is refused, and it stays in the list', async () => {
    const { ask, signUp, apiKeyOf } = world()
    const customer = await signUp()
    const { id, secret } = await apiKeyOf(customer)
    const revoked = await ask(`DELETE ${keys}${id}/`, { as: customer.session })
    expect(revoked).toMatchObject({ status: 200, body: { data: { id, revoked_at: expect.any(String) } } })
    expect(await ask('GET /api/v1/auth/me/', { as: secret })).toMatchObject({ status: 401, body: { code: 'invalid_credential' } })
    expect(at(await ask(`GET ${keys}`, { as: customer.session }), 'data.api_keys')).toMatchObject([{ id, revoked_at: expect.any(String) }])
    expect(await ask(`DELETE ${keys}${id}/`, { as: customer.session })).toMatchObject({ status: 200 })
  })

  it('knows no key of another account', async () => {
    const { ask, signUp, apiKeyOf } = world()
    const [owner, stranger] = [await signUp(), await signUp()]
    const { id, secret } = await apiKeyOf(owner)
    const foreign = await ask(`DELETE ${keys}${id}/`, { as: stranger.session })
    const unknown = await ask(`DELETE ${keys}01234567-89ab-7cde-8f01-23456789abcd/`, { as: stranger.session })
    expect(foreign).toMatchObject({ status: 404, body: { success: false, code: 'api_key_not_found' } })
    expect(unknown).toEqual({ ...foreign, headers: expect.anything() })
    expect(await ask('GET /api/v1/auth/me/', { as: secret })).toMatchObject({ status: 200 })
    expect(at(await ask(`GET ${keys}`, { as: stranger.session }), 'data.api_keys')).toEqual([])
  })

  it('lets no key make or revoke keys', async () => {
    const { ask, signUp, apiKeyOf } = world()
    const { id, secret } = await apiKeyOf(await signUp())
    expect(await ask(`POST ${keys}`, { as: secret, json: { name: 'x' } })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await ask(`DELETE ${keys}${id}/`, { as: secret })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  it('refuses a key from the moment it expires', async () => {
    const { ask, signUp, apiKeyOf, wait, server } = world()
    const expires_at = new Date(server.app.clock().getTime() + days(1))
    const { secret } = await apiKeyOf(await signUp(), { name: 'for a day', expires_at })
    expect(await ask('GET /api/v1/auth/me/', { as: secret })).toMatchObject({ status: 200 })
    wait(days(1) + 1000)
    expect(await ask('GET /api/v1/auth/me/', { as: secret })).toMatchObject({ status: 401 })
  })

  it.each([
    {},
    { name: '' },
    { name: 7 },
    { name: 'x', scopes: 'all' },
    { name: 'x', scopes: ['not a scope'] },
    { name: 'x', expires_at: 'tomorrow' },
    { name: 'x', expires_at: 4_102_444_800 },
    { name: 'x', expires_at: '2020-01-01T00:00:00Z' },
    { name: 'x', expires_at: '2031-02-31T99:00:00Z' },
    { name: 'x', account_id: 'another' },
    { name: 'x', userId: 'another' },
  ])('refuses %j', async (json) => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    expect(await ask(`POST ${keys}`, { as: session, json })).toMatchObject({ status: 400, body: { code: 'invalid_input' } })
  })
}
