import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalEmail } from '../../src/domain/email.js'

const long = (length: number): string => 'a'.repeat(length)

describe('canonicalEmail', () => {
  test.each([
    ['ada@example.com', 'ada@example.com'],
    ['  Ada@Example.COM\t', 'ada@example.com'],
    ['ADA+news@example.co.uk', 'ada+news@example.co.uk'],
    ["o'neil!#$%&*/=?^_`{|}~-@example.com", "o'neil!#$%&*/=?^_`{|}~-@example.com"],
    ['a.b.c@a-b.example', 'a.b.c@a-b.example'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['ada@Bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@Bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
    [`${long(64)}@example.com`, `${long(64)}@example.com`],
    [`ada@${long(63)}.example`, `ada@${long(63)}.example`],
  ])('spells %j as %j', (given, canonical) => {
    expect(canonicalEmail(given)).toBe(canonical)
  })

  test.each([
    ['nothing', ''],
    ['white space', '   '],
    ['no at sign', 'ada.example.com'],
    ['no local part', '@example.com'],
    ['no domain', 'ada@'],
    ['a space inside', 'ada lovelace@example.com'],
    ['a line break inside', 'ada@example.com\nbcc: x@example.com'],
    ['a NUL', 'ada\0@example.com'],
    ['a second at sign', 'ada@b@example.com'],
    ['a quoted local part', '"ada"@example.com'],
    ['a display name', 'Ada <ada@example.com>'],
    ['a dot at the start', '.ada@example.com'],
    ['a dot at the end', 'ada.@example.com'],
    ['two dots', 'a..b@example.com'],
    ['a domain of one label', 'ada@localhost'],
    ['an address as domain', 'ada@127.0.0.1'],
    ['an address in brackets', 'ada@[127.0.0.1]'],
    ['a label that begins with a hyphen', 'ada@-a.example'],
    ['a label that ends with a hyphen', 'ada@a-.example'],
    ['an empty label', 'ada@a..example'],
    ['a dot after the domain', 'ada@example.com.'],
    ['an underscore in the domain', 'ada@a_b.example'],
    ['a port after the domain', 'ada@example.com:80'],
    ['a path after a domain outside ASCII', 'ada@bücher.example/x'],
    ['a port after a domain outside ASCII', 'ada@bücher.example:8080'],
    ['a query after a domain outside ASCII', 'ada@bücher.example?x'],
    ['a fragment after a domain outside ASCII', 'ada@bücher.example#x'],
    ['a line break in a domain outside ASCII', 'ada@bü\ncher.example'],
    ['an escape in a domain outside ASCII', 'ada@bücher%2eexample'],
    ['a user before a domain outside ASCII', 'ada@x:y@bücher.example'],
    ['a local part of 65 characters', `${long(65)}@example.com`],
    ['a label of 64 characters', `ada@${long(64)}.example`],
    ['more than 254 characters in all', `ada@${Array(5).fill(long(60)).join('.')}.example`],
    ['the Kelvin sign, which lower-cases to k', '\u212Aate@example.com'],
    ['a Cyrillic look-alike', 'аda@example.com'],
    ['an umlaut in the local part', 'zoë@example.com'],
    ['a soft hyphen in the local part', 'a\u00ADda@example.com'],
  ])('refuses %s', (_reason, given) => {
    expect(canonicalEmail(given)).toBeNull()
  })

  test('keeps a canonical address as it is, and is blind to case and surrounding space', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        const canonical = canonicalEmail(email)
        fc.pre(canonical !== null)
        expect(canonicalEmail(canonical)).toBe(canonical)
        expect(canonicalEmail(` ${email.toUpperCase()}\n`)).toBe(canonical)
      }),
    )
  })

  test('takes the addresses that people have', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,15}$/)
    fc.assert(
      fc.property(word, word, fc.domain(), (first, last, domain) => {
        expect(canonicalEmail(`${first}.${last}@${domain}`)).toBe(`${first}.${last}@${domain.toLowerCase()}`)
      }),
    )
  })

  test('answers text of any kind with null or a plain ASCII address', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (local, domain) => {
        expect(canonicalEmail(`${local}@${domain}.example`) ?? 'a@b.example').toMatch(/^[!-~]+@[a-z0-9.-]+$/)
      }),
    )
  })
})
