import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { currencyExponent, formatMoney, parseMoney } from '../../src/domain/money.js'
import { isTenantryError } from '../../src/errors.js'

const amountMinor = fc.integer({ min: 0, max: 999_999_999_999_999 })

const refusedPath = (parse: () => unknown): string | null => {
  try {
    parse()
    return null
  } catch (error) {
    return isTenantryError(error, 'invalid_input') ? (error.details.issues[0]?.path ?? null) : null
  }
}

describe('currencyExponent', () => {
  test.each([
    ['USD', 2],
    ['EUR', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['KWD', 3],
    ['usd', null],
    ['XXX', null],
    ['', null],
    ['USD EUR', null],
  ])('of %j is %j', (currency, exponent) => {
    expect(currencyExponent(currency)).toBe(exponent)
  })
})

describe('parseMoney', () => {
  test.each([
    ['29.99', 'USD', 2999],
    ['29.9', 'USD', 2990],
    ['29', 'USD', 2900],
    ['0', 'USD', 0],
    ['0.01', 'USD', 1],
    ['0.00', 'USD', 0],
    ['1.005', 'KWD', 1005],
    ['1.10', 'KWD', 1100],
    ['500', 'JPY', 500],
    ['9007199254740.991', 'KWD', Number.MAX_SAFE_INTEGER],
  ])('reads %s %s', (amount, currency, minor) => {
    expect(parseMoney(amount, currency)).toEqual({ amountMinor: minor, currency })
  })

  test.each([
    '',
    ' ',
    ' 1',
    '1 ',
    '1\n',
    '-1',
    '+1',
    '1.',
    '.5',
    '1,5',
    '1,000.00',
    '1e3',
    '0x10',
    '01',
    '00.5',
    '1.2.3',
    'NaN',
    'Infinity',
    '١',
    '1_000',
    '1.0000',
  ])('refuses %j', (amount) => {
    expect(refusedPath(() => parseMoney(amount, 'USD'))).toBe('amount')
  })

  test('refuses more decimals than the currency has, also when they are zero', () => {
    expect(refusedPath(() => parseMoney('1.999', 'USD'))).toBe('amount')
    expect(refusedPath(() => parseMoney('1.000', 'USD'))).toBe('amount')
    expect(refusedPath(() => parseMoney('500.0', 'JPY'))).toBe('amount')
  })

  test('refuses a currency that is none, in whatever spelling', () => {
    for (const currency of ['', 'usd', 'XYZ', 'USDT', 'US']) expect(refusedPath(() => parseMoney('1', currency))).toBe('currency')
  })

  test('refuses an amount that no safe integer holds', () => {
    expect(refusedPath(() => parseMoney('999999999999999.99', 'USD'))).toBe('amount')
    expect(refusedPath(() => parseMoney('9007199254740.992', 'KWD'))).toBe('amount')
    expect(refusedPath(() => parseMoney('1000000000000000', 'JPY'))).toBe('amount')
  })

  test('refuses a number in place of text', () => {
    expect(refusedPath(() => parseMoney(29.99 as unknown as string, 'USD'))).toBe('amount')
  })
})

describe('formatMoney', () => {
  test.each([
    [2999, 'USD', '29.99'],
    [5, 'USD', '0.05'],
    [0, 'USD', '0.00'],
    [500, 'JPY', '500'],
    [1, 'KWD', '0.001'],
  ])('writes %d minor units of %s as %s', (minor, currency, text) => {
    expect(formatMoney({ amountMinor: minor, currency })).toBe(text)
  })

  test('is the inverse of parseMoney', () => {
    fc.assert(
      fc.property(amountMinor, fc.constantFrom('USD', 'JPY', 'KWD'), (minor, currency) => {
        const money = { amountMinor: minor, currency }
        expect(parseMoney(formatMoney(money), currency)).toEqual(money)
      }),
    )
  })
})
