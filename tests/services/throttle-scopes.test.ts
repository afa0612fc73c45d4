import type { Store, ThrottleRule, ThrottleStore } from 'tenantry'
import { memoryThrottleStore } from 'tenantry/memory'
import { describe, expect, test } from 'vitest'
import { admin, type HostOptions, type WrongInputs, wrongFieldsOf } from '../support/host.js'
import { throttledCustomer } from '../support/throttled-customer.js'

const minute = { limit: 3, windowSeconds: 60 }
const defaults = { api: minute, 'api.search': { limit: 1, windowSeconds: 10 }, 'api.daily': { limit: 4, windowSeconds: 86_400 } }

const customer = (options: HostOptions = {}) => throttledCustomer(['api', 'api.daily'], { throttling: { defaults }, ...options })

describe('throttle of several scopes', () => {
  test('takes from all of them, and says of each where it stands', async () => {
    const { call } = await customer()
    expect(await call()).toEqual({
      allowed: true,
      limit: 3,
      remaining: 2,
      resetSeconds: 20,
      retryAfterSeconds: 0,
      headers: {
        'RateLimit-Policy': '"api";q=3;w=60, "api.daily";q=4;w=86400',
        RateLimit: '"api";r=2;t=20, "api.daily";r=3;t=21600',
      },
      budgets: [
        { scope: 'api', limit: 3, windowSeconds: 60, burst: 3, remaining: 2, resetSeconds: 20, retryAfterSeconds: 0 },
        { scope: 'api.daily', limit: 4, windowSeconds: 86_400, burst: 4, remaining: 3, resetSeconds: 21_600, retryAfterSeconds: 0 },
      ],
    })
  })

  test('takes from none of them when one lacks room', async () => {
    const { call } = await customer()
    for (let n = 0; n < 3; n++) await call({ scope: 'api' })
    for (let n = 0; n < 10; n++) expect((await call()).allowed).toBe(false)
    expect(await call({ scope: 'api.daily' })).toMatchObject({ allowed: true, remaining: 3 })
  })

  test('answers with the tightest: of an allowed call the fewest left, of a refused one the longest wait', async () => {
    const { call, clock } = await customer()
    for (let n = 0; n < 3; n++) await call()
    clock.advance({ minutes: 1 })
    expect(await call()).toMatchObject({ allowed: true, limit: 4, remaining: 0 })
    for (let n = 0; n < 2; n++) await call({ scope: 'api' })
    const refused = await call()
    expect(refused).toMatchObject({ allowed: false, limit: 4, remaining: 0, retryAfterSeconds: 21_540, resetSeconds: 21_540 })
    expect(refused.headers).toMatchObject({ RateLimit: '"api";r=0;t=20, "api.daily";r=0;t=21540', 'Retry-After': '21540' })
    expect(refused.budgets.map(({ retryAfterSeconds }) => retryAfterSeconds)).toEqual([20, 21_540])
  })

  test('shows the room that a budget still has when another refused', async () => {
    const { call } = await customer()
    await call({ scope: ['api', 'api.search'] })
    const refused = await call({ scope: ['api', 'api.search'] })
    expect(refused).toMatchObject({ allowed: false, limit: 1, retryAfterSeconds: 10, headers: { RateLimit: '"api.search";r=0;t=10' } })
    expect(refused.budgets).toMatchObject([
      { scope: 'api', remaining: 2, resetSeconds: 20, retryAfterSeconds: 0 },
      { scope: 'api.search', remaining: 0, resetSeconds: 10, retryAfterSeconds: 10 },
    ])
  })

  test('shares each budget with calls of that scope alone, whoever makes them', async () => {
    const { call, tenantry, accountId, token } = await customer()
    const keys = await Promise.all(['a', 'b'].map((name) => tenantry.createApiKey({ accountId, name }, admin)))
    for (const credential of [token, ...keys.map(({ secret }) => secret)]) {
      expect(await tenantry.authorize({ credential, scope: ['api', 'api.daily'] })).toMatchObject({ ok: true })
    }
    const answer = await tenantry.authorize({ credential: keys[0]?.secret, scope: ['api', 'api.daily'] })
    expect(answer).toMatchObject({ ok: false, code: 'throttled', headers: { RateLimit: '"api";r=0;t=20', 'Retry-After': '20' } })
    expect(await call({ scope: 'api.daily' })).toMatchObject({ allowed: true, remaining: 0 })
  })

  test('counts anonymous clients by their address in each', async () => {
    const { call } = await customer()
    const from = (ip: string) => call({ accountId: null, scope: ['api', 'api.search'], ip })
    expect((await from('192.0.2.1')).allowed).toBe(true)
    expect((await from('::ffff:192.0.2.1')).allowed).toBe(false)
    expect((await from('192.0.2.2')).allowed).toBe(true)
  })

  test('leaves out those that the host lets by', async () => {
    const { call } = await customer({ throttling: { defaults, bypass: ({ scope }) => scope === 'api.daily' } })
    expect(await call()).toMatchObject({ limit: 3, budgets: [{ scope: 'api' }], headers: { RateLimit: '"api";r=2;t=20' } })
    expect(await call({ scope: ['api.daily'] })).toMatchObject({ allowed: true, limit: null, budgets: [], headers: {} })
  })

  const names = (count: number) => Array.from({ length: count }, (_, index) => `scope.${index}`)
  test('takes eight', async () => {
    const { call } = await customer()
    expect((await call({ scope: names(8) })).budgets.map(({ scope }) => scope)).toEqual(names(8))
  })

  const wrong: WrongInputs = [
    ['none', { scope: [] }],
    ['nine', { scope: names(9) }],
    ['the same twice', { scope: ['api', 'api'] }],
    ['one that is none', { scope: ['api', 'a b'] }],
    ['one that is no text', { scope: ['api', 7] }],
    ['one of anonymous callers', { scope: ['api', 'api:anon'] }],
    ['a list in a list', { scope: [['api']] }],
    ['an object', { scope: { 0: 'api', length: 1 } }],
    ['a million', { scope: names(1_000_000) }],
  ]
  test.each(wrong)('refuses %s', async (_, input) => {
    const { host, call, token, tenantry } = await customer()
    expect(await wrongFieldsOf(host, () => call(input))).toEqual(['scope'])
    expect(await wrongFieldsOf(host, () => tenantry.authorize({ credential: token, scope: 'api', ...input }))).toEqual(['scope'])
  })
})

describe('throttle takes bad input as bad input', () => {
  const wrong: WrongInputs = [
    ['a list of addresses', { ip: ['192.0.2.1'] }],
    ['an object', { ip: { address: '192.0.2.1' } }],
    ['a number', { ip: 3_221_225_985 }],
    ['a megabyte', { ip: '1'.repeat(1_000_000) }],
    ['an account that is a list', { accountId: ['a'] }],
    ['an account that is an object', { accountId: { toString: () => 'a' } }],
    ['a cost that is text', { cost: '1' }],
    ['a cost without end', { cost: Number.POSITIVE_INFINITY }],
    ['a cost that gives back', { cost: -1 }],
  ]
  test.each(wrong)('%s', async (_, input) => {
    const { host, call } = await customer()
    expect(await wrongFieldsOf(host, () => call(input))).toEqual(Object.keys(input))
  })

  test.each(['\0', '192.0.2.1\n', "'; drop table x", '１.２.３.４', '[::1]', ':'.repeat(200)])(
    'an address that is none, %j, as no address',
    async (ip) => {
      const { call } = await customer()
      const one = (address: string | null) => call({ accountId: null, scope: 'api.search', ip: address })
      expect((await one(ip)).allowed).toBe(true)
      expect((await one(null)).allowed).toBe(false)
    },
  )
})

describe('throttle by a rule with a burst', () => {
  const bursting = { throttling: { defaults: { api: { limit: 60, windowSeconds: 60, burst: 5 } } } }

  test('lets so many pass at once, and then as many as the limit gives', async () => {
    const { call, clock } = await customer(bursting)
    const one = () => call({ accountId: null, scope: 'api' })
    expect(await one()).toMatchObject({
      limit: 60,
      remaining: 4,
      headers: { 'RateLimit-Policy': '"api";q=60;w=60', RateLimit: '"api";r=4;t=1' },
      budgets: [{ limit: 60, burst: 5 }],
    })
    for (let n = 0; n < 4; n++) expect((await one()).allowed).toBe(true)
    expect(await one()).toMatchObject({ allowed: false, retryAfterSeconds: 1 })
    clock.advance({ seconds: 1 })
    expect((await one()).allowed).toBe(true)
    expect((await one()).allowed).toBe(false)
    clock.advance({ hours: 1 })
    for (let n = 0; n < 5; n++) expect((await one()).allowed).toBe(true)
    expect((await one()).allowed).toBe(false)
  })

  test('that the plan has', async () => {
    const { host, call } = await customer(bursting)
    const [starter] = (await host.tenantry.listPlans()).items.filter(({ slug }) => slug === 'starter')
    const { id, slug, ...plan } = starter ?? ({} as never)
    await host.tenantry.syncPlans({ starter: { ...plan, throttles: { api: { limit: 10, windowSeconds: 60, burst: 2 } } } })
    expect(await call({ scope: 'api' })).toMatchObject({ limit: 10, remaining: 1, budgets: [{ burst: 2 }] })
  })
})

describe('throttle by the account’s own rules', () => {
  const own =
    (throttles: Readonly<Record<string, ThrottleRule>>) =>
    (store: Store): Store => ({
      ...store,
      findAccountAccess: async (accountId) => {
        const access = await store.findAccountAccess(accountId)
        return access === null ? null : { ...access, account: { ...access.account, throttles } }
      },
    })

  test('takes them before the plan’s, scope by scope', async () => {
    const { call } = await customer({ wrap: own({ api: { limit: 50, windowSeconds: 60, burst: 10 } }) })
    expect((await call()).budgets).toMatchObject([
      { scope: 'api', limit: 50, burst: 10, remaining: 9 },
      { scope: 'api.daily', limit: 4 },
    ])
    expect(await call({ scope: 'toString' })).toMatchObject({ limit: 600 })
  })
})

describe('throttle and the clock', () => {
  test('a clock that goes back by an hour gives nobody room, and shuts nobody out for longer than the window', async () => {
    const { call, clock } = await customer()
    const one = () => call({ scope: 'api' })
    for (let n = 0; n < 3; n++) expect((await one()).allowed).toBe(true)
    clock.advance({ hours: -1 })
    for (let n = 0; n < 3; n++) expect(await one()).toMatchObject({ allowed: false, remaining: 0 })
    const { retryAfterSeconds } = await one()
    expect(retryAfterSeconds).toBeGreaterThan(0)
    expect(retryAfterSeconds).toBeLessThanOrEqual(60)
    clock.advance({ seconds: 61 })
    for (let n = 0; n < 3; n++) expect((await one()).allowed).toBe(true)
    expect((await one()).allowed).toBe(false)
  })

  test('nor does one that goes back at every call, or clocks that differ by less than a second', async () => {
    for (const steps of [[{ hours: -1 }], [{ ms: 900 }, { ms: -900 }]]) {
      const { call, clock } = await customer()
      const answers: boolean[] = []
      for (let n = 0; n < 20; n++) {
        answers.push((await call({ scope: 'api' })).allowed)
        clock.advance(steps[n % steps.length] ?? 0)
      }
      expect(answers.filter((allowed) => allowed).length).toBeLessThanOrEqual(3)
      expect(answers.slice(3)).not.toContain(true)
    }
  })
})

describe('throttle and its store', () => {
  test.each([
    ['at once', false],
    ['with a promise', true],
  ] as const)('which answers %s', async (_, isLate) => {
    const memory = memoryThrottleStore()
    const seen: unknown[] = []
    const throttles: ThrottleStore = {
      take(requests, cost, nowMs) {
        seen.push(requests.map(({ key }) => key))
        const decision = memory.take(requests, cost, nowMs)
        return isLate ? Promise.resolve(decision) : decision
      },
    }
    const { call, accountId } = await customer({ throttles })
    expect(await call()).toMatchObject({ allowed: true, remaining: 2 })
    expect(seen).toEqual([[`api:${accountId}`, `api.daily:${accountId}`]])
  })

  test('whose failure is no answer', async () => {
    const throttles: ThrottleStore = { take: () => Promise.reject(new Error('down')) }
    const { call } = await customer({ throttles, throttling: { defaults, onOutage: 'closed' } })
    await expect(call()).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})

describe('throttle in older forms of its headers', () => {
  test.each([
    ['draft-7', { 'RateLimit-Policy': '4;w=86400', RateLimit: 'limit=4, remaining=0, reset=21600', 'Retry-After': '21600' }],
    [
      'draft-6',
      {
        'RateLimit-Policy': '4;w=86400',
        'RateLimit-Limit': '4',
        'RateLimit-Remaining': '0',
        'RateLimit-Reset': '21600',
        'Retry-After': '21600',
      },
    ],
    ['legacy', { 'X-RateLimit-Limit': '4', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '21600', 'Retry-After': '21600' }],
    ['off', { 'Retry-After': '21600' }],
  ] as const)('%s', async (headers, expected) => {
    const { call, token, tenantry } = await customer({ throttling: { defaults, headers } })
    expect(Object.keys((await call()).headers)).toEqual(Object.keys(expected).slice(0, -1))
    await call({ scope: 'api.daily', cost: 3 })
    expect((await call()).headers).toEqual(expected)
    expect((await tenantry.authorize({ credential: token, scope: ['api', 'api.daily'] })).headers).toEqual(expected)
  })
})
