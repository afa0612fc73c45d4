const date = (text: string): Date => new Date(text)

/** Text that is right and unusual: as long as may be, in every script, full of what SQL, JSON and formats make something of. */
const text = [
  'x',
  'é'.repeat(100),
  '😀'.repeat(50),
  '\u{10ffff}',
  '\uffff\ufffe',
  'a\u0301\u0323'.repeat(30),
  '\u202eשלום\u202c',
  "'; drop table tenantry_account; --",
  '\\u0000 \\ \\\\ \\x00',
  '$1 $$ :name ?::jsonb %s {}',
  '"quoted" \'quoted\' `quoted`',
  'null',
  'x'.repeat(200),
  'x'.repeat(255),
  'x'.repeat(500),
]

const numbers = [0, 1, 2, 12, 36, 200, 1000, 1_000_000, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 2, 2 ** 53 - 1, -1, -(2 ** 31), -(2 ** 53 - 1)]

const metadata: readonly object[] = [
  {},
  { '': '' },
  { constructor: 1, toString: 'x', hasOwnProperty: null },
  { $date: '2026-01-01T00:00:00.000Z' },
  { a: 1e308, b: 5e-324, c: -1e-7, d: 2 ** 53 - 1, e: 123456789012345680000 },
  { text: '\\u0000 \uffff \u{10ffff} " \\ \u2028 \x01 \x7f' },
  { '\u2028"\\': [[], {}, [[]], null, true] },
  { a: { b: { c: { d: { e: { f: { g: [] } } } } } } },
  { text: 'x'.repeat(16_372) },
  { many: Array.from({ length: 3_000 }, (_, index) => index) },
]

/** By the name of the field, where it is known better than by the type. */
const byField: Readonly<Record<string, readonly unknown[]>> = {
  metadata,
  accountId: ['~'.repeat(128), "'", '\\', '%', '"', '$1'],
  amount: [...numbers, '0', '0.01', '999999999999999', '999999999999999.99', '90071992547409.91', '29.990'],
  before: ['0_~', '253402300799999_~', `1767225600000_${'z'.repeat(128)}`, '1', '999999999999999'],
  credential: [`tnt_session_${'A'.repeat(43)}`, `tnt_live_${'0'.repeat(36)}`],
  currency: ['JPY', 'BHD', 'EUR'],
  email: [`${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(57)}`, "o'hara+{}$%|~@example.com", 'x@münchen.example'],
  externalUserId: text,
  idempotencyKey: ['k'.repeat(255), "'; --", '\\', '$1', '{}'],
  ip: ['::', '::ffff:192.0.2.1', 'fe80::1%eth0', '255.255.255.255', '\0'],
  proofUrl: [null, `https://example.com/${'p'.repeat(2028)}`, "https://example.com/?q='%00;--#x"],
  scopes: [Array.from({ length: 50 }, (_, index) => `s${index}`.padEnd(100, ':'))],
  slug: ['s'.repeat(64), 'a-1-b'],
  status: ['requested', 'submitted', 'rejected', 'refunded'],
  type: ['subscription', 'promotion'],
}

/** Values for a field that are right, or would be if the field allowed so much. */
export function edgeValues(name: string, value: unknown): readonly unknown[] {
  const known = Object.hasOwn(byField, name) ? byField[name] : undefined
  if (known !== undefined) return known
  if (value instanceof Date) return [date('9999-12-31T23:59:59.999Z'), date('2026-01-01T00:00:00.001Z'), date('1970-01-01T00:00:00Z')]
  if (typeof value === 'number') return numbers
  if (typeof value === 'boolean') return [!value]
  return typeof value === 'string' ? text : [value]
}
