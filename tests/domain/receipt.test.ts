import { receiptNumber, receiptSeries } from 'tenantry'
import { expect, it } from 'vitest'

it.each([
  ['R', '2026-01-01T00:00:00.000Z', 1, 'R-2026-000001'],
  ['R', '2026-12-31T23:59:59.999Z', 123_456, 'R-2026-123456'],
  ['ACME2', '2027-01-01T00:00:00.000Z', 1_234_567, 'ACME2-2027-1234567'],
])('a receipt of %s at %s has as its number %i %s', (prefix, issuedAt, count, number) => {
  expect(receiptNumber(receiptSeries(prefix, new Date(issuedAt)), count)).toBe(number)
})
