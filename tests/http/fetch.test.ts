import { clientAddressReader } from 'tenantry'
import { describe, expect, it } from 'vitest'
import { accountGate } from '../../examples/fetch/with-account.js'
import { admin, createHost, signUp } from '../support/host.js'

type Handle = Parameters<ReturnType<typeof accountGate>>[2]

/** A handler behind the gate, its budget three calls a minute. */
async function handler(handle: Handle = async (_request, { account }) => Response.json({ id: account.id }), trustedProxies = 0) {
  const host = await createHost({ throttling: { defaults: { api: { limit: 3, windowSeconds: 60 } } } })
  const { account, session } = await signUp(host)
  const { secret } = await host.tenantry.createApiKey({ accountId: account.id, name: 'CI', scopes: ['sites:read'] }, admin)
  const requireAccount = accountGate(host.tenantry, clientAddressReader({ trustedProxies }))
  const answer = requireAccount('api', ['sites:read'], handle)
  const ask = (headers: [string, string][] = [], method = 'GET') =>
    answer(new Request('https://example.com/', { headers, method }), '192.0.2.1')
  return { ask, requireAccount, token: session.token, secret, accountId: account.id, ...host }
}

const budget = (response: Response) => response.headers.get('ratelimit')

describe('the gate in front of a handler of fetch', () => {
  it.each([
    ['a bearer', (secret: string): [string, string] => ['Authorization', `Bearer ${secret}`]],
    ['X-API-Key', (secret: string): [string, string] => ['X-API-Key', secret]],
    ['a cookie', (secret: string): [string, string] => ['Cookie', `tenantry_session=${secret}`]],
  ])('lets pass whoever is known by %s', async (_how, header) => {
    const { ask, token, secret, accountId } = await handler()
    for (const credential of [token, secret]) {
      const response = await ask([header(credential)])
      expect([response.status, await response.json()]).toEqual([200, { id: accountId }])
      expect(budget(response)).toMatch(/^"api";r=[12];t=\d+$/)
    }
  })

  it('refuses everybody else, without a call of the handler', async () => {
    const { ask, secret, token } = await handler(() => {
      throw new Error('called')
    })
    const response = await ask()
    expect(await response.json()).toEqual({ success: false, error: expect.any(String), code: 'invalid_credential' })
    expect(Object.fromEntries(response.headers)).toEqual({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      ratelimit: '"api";r=2;t=20',
      'ratelimit-policy': '"api";q=3;w=60',
      'www-authenticate': 'Bearer',
      'x-content-type-options': 'nosniff',
    })
    const twice: [string, string] = ['Authorization', `Bearer ${token}`]
    expect((await ask([twice, twice])).status).toBe(401)
    expect((await ask([['X-API-Key', `${secret}x`]])).status).toBe(401)
    const throttled = await ask([['X-Forwarded-For', '198.51.100.1']])
    expect([throttled.status, throttled.headers.get('retry-after'), budget(throttled)]).toEqual([429, '20', '"api";r=0;t=20'])
  })

  it('refuses a key without the scope', async () => {
    const { requireAccount, secret } = await handler()
    const answer = requireAccount('api', ['sites:write'], () => new Response())
    const response = await answer(new Request('https://example.com/', { headers: { 'X-API-Key': secret } }), undefined)
    expect([response.status, await response.json()]).toEqual([403, expect.objectContaining({ code: 'scope_missing' })])
  })

  it('keeps what the handler answered, also where its headers cannot be changed', async () => {
    const answers = [Response.redirect('https://example.com/there', 303), new Response(null, { status: 204 })]
    const { ask, secret } = await handler(() => answers.shift() as Response)
    const redirected = await ask([['X-API-Key', secret]])
    expect([redirected.status, redirected.headers.get('location'), budget(redirected)]).toEqual([
      303,
      'https://example.com/there',
      '"api";r=2;t=20',
    ])
    const empty = await ask([['X-API-Key', secret]])
    expect([empty.status, await empty.text(), budget(empty)]).toEqual([204, '', '"api";r=1;t=40'])
  })

  it('tells clients apart behind a proxy that is trusted', async () => {
    const { ask } = await handler(undefined, 1)
    for (const client of ['198.51.100.1', '198.51.100.2'])
      expect(budget(await ask([['X-Forwarded-For', `8.8.8.8, ${client}`]]))).toContain('r=2')
  })

  it('passes on what the handler throws', async () => {
    const { ask, secret } = await handler(() => Promise.reject(new Error('broken')))
    await expect(ask([['X-API-Key', secret]])).rejects.toThrow('broken')
  })
})
