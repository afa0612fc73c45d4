import { describe, expect, test } from 'vitest'
import { admin, createHost, type HostOptions, signUp, subscribe, type WrongInputs, wrongFieldsOf } from '../support/host.js'

/** A customer on a plan that allows three calls of the scope `api` a minute; strangers have two. */
async function customer(options: HostOptions = {}) {
  const throttling = { defaults: { api: { limit: 2, windowSeconds: 60 } } }
  const host = await createHost({ throttling, ...options })
  const subscribed = await subscribe(host)
  const { accountId } = subscribed
  const { secret } = await host.tenantry.createApiKey({ accountId, name: 'CI', scopes: ['sites:read'] }, admin)
  const ask = (input: object) => host.tenantry.authorize({ scope: 'api', ...input })
  return { host, ask, secret, ...subscribed, token: subscribed.session.token, ...host }
}

const headers = (remaining: number, seconds: number, limit = 3) => ({
  'RateLimit-Policy': `"api";q=${limit};w=60`,
  RateLimit: `"api";r=${remaining};t=${seconds}`,
})

describe('authorize lets pass', () => {
  test('a session, with the headers for the response', async () => {
    const { ask, token, user, account, subscription } = await customer()
    const answer = await ask({ credential: token })
    expect(answer).toEqual({
      ok: true,
      principal: { type: 'session', actor: { type: 'user', id: user.id }, user, role: 'owner' },
      account,
      plan: account.plan,
      subscription,
      throttle: {
        allowed: true,
        limit: 3,
        remaining: 2,
        resetSeconds: 20,
        retryAfterSeconds: 0,
        headers: headers(2, 20),
        budgets: [{ scope: 'api', limit: 3, windowSeconds: 60, burst: 3, remaining: 2, resetSeconds: 20, retryAfterSeconds: 0 }],
      },
      headers: headers(2, 20),
    })
  })

  test('a key that may do what the call needs', async () => {
    const { ask, secret } = await customer()
    expect(await ask({ credential: secret, scopes: ['sites:read'] })).toMatchObject({ ok: true, principal: { type: 'api_key' } })
  })

  test('a job that acts for an account without a credential', async () => {
    const { ask, account } = await customer()
    expect(await ask({ accountId: account.id })).toMatchObject({ ok: true, principal: null, account, headers: headers(2, 20) })
  })

  test('sessions, keys and jobs of one account from one budget, until it is used up', async () => {
    const { ask, token, secret, accountId, account, user, clock } = await customer()
    expect(await ask({ credential: token })).toMatchObject({ ok: true, throttle: { remaining: 2 } })
    expect(await ask({ credential: secret })).toMatchObject({ ok: true, throttle: { remaining: 1 } })
    expect(await ask({ accountId })).toMatchObject({ ok: true, throttle: { remaining: 0 } })
    const refusal = {
      ok: false,
      code: 'throttled',
      status: 429,
      message: 'Too many requests. Try again in 20 s.',
      headers: { ...headers(0, 20), 'Retry-After': '20' },
    }
    const session = { type: 'session', actor: { type: 'user', id: user.id }, user, role: 'owner' }
    expect(await ask({ credential: token })).toEqual({ ...refusal, caller: { principal: session, account } })
    expect(await ask({ accountId })).toEqual({ ...refusal, caller: null })
    const byKey = await ask({ credential: secret, ip: '192.0.2.1' })
    expect(byKey).toMatchObject({ ...refusal, caller: { principal: { type: 'api_key' }, account } })
    clock.advance({ seconds: 20 })
    expect(await ask({ credential: token })).toMatchObject({ ok: true })
  })

  test('a call for what it costs', async () => {
    const { ask, token } = await customer()
    expect(await ask({ credential: token, cost: 3 })).toMatchObject({ ok: true, throttle: { remaining: 0 } })
    expect(await ask({ credential: token })).toMatchObject({ ok: false, status: 429 })
  })

  test('no call that costs more than fits at once, and says so', async () => {
    const { ask, token } = await customer()
    expect(await ask({ credential: token, cost: 4 })).toMatchObject({
      ok: false,
      code: 'throttled',
      status: 429,
      message: 'This call weighs 4 and at most 3 fit at once: it never fits. Split it.',
      headers: { 'Retry-After': '60' },
    })
    expect(await ask({ credential: token, cost: 3 })).toMatchObject({ ok: true })
    expect(await ask({ credential: token, cost: 3 })).toMatchObject({ message: 'Too many requests. Try again in 60 s.' })
  })

  test('no call that costs more than fits into the smallest of its budgets', async () => {
    const { ask, token } = await customer({ throttling: { defaults: { once: { limit: 9, windowSeconds: 60, burst: 1 } } } })
    expect(await ask({ credential: token, scope: ['api', 'once'], cost: 2 })).toMatchObject({
      code: 'throttled',
      message: 'This call weighs 2 and at most 1 fits at once: it never fits. Split it.',
    })
  })
})

describe('authorize refuses', () => {
  test.each([
    ['no credential', {}],
    ['a wrong one', { credential: 'x' }],
    ['an odd one', { credential: 7 }],
  ] as const)('callers with %s by 401, counted by address, and by 429 when they try too often', async (_, credential) => {
    const { ask } = await customer()
    const call = { ...credential, ip: '192.0.2.1' }
    expect(await ask(call)).toEqual({
      ok: false,
      code: 'invalid_credential',
      status: 401,
      message: expect.stringContaining('unknown'),
      caller: null,
      headers: headers(1, 30, 2),
    })
    expect(await ask(call)).toMatchObject({ status: 401 })
    expect(await ask(call)).toMatchObject({ ok: false, code: 'throttled', status: 429, headers: { 'Retry-After': '30' } })
    expect(await ask({ ...call, ip: '192.0.2.2' })).toMatchObject({ status: 401 })
  })

  test('a caller with a valid credential not for what strangers at the same address did', async () => {
    const { ask, token } = await customer()
    const ip = '192.0.2.1'
    for (let n = 0; n < 5; n++) await ask({ ip })
    expect(await ask({ credential: token, ip })).toMatchObject({ ok: true, throttle: { remaining: 2 } })
  })

  test('what the gate refuses, and counts it: it cannot be repeated without end', async () => {
    const { ask, tenantry, token, secret, accountId } = await customer()
    await tenantry.suspendAccount({ accountId, reason: 'abuse' }, admin)
    const refusal = { ok: false, code: 'account_suspended', status: 403, message: 'Account is suspended. Please contact support.' }
    expect(await ask({ credential: token })).toMatchObject({ ...refusal, headers: { RateLimit: expect.stringContaining('r=2') } })
    expect(await ask({ credential: secret })).toMatchObject(refusal)
    expect(await ask({ credential: token })).toMatchObject(refusal)
    expect(await ask({ credential: token })).toMatchObject({ ok: false, code: 'throttled', status: 429 })
  })

  test('by 402 an account that has to pay, for sessions and keys alike', async () => {
    const host = await createHost()
    const { account, session } = await signUp(host)
    const { secret } = await host.tenantry.createApiKey({ accountId: account.id, name: 'CI' }, admin)
    host.clock.advance({ days: 14 })
    for (const credential of [session.token, secret]) {
      expect(await host.tenantry.authorize({ scope: 'api', credential })).toMatchObject({
        ok: false,
        code: 'trial_expired',
        status: 402,
        headers: {},
      })
    }
  })

  test('with who was refused, so that they can be led to pay', async () => {
    const host = await createHost()
    const { account, session, user } = await signUp(host)
    host.clock.advance({ days: 14 })
    const principal = { type: 'session', actor: { type: 'user', id: user.id }, user, role: 'owner' }
    const refused = await host.tenantry.authorize({ scope: 'api', credential: session.token })
    expect(refused).toMatchObject({ code: 'trial_expired', caller: { principal, account: { id: account.id } } })
    expect(await host.tenantry.authorize({ scope: 'api', accountId: account.id })).toMatchObject({ code: 'trial_expired', caller: null })
    await host.tenantry.logout({ token: session.token })
    expect(await host.tenantry.authorize({ scope: 'api', credential: session.token })).toMatchObject({ status: 401, caller: null })
  })

  test('a key that lacks a scope, and counts it', async () => {
    const { ask, secret } = await customer()
    for (let n = 0; n < 3; n++)
      expect(await ask({ credential: secret, scopes: ['sites:write'] })).toMatchObject({ code: 'scope_missing', status: 403 })
    expect(await ask({ credential: secret, scopes: ['sites:write'] })).toMatchObject({ code: 'throttled', status: 429 })
  })

  test('a job with a credential that did not come', async () => {
    const { ask, accountId } = await customer()
    for (const credential of [undefined, null]) {
      await expect(ask({ accountId, credential })).rejects.toMatchObject({
        code: 'invalid_input',
        details: { issues: [{ path: 'accountId' }] },
      })
    }
  })

  test('a job for an account that is not there', async () => {
    const { ask } = await customer()
    expect(await ask({ accountId: 'nobody' })).toMatchObject({ ok: false, code: 'account_not_found', status: 404, headers: {} })
  })

  const wrong: WrongInputs = [
    ['a scope that is none', { scope: 'a b' }],
    ['no scope', { scope: undefined }],
    ['a cost of nothing', { cost: 0 }],
    ['an account id that is none', { accountId: 'a b' }],
    ['a field that it does not know', { userId: 'x' }],
  ]
  test.each(wrong)('%s', async (_, input) => {
    const { host, ask } = await customer()
    expect(await wrongFieldsOf(host, () => ask(input))).toEqual(Object.keys(input))
  })

  test('a credential and an account together', async () => {
    const { host, ask, token, accountId } = await customer()
    expect(await wrongFieldsOf(host, () => ask({ credential: token, accountId }))).toEqual(['accountId'])
  })
})

test('authorize counts nothing that the host lets by', async () => {
  const { ask, token } = await customer({ throttling: { bypass: () => true } })
  for (let n = 0; n < 10; n++) expect(await ask({ credential: token })).toMatchObject({ ok: true, headers: {}, throttle: { limit: null } })
  expect(await ask({})).toMatchObject({ status: 401, headers: {} })
})
