import fc from 'fast-check'
import { canonicalTransferReference, makeTransferReference, printedTransferReference, transferReferenceProblem } from 'tenantry'
import { describe, expect, it } from 'vitest'

const references = fc.uint8Array({ minLength: 8, maxLength: 8 }).map(makeTransferReference)
const form = /^RF\d\d[BCDFGHJKMNPQRSTVWXYZ]{8}$/

/** ISO 11649 once more, the slow way: the text as one number. */
function isValid(reference: string): boolean {
  const digits = [...`${reference.slice(4)}${reference.slice(0, 4)}`].map((character) => Number.parseInt(character, 36)).join('')
  return BigInt(digits) % 97n === 1n
}

describe('a transfer reference', () => {
  it('is a creditor reference of ISO 11649 in characters that nobody mistakes', () => {
    fc.assert(
      fc.property(references, (reference) => {
        expect(reference).toMatch(form)
        expect(isValid(reference)).toBe(true)
        expect(transferReferenceProblem(reference)).toBeNull()
      }),
    )
  })

  it('has the check digits that the standard asks for', () => {
    expect(isValid('RF18539007547034')).toBe(true) // the reference that the standard is explained with everywhere
    expect(makeTransferReference(new Uint8Array(8))).toBe('RF15BBBBBBBB')
  })

  it('differs with its bytes', () => {
    const made = Array.from({ length: 2000 }, (_, index) =>
      makeTransferReference(Uint8Array.from([0, 0, 0, 0, 0, 0, index >> 8, index & 255])),
    )
    expect(new Set(made).size).toBe(2000)
    const high = Array.from({ length: 256 }, (_, byte) => makeTransferReference(Uint8Array.from([byte, 0, 0, 0, 0, 0, 0, 0])))
    expect(new Set(high).size).toBe(256)
  })

  it('is the same in every spelling', () => {
    const spellings = (reference: string) => [
      reference.toLowerCase(),
      printedTransferReference(reference),
      ` ${reference.slice(0, 4)}-${reference.slice(4, 8)}.${reference.slice(8)}\u00a0`,
      reference.replace(/0/g, 'o').replace(/1/g, 'l'),
      reference.replace(/1/g, 'I'),
    ]
    fc.assert(
      fc.property(references, (reference) => {
        for (const spelling of spellings(reference)) {
          expect(canonicalTransferReference(spelling)).toBe(reference)
          expect(transferReferenceProblem(spelling)).toBeNull()
        }
      }),
    )
  })

  it('is printed in groups of four', () => {
    expect(printedTransferReference('RF02KTMBNQXZ')).toBe('RF02 KTMB NQXZ')
  })

  it('finds every mistaken character', () => {
    fc.assert(
      fc.property(references, fc.integer({ min: 4, max: 11 }), fc.constantFrom(...'BCDFGHJKMNPQRSTVWXYZ'), (reference, at, other) => {
        fc.pre(reference[at] !== other)
        expect(transferReferenceProblem(reference.slice(0, at) + other + reference.slice(at + 1))).toMatch(/wrong check digit/)
      }),
      { numRuns: 1000 },
    )
  })

  it('finds every two neighbours that are swapped', () => {
    fc.assert(
      fc.property(references, fc.integer({ min: 4, max: 10 }), (reference, at) => {
        const [a, b] = [reference[at] ?? '', reference[at + 1] ?? '']
        fc.pre(a !== b)
        expect(transferReferenceProblem(reference.slice(0, at) + b + a + reference.slice(at + 2))).toMatch(/wrong check digit/)
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    '',
    'RF',
    'BT-2026-001',
    'RF02KTMBNQX',
    'RF02KTMBNQXZZ',
    'RX29K7M29QXA',
    'RFA2KTMBNQXZ',
    'RF02KTMBNQX2',
    'RF18539007547034',
    null,
    7,
  ])('is not %j', (text) => {
    expect(transferReferenceProblem(text as string)).toMatch(/^must be the reference/)
  })
})
