import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rateLimitHeaders, retryAfterSeconds, type ShownBudget } from '../../src/domain/rate-limit-headers.js'

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

  test('writes only what a structured field can hold, and never tells a client to come before its budget has room', () => {
    const natural = fc.maxSafeNat()
    const shown = fc.record({
      name: fc.string({ unit: fc.oneof(fc.nat(0x7f), fc.nat(0xffff)).map((unit) => String.fromCharCode(unit)) }),
      limit: natural,
      windowSeconds: natural,
      remaining: natural,
      resetMs: natural,
      retryAfterMs: fc.oneof(fc.constant(0), natural),
    })
    const item = String.raw`"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"`
    const list = (parameters: string) => new RegExp(`^${item}${parameters}(?:, ${item}${parameters})*$`)
    fc.assert(
      fc.property(fc.array(shown, { minLength: 1, maxLength: 4 }), (budgets) => {
        const headers = rateLimitHeaders(budgets)
        expect(headers['RateLimit-Policy']).toMatch(list(String.raw`;q=\d{1,15};w=\d{1,15}`))
        expect(headers.RateLimit).toMatch(list(String.raw`;r=\d{1,15};t=\d{1,15}`))
        const wait = Math.max(...budgets.map(({ retryAfterMs }) => retryAfterMs))
        expect(headers['Retry-After'] !== undefined).toBe(wait > 0)
        if (wait === 0) return
        const times = [...(headers.RateLimit ?? '').matchAll(/;t=(\d+)(?=, "|$)/g)].map(([, seconds]) => Number(seconds))
        expect(Number(headers['Retry-After'])).toBe(Math.max(1, ...times))
        expect(Number(headers['Retry-After']) * 1000).toBeGreaterThanOrEqual(wait)
      }),
    )
  })
})

describe('retryAfterSeconds', () => {
  test.each([
    [[], 0],
    [[0, 0], 0],
    [[0, 1], 1],
    [[1000, 999], 1],
    [[1001], 2],
  ])('of waits of %j ms is %d', (waits, seconds) => {
    expect(retryAfterSeconds(waits.map((retryAfterMs) => ({ retryAfterMs })))).toBe(seconds)
  })
})
