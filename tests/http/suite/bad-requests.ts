import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { at } from './client.js'
import { newKey, type World } from './world.js'

/** Bodies and paths that are not what a client should send. */
export function badRequestCases(world: () => World): void {
  const json = { 'content-type': 'application/json' }

  const bad: [string, { headers: Record<string, string>; raw?: string | Uint8Array }][] = [
    ['nothing', { headers: json }],
    ['text that is no JSON', { headers: json, raw: 'amount=1' }],
    ['JSON that is cut off', { headers: json, raw: '{"amount":1' }],
    ['bytes that are no UTF-8', { headers: json, raw: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) }],
    ['half a character', { headers: json, raw: Buffer.from([...Buffer.from('{"amount":1,"operation":"'), 0xc3, 0x22, 0x7d]) }],
    ['an array', { headers: json, raw: '[{"amount":1,"operation":"x"}]' }],
    ['null', { headers: json, raw: 'null' }],
    ['a text', { headers: json, raw: '"amount"' }],
    ['a number', { headers: json, raw: '1' }],
    ['a prototype', { headers: json, raw: '{"amount":1,"operation":"x","__proto__":{"admin":true}}' }],
    ['a constructor', { headers: json, raw: '{"amount":1,"operation":"x","constructor":{}}' }],
    ['an unknown field', { headers: json, raw: '{"amount":1,"operation":"x","more":1}' }],
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, raw: '{"amount":1,"operation":"x"}' }],
    ['plain text', { headers: { 'content-type': 'text/plain' }, raw: '{"amount":1,"operation":"x"}' }],
    ['another character set', { headers: { 'content-type': 'application/json; charset=latin1' }, raw: '{"amount":1,"operation":"x"}' }],
    ['a packed body', { headers: { ...json, 'content-encoding': 'gzip' }, raw: gzipSync('{"amount":1,"operation":"x"}') }],
    ['a body that is too large', { headers: json, raw: `{"amount":1,"operation":"${'x'.repeat(66_000)}"}` }],
    ['many levels', { headers: json, raw: `{"amount":${'['.repeat(20_000)}${']'.repeat(20_000)},"operation":"x"}` }],
  ]

  it.each(bad)('refuses a body that is %s', async (_what, { headers, raw }) => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    const answer = await ask('POST /api/v1/credits/spend/', {
      as: session,
      headers: { ...headers, ...newKey() },
      ...(raw !== undefined && { raw }),
    })
    expect(answer).toMatchObject({ status: 400, body: { success: false, error: expect.any(String), code: 'invalid_input' } })
    expect(at(await ask('GET /api/v1/credits/usage/', { as: session }), 'data.balance')).toBe(2000)
  })

  it('takes JSON that names its character set', async () => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    const headers = { ...newKey(), 'content-type': 'Application/JSON; charset="UTF-8"' }
    const answer = await ask('POST /api/v1/credits/spend/', { as: session, headers, raw: '{"amount":1,"operation":"größer"}' })
    expect(answer).toMatchObject({ status: 200 })
  })

  it('does not read the body of a caller who is not known', async () => {
    const answer = await world().ask('POST /api/v1/credits/spend/', { headers: json, raw: 'not JSON' })
    expect(answer).toMatchObject({ status: 401 })
  })

  it('answers with and without a slash at the end', async () => {
    const { ask } = world()
    for (const path of ['/api/v1/plans', '/api/v1/plans/', '/healthz', '/healthz/', '/signup', '/signup/']) {
      expect(await ask(`GET ${path}`)).toMatchObject({ status: 200 })
    }
  })

  it.each([
    'GET /api/v1/nothing/',
    'GET /API/v1/plans/',
    'PUT /api/v1/plans/',
    'GET /api/v1/auth/login/',
    'GET /assets/..%2Fapp.ts',
    'GET /assets/app.ts',
  ])('knows no route %s', async (request) => {
    expect(await world().ask(request)).toMatchObject({ status: 404, body: { success: false, code: 'not_found' } })
  })

  it('refuses a path that cannot be decoded', async () => {
    const { ask, signUp } = world()
    const { session } = await signUp()
    const answer = await ask('DELETE /api/v1/api-keys/%E0%A4%A/', { as: session })
    expect(answer).toMatchObject({ status: 400, body: { success: false, code: 'invalid_input' } })
  })

  it('lists the plans that are on sale', async () => {
    const answer = await world().ask('GET /api/v1/plans/')
    expect(answer).toMatchObject({ status: 200, body: { success: true } })
    expect(at(answer, 'data.plans')).toHaveLength(2)
    expect(at(answer, 'data.plans')).toContainEqual({
      slug: 'starter',
      name: 'Starter',
      prices: [{ amountMinor: 2999, currency: 'USD' }],
      billingCycle: 'monthly',
      includedCredits: 5000,
      limits: { maxSites: 5, maxUsers: 3, maxIndustries: 10 },
    })
  })
}
