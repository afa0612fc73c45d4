import { memoryThrottleStore } from 'tenantry/memory'
import { describe, expect, test } from 'vitest'
import { cleanRefusalOf, createHost, type HostOptions, signUp, subscribe, type WrongInputs, wrongFieldsOf } from '../support/host.js'
import { throttledCustomer } from '../support/throttled-customer.js'

const customer = (options?: HostOptions) => throttledCustomer('api', options)

describe('throttle', () => {
  test('lets through what the plan allows, and says where the budget stands', async () => {
    const { call } = await customer()
    expect(await call()).toEqual({
      allowed: true,
      limit: 3,
      remaining: 2,
      resetSeconds: 20,
      retryAfterSeconds: 0,
      headers: { 'RateLimit-Policy': '"api";q=3;w=60', RateLimit: '"api";r=2;t=20' },
      budgets: [{ scope: 'api', limit: 3, windowSeconds: 60, burst: 3, remaining: 2, resetSeconds: 20, retryAfterSeconds: 0 }],
    })
    await call()
    expect(await call()).toMatchObject({ allowed: true, remaining: 0, resetSeconds: 60 })
    expect(await call()).toEqual({
      allowed: false,
      limit: 3,
      remaining: 0,
      resetSeconds: 20,
      retryAfterSeconds: 20,
      headers: { 'RateLimit-Policy': '"api";q=3;w=60', RateLimit: '"api";r=0;t=20', 'Retry-After': '20' },
      budgets: [{ scope: 'api', limit: 3, windowSeconds: 60, burst: 3, remaining: 0, resetSeconds: 20, retryAfterSeconds: 20 }],
    })
  })

  test('takes nothing for a call that it refuses', async () => {
    const { call, clock } = await customer()
    for (let n = 0; n < 3; n++) await call()
    for (let n = 0; n < 50; n++) expect((await call()).allowed).toBe(false)
    clock.advance({ seconds: 20, ms: -1 })
    expect((await call()).allowed).toBe(false)
    clock.advance(1)
    expect((await call()).allowed).toBe(true)
    expect((await call()).allowed).toBe(false)
  })

  test('takes what a call costs', async () => {
    const { call } = await customer()
    expect(await call({ cost: 2 })).toMatchObject({ allowed: true, remaining: 1 })
    expect(await call({ cost: 2 })).toMatchObject({ allowed: false, remaining: 1, retryAfterSeconds: 20 })
    expect(await call()).toMatchObject({ allowed: true, remaining: 0 })
  })

  test('never lets through a call that costs more than the whole budget', async () => {
    const { call, clock } = await customer()
    expect(await call({ cost: 4 })).toMatchObject({ allowed: false, remaining: 3 })
    clock.advance({ days: 1 })
    expect((await call({ cost: 4 })).allowed).toBe(false)
  })

  test('keeps accounts, scopes and anonymous clients apart', async () => {
    const { host, call } = await customer()
    const other = await subscribe(host, 'starter', 1, { email: 'grace@example.com' })
    for (let n = 0; n < 4; n++) await call()
    expect((await call()).allowed).toBe(false)
    expect((await call({ scope: 'export' })).allowed).toBe(true)
    expect((await call({ accountId: other.accountId })).allowed).toBe(true)
    expect((await call({ accountId: null, ip: '192.0.2.1' })).allowed).toBe(true)
  })
})

describe('throttle takes its rule', () => {
  const throttling = { defaults: { api: { limit: 2, windowSeconds: 10 }, login: { limit: 1, windowSeconds: 60 } } }

  test('from the plan, else from the host’s defaults, else from the fallback', async () => {
    const { call } = await customer({ throttling: { ...throttling, fallback: { limit: 5, windowSeconds: 5 } } })
    expect(await call()).toMatchObject({ limit: 3 })
    expect(await call({ scope: 'login' })).toMatchObject({ limit: 1 })
    expect(await call({ scope: 'other' })).toMatchObject({ limit: 5 })
    expect(await call({ accountId: undefined })).toMatchObject({ limit: 2 })
  })

  test('from a fallback of 600 a minute when nothing was chosen', async () => {
    const { call } = await customer()
    expect(await call({ scope: 'other' })).toMatchObject({ limit: 600, headers: { 'RateLimit-Policy': '"other";q=600;w=60' } })
  })

  test('only from rules that are really there', async () => {
    const { call } = await customer()
    for (const scope of ['constructor', 'toString', 'hasOwnProperty']) expect(await call({ scope })).toMatchObject({ limit: 600 })
  })

  test('from the plan of this moment', async () => {
    const { host, call } = await customer()
    const { account } = await signUp(host, { email: 'grace@example.com' })
    expect(await call({ accountId: account.id })).toMatchObject({ limit: 600 })
    await host.tenantry.syncPlans({
      'free-trial': {
        name: 'Free Trial',
        prices: [{ amountMinor: 0, currency: 'USD' }],
        billingCycle: 'monthly',
        includedCredits: 2000,
        limits: {},
        throttles: { api: { limit: 7, windowSeconds: 60 } },
      },
    })
    expect(await call({ accountId: account.id })).toMatchObject({ limit: 7 })
  })
})

describe('throttle and anonymous callers', () => {
  const host = () => createHost({ throttling: { defaults: { login: { limit: 1, windowSeconds: 60 } } } })
  const allowed = async ({ tenantry }: Awaited<ReturnType<typeof createHost>>, ip?: string | null) =>
    (await tenantry.throttle({ scope: 'login', ip })).allowed

  test('are counted by address, an IPv6 network as one', async () => {
    const at = await host()
    expect(await allowed(at, '192.0.2.1')).toBe(true)
    expect(await allowed(at, '192.0.2.1')).toBe(false)
    expect(await allowed(at, '::ffff:192.0.2.1')).toBe(false)
    expect(await allowed(at, '192.0.2.2')).toBe(true)
    expect(await allowed(at, '2001:db8:1:2::1')).toBe(true)
    expect(await allowed(at, '2001:db8:1:2:ffff::2')).toBe(false)
    expect(await allowed(at, '2001:db8:1:3::1')).toBe(true)
  })

  test('without a usable address share one budget', async () => {
    const at = await host()
    expect(await allowed(at)).toBe(true)
    for (const ip of [undefined, null, '', 'unknown', '192.0.2.1, 10.0.0.1']) expect(await allowed(at, ip)).toBe(false)
  })
})

describe('throttle and its surroundings', () => {
  test('neither counts nor refuses what the host lets by', async () => {
    const seen: unknown[] = []
    const bypass = (call: { scope: string; accountId: string | null; ip: string | null }) => {
      seen.push(call)
      return call.ip === '127.0.0.1'
    }
    const { tenantry } = await createHost({ throttling: { bypass, fallback: { limit: 1, windowSeconds: 60 } } })
    for (let n = 0; n < 3; n++) {
      expect(await tenantry.throttle({ scope: 'api', ip: '127.0.0.1' })).toEqual({
        allowed: true,
        limit: null,
        remaining: null,
        resetSeconds: 0,
        retryAfterSeconds: 0,
        headers: {},
        budgets: [],
      })
    }
    expect((await tenantry.throttle({ scope: 'api', ip: '192.0.2.1' })).allowed).toBe(true)
    expect((await tenantry.throttle({ scope: 'api', ip: '192.0.2.1' })).allowed).toBe(false)
    expect(seen[0]).toEqual({ scope: 'api', accountId: null, ip: '127.0.0.1' })
  })

  test('shares its budgets with whoever shares its store of them', async () => {
    const throttles = memoryThrottleStore()
    const hosts = [await customer({ throttles }), await customer({ throttles })] as const
    expect(hosts[0].accountId).toBe(hosts[1].accountId)
    const answers = []
    for (let n = 0; n < 4; n++) answers.push((await hosts[n % 2 === 0 ? 0 : 1].call()).allowed)
    expect(answers).toEqual([true, true, true, false])
  })

  test('refuses an account that is not there', async () => {
    const { host, tenantry } = await customer()
    expect(await cleanRefusalOf(host, () => tenantry.throttle({ scope: 'api', accountId: 'nobody' }))).toEqual({
      code: 'account_not_found',
      details: { accountId: 'nobody' },
    })
  })

  const wrong: WrongInputs = [
    ['no scope', { scope: undefined }],
    ['an empty scope', { scope: '' }],
    ['a scope with a space', { scope: 'a b' }],
    ['a scope whose budgets would be those of anonymous callers', { scope: 'api:anon' }],
    ['a scope of 65 characters', { scope: 'x'.repeat(65) }],
    ['a cost of nothing', { cost: 0 }],
    ['a part of a call', { cost: 0.5 }],
    ['an address of 201 characters', { ip: '1'.repeat(201) }],
    ['a field that it does not know', { limit: 1000 }],
  ]
  test.each(wrong)('refuses %s', async (_, input) => {
    const { host, call } = await customer()
    expect(await wrongFieldsOf(host, () => call(input))).toEqual(Object.keys(input))
  })
})
