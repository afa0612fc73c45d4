import { expect, it } from 'vitest'
import { type Answered, at } from './client.js'
import { days, newKey, type World } from './world.js'

/** Who may act: sessions and API keys, through one gate, with one budget. */
export function gateCases(world: () => World): void {
  const me = 'GET /api/v1/auth/me/'

  it.each([
    ['nothing', {}],
    ['a made-up session', { authorization: `Bearer tnt_session_${'A'.repeat(43)}` }],
    ['a made-up API key', { 'x-api-key': `tnt_live_${'A'.repeat(36)}` }],
    ['another scheme', { authorization: 'Basic YWRhOmFkYQ==' }],
    ['a made-up cookie', { cookie: 'tenantry_session=x' }],
  ])('refuses %s, and says where the budget of the caller stands', async (_what, headers) => {
    for (const request of [me, 'GET /api/v1/credits/usage/', 'POST /api/v1/credits/spend/', 'GET /api/v1/api-keys/']) {
      const answer = await world().ask(request, { headers })
      expect(answer).toMatchObject({ status: 401, body: { success: false, code: 'invalid_credential' } })
      expect(answer.headers.get('ratelimit')).toMatch(/^"api";r=\d+;t=\d+$/)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
      expectGuarded(answer)
    }
  })

  it('takes an API key as X-API-Key and as a bearer, and shows the owner', async () => {
    const { ask, signUp, apiKeyOf } = world()
    const customer = await signUp()
    const { secret } = await apiKeyOf(customer)
    for (const how of [{ as: secret }, { headers: { 'X-API-Key': secret } }]) {
      const answer = await ask(me, how)
      expect(answer).toMatchObject({
        status: 200,
        body: { data: { user: { id: customer.userId }, account: { id: customer.accountId, status: 'trial' } } },
      })
    }
  })

  it('refuses session and API key at the very next call after a suspension, and lets them go on after it', async () => {
    const { ask, signUp, apiKeyOf, admin } = world()
    const customer = await signUp()
    const { secret } = await apiKeyOf(customer)
    const account = `/api/v1/admin/accounts/${customer.accountId}`
    const suspended = await ask(`POST ${account}/suspend/`, { as: admin, json: { reason: 'unpaid' } })
    expect(suspended).toMatchObject({
      status: 200,
      body: { success: true, data: { account: { status: 'suspended', status_reason: 'unpaid' } } },
    })

    const refusal = {
      status: 403,
      body: { success: false, error: 'Account is suspended. Please contact support.', code: 'account_suspended' },
    }
    const spend = { headers: newKey(), json: { amount: 1, operation: 'x' } }
    for (const as of [customer.session, secret]) {
      expect(await ask(me, { as })).toMatchObject(refusal)
      const usage = await ask('GET /api/v1/credits/usage/', { as })
      expect(usage).toMatchObject(refusal)
      expect(usage.headers.get('www-authenticate')).toBeNull()
      expectGuarded(usage)
      expect(await ask('POST /api/v1/credits/spend/', { as, ...spend })).toMatchObject(refusal)
    }
    expect(await ask(`POST ${account}/reinstate/`, { as: admin })).toMatchObject({
      status: 200,
      body: { data: { account: { status: 'trial' } } },
    })
    for (const as of [customer.session, secret]) expect(await ask(me, { as })).toMatchObject({ status: 200 })
    expect(await ask(`POST ${account}/reinstate/`, { as: admin, json: {} })).toMatchObject({
      status: 422,
      body: { code: 'invalid_transition' },
    })
  })

  it('answers 402 through session and API key when the trial is over, with no job having run, and lets them in again once paid', async () => {
    const { ask, signUp, apiKeyOf, confirm, wait } = world()
    const customer = await signUp()
    const { secret } = await apiKeyOf(customer)
    wait(days(15))
    for (const as of [customer.session, secret]) {
      expect(await ask(me, { as })).toMatchObject({ status: 402, body: { success: false, code: 'trial_expired' } })
      const usage = await ask('GET /api/v1/credits/usage/', { as })
      expect(usage).toMatchObject({ status: 402, body: { code: 'trial_expired' } })
      expectGuarded(usage)
    }
    expect(await confirm({ account_id: customer.accountId })).toMatchObject({ status: 200 })
    for (const as of [customer.session, secret]) {
      expect(await ask(me, { as })).toMatchObject({ status: 200, body: { data: { account: { status: 'active', credits: 5000 } } } })
    }
  })

  it('gives a paying account the larger budget of its plan', async () => {
    const { ask, signUp, confirm } = world()
    const customer = await signUp()
    expect((await ask(me, { as: customer.session })).headers.get('ratelimit-policy')).toBe('"api";q=120;w=60')
    await confirm({ account_id: customer.accountId })
    expect((await ask(me, { as: customer.session })).headers.get('ratelimit-policy')).toBe('"api";q=600;w=60')
  })

  it('throttles an account, all its credentials together, with 429 and the time to wait, and no other account', async () => {
    const { ask, signUp, apiKeyOf, wait, standingStill } = world()
    const [busy, other] = [await signUp(), await signUp()]
    await standingStill(async () => {
      const { secret } = await apiKeyOf(busy)
      const many = await Promise.all(Array.from({ length: 180 }, () => ask(me, { as: busy.session })))
      // One of the 120 was the call for the key.
      expect(many.filter(({ status }) => status === 200)).toHaveLength(119)
      const refused = many.find(({ status }) => status === 429)
      expect(refused).toMatchObject({ body: { success: false, code: 'throttled', error: expect.stringContaining('Try again in') } })
      expect(refused?.headers.get('ratelimit')).toMatch(/^"api";r=0;t=[1-9]\d*$/)
      expect(refused?.headers.get('ratelimit-policy')).toBe('"api";q=120;w=60')
      const seconds = Number(refused?.headers.get('retry-after'))
      expect(seconds).toBeGreaterThan(0)
      const usage = await ask('GET /api/v1/credits/usage/', { as: secret })
      expect(usage).toMatchObject({ status: 429 })
      expectGuarded(usage)
      expect(await ask(me, { as: other.session })).toMatchObject({ status: 200 })
      wait((seconds + 1) * 1000)
      expect(await ask(me, { as: secret })).toMatchObject({ status: 200 })
    })
  })

  it('keeps an API key within its scopes', async () => {
    const { ask, signUp, apiKeyOf } = world()
    const customer = await signUp()
    const { secret } = await apiKeyOf(customer, { name: 'reports', scopes: ['credits:read'] })
    expect(await ask('GET /api/v1/credits/usage/', { as: secret })).toMatchObject({ status: 200 })
    const spend = { as: secret, headers: newKey(), json: { amount: 1, operation: 'x' } }
    expect(await ask('POST /api/v1/credits/spend/', spend)).toMatchObject({ status: 403, body: { code: 'scope_missing' } })
  })

  it.each([
    'GET /api/v1/admin/accounts/?id=x',
    'POST /api/v1/admin/accounts/x/suspend/',
    'POST /api/v1/admin/accounts/x/reinstate/',
    'POST /api/v1/billing/confirm-bank-transfer/',
  ])('keeps %s for administrators', async (request) => {
    const { ask, signUp, apiKeyOf } = world()
    const customer = await signUp()
    const { secret } = await apiKeyOf(customer)
    const json = request.startsWith('POST') ? { json: { reason: 'x' } } : {}
    expect(await ask(request, json)).toMatchObject({ status: 401, body: { code: 'invalid_credential' } })
    expect(await ask(request, { as: customer.session, ...json })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await ask(request, { as: secret, ...json })).toMatchObject({ status: 401, body: { code: 'invalid_credential' } })
  })

  it('lets an administrator find an account by id and by e-mail, and nothing else', async () => {
    const { ask, signUp, admin } = world()
    const { email, accountId } = await signUp()
    for (const query of [`id=${accountId}`, `email=${email.toUpperCase()}`]) {
      const found = await ask(`GET /api/v1/admin/accounts/?${query}`, { as: admin })
      expect(found).toMatchObject({ status: 200, body: { data: { account: { id: accountId, subscription: { status: 'trialing' } } } } })
    }
    expect(await ask('GET /api/v1/admin/accounts/?email=nobody@example.com', { as: admin })).toMatchObject({
      status: 404,
      body: { code: 'account_not_found' },
    })
    expect(await ask('GET /api/v1/admin/accounts/', { as: admin })).toMatchObject({ status: 400, body: { code: 'invalid_input' } })
  })

  it.each(['unknown', '%00', '..%2F..', 'x'.repeat(500)])(
    'answers for the account %j as for one that does not exist, or calls it no id',
    async (id) => {
      const { ask, admin } = world()
      const answer = await ask(`POST /api/v1/admin/accounts/${id}/suspend/`, { as: admin, json: { reason: 'x' } })
      expect([400, 404]).toContain(answer.status)
      expect(['invalid_input', 'account_not_found']).toContain(at(answer, 'code'))
    },
  )
}

/** Kept by no cache and taken for nothing but JSON, whoever refused. */
function expectGuarded({ headers }: Answered): void {
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
}
