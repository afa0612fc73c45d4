import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RateLimitFormat, rateLimitFormats, rateLimitHeaders } from '../../src/domain/rate-limit-headers.js'
import { resetSeconds, retryAfterSeconds, type ShownBudget, tightest } from '../../src/domain/shown-budget.js'
import { parseDictionary, parseInteger, parseList } from '../support/structured-fields.js'

const budget = (overrides: Partial<ShownBudget> = {}): ShownBudget => ({
  name: 'api',
  limit: 100,
  windowSeconds: 60,
  remaining: 50,
  resetMs: 30_000,
  retryAfterMs: 0,
  ...overrides,
})
const lacking = (overrides: Partial<ShownBudget> = {}): ShownBudget =>
  budget({ remaining: 0, resetMs: 60_000, retryAfterMs: 600, ...overrides })

describe('rateLimitHeaders', () => {
  test('shows the policy and where an allowed call leaves it', () => {
    expect(rateLimitHeaders([budget()])).toEqual({ 'RateLimit-Policy': '"api";q=100;w=60', RateLimit: '"api";r=50;t=30' })
  })

  test('shows several policies in their order', () => {
    expect(
      rateLimitHeaders([budget({ name: 'burst' }), budget({ name: 'daily', limit: 1000, windowSeconds: 86_400, remaining: 7 })]),
    ).toEqual({
      'RateLimit-Policy': '"burst";q=100;w=60, "daily";q=1000;w=86400',
      RateLimit: '"burst";r=50;t=30, "daily";r=7;t=30',
    })
  })

  test('tells a refused call when to come again', () => {
    expect(rateLimitHeaders([lacking({ retryAfterMs: 12_001 })])).toEqual({
      'RateLimit-Policy': '"api";q=100;w=60',
      RateLimit: '"api";r=0;t=13',
      'Retry-After': '13',
    })
  })

  test('names nothing left of a budget that refused, although a cheaper call would fit', () => {
    expect(rateLimitHeaders([lacking({ remaining: 3 })])['RateLimit']).toBe('"api";r=0;t=1')
  })

  test('lists only the budgets that refused, and the longest of their waits', () => {
    const headers = rateLimitHeaders([
      budget({ name: 'a' }),
      lacking({ name: 'b', retryAfterMs: 2000 }),
      lacking({ name: 'c', retryAfterMs: 4500 }),
    ])
    expect(headers).toEqual({
      'RateLimit-Policy': '"a";q=100;w=60, "b";q=100;w=60, "c";q=100;w=60',
      RateLimit: '"b";r=0;t=2, "c";r=0;t=5',
      'Retry-After': '5',
    })
  })

  test.each([
    [0, '"api";r=50;t=0'],
    [1, '"api";r=50;t=1'],
    [1000, '"api";r=50;t=1'],
    [1001, '"api";r=50;t=2'],
  ])('rounds %d ms up to whole seconds', (resetMs, field) => {
    expect(rateLimitHeaders([budget({ resetMs })]).RateLimit).toBe(field)
  })

  test('sends nothing where nothing is throttled', () => {
    expect(rateLimitHeaders([])).toEqual({})
  })

  test.each([
    ['say "api"', '"say \\"api\\""'],
    ['back\\slash', '"back\\\\slash"'],
    ['é', '"%C3%A9"'],
    ['a\r\nSet-Cookie: b', '"a%0D%0ASet-Cookie: b"'],
    ['🦊', '"%F0%9F%A6%8A"'],
    ['\ud800', '"%EF%BF%BD"'],
    ['', '""'],
  ])('writes the name %j as a string of a structured field', (name, text) => {
    expect(rateLimitHeaders([budget({ name })])['RateLimit-Policy']).toBe(`${text};q=100;w=60`)
  })

  test('counts the quota of a whole window, and no more left than may come now', () => {
    const [first] = [budget({ burst: 10, remaining: 9, resetMs: 600 })]
    expect(rateLimitHeaders([first])).toEqual({ 'RateLimit-Policy': '"api";q=100;w=60', RateLimit: '"api";r=9;t=1' })
  })
})

describe('rateLimitHeaders in older forms', () => {
  const minute = budget({ name: 'minute', remaining: 50, resetMs: 30_000 })
  const day = budget({ name: 'day', limit: 1000, windowSeconds: 86_400, remaining: 7, resetMs: 500_001 })

  test.each([
    ['draft-7', { 'RateLimit-Policy': '100;w=60', RateLimit: 'limit=100, remaining=50, reset=30' }],
    ['draft-6', { 'RateLimit-Policy': '100;w=60', 'RateLimit-Limit': '100', 'RateLimit-Remaining': '50', 'RateLimit-Reset': '30' }],
    ['legacy', { 'X-RateLimit-Limit': '100', 'X-RateLimit-Remaining': '50', 'X-RateLimit-Reset': '30' }],
    ['off', {}],
  ] as const)('shows where an allowed call leaves it: %s', (format, headers) => {
    expect(rateLimitHeaders([minute], format)).toEqual(headers)
  })

  test.each([
    ['draft-7', { 'RateLimit-Policy': '1000;w=86400', RateLimit: 'limit=1000, remaining=7, reset=501' }],
    ['draft-6', { 'RateLimit-Policy': '1000;w=86400', 'RateLimit-Limit': '1000', 'RateLimit-Remaining': '7', 'RateLimit-Reset': '501' }],
    ['legacy', { 'X-RateLimit-Limit': '1000', 'X-RateLimit-Remaining': '7', 'X-RateLimit-Reset': '501' }],
    ['off', {}],
  ] as const)('shows of several budgets the one that has least left: %s', (format, headers) => {
    expect(rateLimitHeaders([minute, day], format)).toEqual(headers)
    expect(rateLimitHeaders([day, minute], format)).toEqual(headers)
  })

  const wait = { 'Retry-After': '13' }
  test.each([
    ['draft-7', { 'RateLimit-Policy': '100;w=60', RateLimit: 'limit=100, remaining=0, reset=13', ...wait }],
    ['draft-6', { 'RateLimit-Policy': '100;w=60', 'RateLimit-Limit': '100', 'RateLimit-Remaining': '0', 'RateLimit-Reset': '13', ...wait }],
    ['legacy', { 'X-RateLimit-Limit': '100', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '13', ...wait }],
    ['off', wait],
  ] as const)('shows a refused call the budget with the longest wait, and nothing left: %s', (format, headers) => {
    const short = lacking({ name: 'short', limit: 9, retryAfterMs: 12_000 })
    const long = lacking({ name: 'long', remaining: 3, retryAfterMs: 12_001 })
    expect(rateLimitHeaders([day, short, long], format)).toEqual(headers)
    expect(rateLimitHeaders([long, short, day], format)).toEqual(headers)
  })

  test.each(rateLimitFormats)('sends nothing where nothing is throttled: %s', (format) => {
    expect(rateLimitHeaders([], format)).toEqual({})
  })
})

describe('rateLimitHeaders of any budgets', () => {
  const natural = fc.maxSafeNat()
  const shown = fc.record({
    name: fc.string({ unit: fc.oneof(fc.nat(0x7f), fc.nat(0xffff)).map((unit) => String.fromCharCode(unit)) }),
    limit: natural,
    windowSeconds: natural,
    remaining: natural,
    resetMs: natural,
    retryAfterMs: fc.oneof(fc.constant(0), natural),
  })
  const budgets = fc.array(shown, { minLength: 1, maxLength: 8 })

  /** What a client reads: the resets, what is left, the policies as `[quota, window]`, and how many names were told. */
  function read(format: RateLimitFormat, all: readonly ShownBudget[]) {
    const headers = rateLimitHeaders(all, format)
    const value = (name: keyof typeof headers): string => headers[name] ?? ''
    const wait = headers['Retry-After'] === undefined ? null : parseInteger(headers['Retry-After'])
    if (format === 'off') return { wait, resets: [], left: [], policies: [] }
    if (format === 'legacy') {
      return {
        wait,
        resets: [parseInteger(value('X-RateLimit-Reset'))],
        left: [parseInteger(value('X-RateLimit-Remaining'))],
        policies: [[parseInteger(value('X-RateLimit-Limit')), null]],
      }
    }
    const policy = parseList(value('RateLimit-Policy'))
    const policies = policy.map(({ value: item, parameters }) => [format === 'draft-11' ? parameters['q'] : item, parameters['w']])
    if (format === 'draft-11') {
      const items = parseList(value('RateLimit'))
      for (const { value: name } of [...policy, ...items]) expect(typeof name).toBe('string')
      return { wait, resets: items.map((item) => item.parameters['t']), left: items.map((item) => item.parameters['r']), policies }
    }
    const fields: Record<string, unknown> =
      format === 'draft-7'
        ? parseDictionary(value('RateLimit'))
        : {
            limit: parseInteger(value('RateLimit-Limit')),
            remaining: parseInteger(value('RateLimit-Remaining')),
            reset: parseInteger(value('RateLimit-Reset')),
          }
    expect(Object.keys(fields)).toEqual(['limit', 'remaining', 'reset'])
    expect(fields['limit']).toBe(policies[0]?.[0])
    return { wait, resets: [fields['reset']], left: [fields['remaining']], policies }
  }

  const max = 999_999_999_999_999
  test.each(rateLimitFormats)('can be read back, and never tells a client to come before its budget has room: %s', (format) => {
    fc.assert(
      fc.property(budgets, (all) => {
        const { wait, resets, left, policies } = read(format, all)
        const longest = Math.max(...all.map(({ retryAfterMs }) => retryAfterMs))
        expect(wait).toBe(longest === 0 ? null : Math.min(max, Math.ceil(longest / 1000)))
        for (const seconds of resets) expect(wait === null || (seconds as number) <= wait).toBe(true)
        if (longest > 0) expect(left.every((count) => count === 0)).toBe(true)
        expect(policies.length).toBe(format === 'off' ? 0 : format === 'draft-11' ? all.length : 1)
        if (format === 'off' || format === 'legacy') return
        const rules = all.map(({ limit, windowSeconds }) => [Math.min(limit, max), Math.min(windowSeconds, max)])
        for (const rule of policies) expect(rules).toContainEqual(rule)
      }),
    )
  })
})

describe('tightest', () => {
  test('is none of none, and the first of equals', () => {
    expect(tightest([])).toBeUndefined()
    expect(tightest([budget({ name: 'a' }), budget({ name: 'b' })])?.name).toBe('a')
  })

  test.each([
    ['the longest wait, whatever else', { retryAfterMs: 2, remaining: 9 }, { retryAfterMs: 1, remaining: 0, resetMs: 99_000 }],
    ['fewest calls left', { remaining: 1, resetMs: 1 }, { remaining: 2, resetMs: 99_000 }],
    ['whole again last', { resetMs: 30_001 }, { resetMs: 30_000 }],
  ])('is the one with %s', (_, tight, loose) => {
    const one = budget(tight)
    expect(tightest([one, budget(loose)])).toBe(one)
    expect(tightest([budget(loose), one])).toBe(one)
  })
})

describe('whole seconds', () => {
  test.each([
    [0, 0, 0, 0],
    [1, 0, 1, 0],
    [1001, 0, 2, 0],
    [60_000, 1, 1, 1],
    [60_000, 1000, 1, 1],
    [60_000, 1001, 2, 2],
  ])('of a reset in %d ms and a wait of %d ms are %d and %d', (resetMs, retryAfterMs, reset, wait) => {
    expect([resetSeconds({ resetMs, retryAfterMs }), retryAfterSeconds({ retryAfterMs })]).toEqual([reset, wait])
  })
})
