import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apiKeyEntropyBytes, apiKeySecret, checksum, credentialKind, sessionToken } from '../../src/domain/credential.js'

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const key = `tnt_live_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17`
const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size })

describe('checksum', () => {
  test('is that of the published vector', () => {
    expect(checksum('zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ')).toBe('0mLq17')
  })

  test('is CRC-32: of "123456789" it is cbf43926', () => {
    const value = [...checksum('123456789')].reduce((sum, digit) => sum * 62 + base62.indexOf(digit), 0)
    expect(value.toString(16)).toBe('cbf43926')
  })

  test('has six characters, zero-padded', () => {
    expect(checksum('')).toBe('000000')
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(checksum(text)).toMatch(/^[0-9A-Za-z]{6}$/)
      }),
    )
  })
})

describe('credentialKind', () => {
  test('knows an API key', () => {
    expect(credentialKind(key)).toBe('api_key')
  })

  test('knows a session token', () => {
    expect(credentialKind(`tnt_session_${'aA0-_'.repeat(9).slice(0, 43)}`)).toBe('session')
  })

  test('refuses an API key in which any one character is another', () => {
    const start = 'tnt_live_'.length
    const mutants = [...key].flatMap((character, place) =>
      place < start
        ? []
        : [...base62].filter((other) => other !== character).map((other) => key.slice(0, place) + other + key.slice(place + 1)),
    )
    expect(mutants).toHaveLength(36 * 61)
    expect(mutants.filter((mutant) => credentialKind(mutant) !== null)).toEqual([])
  })

  test('refuses an API key with two neighbours swapped', () => {
    const swapped = [...key].flatMap((character, place) => {
      const next = key[place + 1]
      return place < 9 || next === undefined || next === character ? [] : [key.slice(0, place) + next + character + key.slice(place + 2)]
    })
    expect(swapped.length).toBeGreaterThan(30)
    expect(swapped.filter((mutant) => credentialKind(mutant) !== null)).toEqual([])
  })

  test.each([
    ['nothing', ''],
    ['another prefix', key.replace('live', 'test')],
    ['another case', key.toUpperCase()],
    ['a space before', ` ${key}`],
    ['a line break after', `${key}\n`],
    ['one character more', `${key}0`],
    ['one character less', key.slice(0, -1)],
    ['a character outside the alphabet', key.replace('z', '-')],
    ['a session token that is too short', `tnt_session_${'a'.repeat(42)}`],
    ['a session token that is too long', `tnt_session_${'a'.repeat(44)}`],
    ['a session token with padding', `tnt_session_${'a'.repeat(42)}=`],
    ['a session token and a line break', `tnt_session_${'a'.repeat(43)}\n`],
    ['the prefix alone', 'tnt_live_'],
  ])('refuses %s', (_reason, credential) => {
    expect(credentialKind(credential)).toBeNull()
  })
})

describe('apiKeySecret', () => {
  test('makes a key that is known as one', () => {
    fc.assert(
      fc.property(bytes(apiKeyEntropyBytes), (random) => {
        const secret = apiKeySecret(random)
        fc.pre(secret !== null)
        expect(credentialKind(secret)).toBe('api_key')
      }),
    )
  })

  test('takes the first thirty usable bytes, and drops those that would make some characters likelier', () => {
    const random = Uint8Array.of(248, 255, ...Array.from({ length: 30 }, (_, index) => index), 61)
    expect(apiKeySecret(random)?.slice(9, 39)).toBe(base62.slice(0, 30))
    expect(apiKeySecret(Uint8Array.from({ length: 30 }, () => 247))?.slice(9, 39)).toBe('z'.repeat(30))
  })

  test('is null when too few bytes are usable', () => {
    expect(apiKeySecret(Uint8Array.from({ length: 96 }, (_, index) => (index < 29 ? 1 : 250)))).toBeNull()
    expect(apiKeySecret(new Uint8Array())).toBeNull()
  })
})

describe('sessionToken', () => {
  test('makes a token of 32 bytes that is known as one', () => {
    fc.assert(
      fc.property(bytes(32), (random) => {
        expect(credentialKind(sessionToken(random))).toBe('session')
      }),
    )
  })

  test('makes different tokens of different bytes', () => {
    fc.assert(
      fc.property(bytes(32), bytes(32), (a, b) => {
        expect(sessionToken(a) === sessionToken(b)).toBe(Buffer.compare(a, b) === 0)
      }),
    )
  })
})
