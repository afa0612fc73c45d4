import { canonicalPaymentReference } from 'tenantry'
import { describe, expect, test } from 'vitest'

describe('canonicalPaymentReference', () => {
  test.each([
    ['lower case', 'bté-2026-001'],
    ['spaces', ' B T\u00a0É - 2026\t-001 '],
    ['a letter and its accent apart', 'BTE\u0301-2026-001'],
    ['something unseen between a letter and its accent', 'BTE\u200b\u0301-2026-001'],
    ['a variation selector', 'BTÉ-2026-001\ufe0f'],
    ['a grapheme joiner', 'BTÉ\u034f-2026-001'],
    ['a Hangul filler', 'BTÉ\u3164-2026-001'],
    ['a Mongolian variation selector', 'BTÉ\u180b-2026-001'],
    ['the blank Braille pattern', 'BTÉ\u2800-2026-001'],
    ['full-width letters', 'ＢＴÉ-2026-001'],
    ['mathematical digits', 'BTÉ-𝟐𝟎𝟐𝟔-001'],
  ])('gives %s the same spelling', (_, reference) => {
    expect(canonicalPaymentReference(reference)).toBe('BTÉ-2026-001')
  })

  test('keeps different references apart', () => {
    expect(canonicalPaymentReference('BT-1')).not.toBe(canonicalPaymentReference('BT-11'))
  })
})
