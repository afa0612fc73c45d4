/** A megabyte of text. */
export const megabyte = 'm'.repeat(2 ** 20)

/** Stands in for host code that fails. */
export const fail = (): never => {
  throw new Error('the host has thrown')
}

function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = null
  for (let level = 0; level < depth; level += 1) value = wrap(value)
  return value
}

const circular: Record<string, unknown> = {}
circular['itself'] = circular

class Disguised {
  readonly type = 'admin'
  readonly id = 'staff-1'
  toString = (): string => 'active'
  valueOf = (): number => 1
  toJSON = (): string => '5'
}

const traps = ['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf'] as const

/** Proxies that throw: the first two at whatever is asked of them, the others at one question only. */
export function throwingProxies(target: object): object[] {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const all = new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, fail])))
  return [proxy, all, ...traps.map((trap) => new Proxy(target, { [trap]: fail }))]
}

/** Values that are wrong wherever they stand, or nearly so. None of them throws when it is looked at. */
export const badValues = {
  types: [null, undefined, true, false, 0, 7, '', 'text', [], {}, [1], { a: 1 }],
  huge: [
    megabyte,
    `${megabyte}@example.com`,
    'é'.repeat(2 ** 19),
    `https://example.com/${megabyte}`,
    ' '.repeat(2 ** 20),
    '9'.repeat(2 ** 20),
  ],
  minusZero: [-0],
  notANumber: [Number.NaN],
  infinite: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  bigints: [0n, 5n, -1n, 2n ** 64n],
  floats: [0.5, 1.5, -2.25, 1e-300, Number.EPSILON, 4.999999999999999],
  outOfRange: [2 ** 53, -(2 ** 53), 2 ** 31 * 1e9, 1e308, -1, Number.MIN_SAFE_INTEGER - 2],
  numbersAsText: [
    '1e3',
    '0x10',
    ' 5 ',
    '5',
    '-0',
    '+1',
    '1_000',
    '1,000',
    '29,99',
    '.5',
    '5.',
    '5.0000',
    '٣',
    '１',
    '1n',
    'Infinity',
    'NaN',
    '',
  ],
  dates: [
    new Date(Number.NaN),
    new Date('+010000-01-01T00:00:00Z'),
    new Date('1969-12-31T23:59:59.999Z'),
    new Date(-8.64e15),
    new Date(8.64e15),
    Object.create(Date.prototype) as Date,
    '2026-13-45',
    '2026-01-02T00:00:00Z',
  ],
  deep: [nested(10_000, (inner) => [inner]), nested(10_000, (inner) => ({ inner })), circular],
  symbols: [Symbol('id'), Symbol.iterator, Object(Symbol('boxed'))],
  functions: [fail, class {}, async () => 1, Math.max],
  instances: [
    new Disguised(),
    new Map([['accountId', 'a']]),
    new Set(['a']),
    Buffer.from('account'),
    new URL('https://example.com/'),
    new URLSearchParams('accountId=a'),
    /a/g,
    new Error('a'),
    Promise.resolve('a'),
    new Uint8Array(8),
    Object('boxed'),
    Object(5),
    Object(true),
  ],
  facts: [
    JSON.parse('{"__proto__":{"a":1}}'),
    { a: JSON.parse('[{"__proto__":1}]') },
    { a: undefined },
    { a: '\0' },
    { '\0': 1 },
    { a: '\ud800' },
    { a: new Date(0) },
    { a: Number.NaN },
    { a: -0 },
    { a: 1n },
    { a: new Map() },
    { a: Array.from({ length: 2 }) },
    { a: { b: { c: { d: { e: { f: { g: { h: {} } } } } } } } },
    { text: 'x'.repeat(16_374) },
    { a: Array.from({ length: 20_000 }, () => 1) },
    { a: circular },
    { a: 1, toJSON: () => ({ a: 2 }) },
    Object.create({ inherited: 1 }) as object,
  ],
  ids: [
    '00000000-0000-7000-8000-000000000000',
    'id-1',
    'undefined',
    'null',
    '[object Object]',
    '~'.repeat(128),
    '__proto__',
    'constructor',
  ],
  addresses: [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,<script>1</script>',
    '//evil.example/x',
    'http://example.com/x',
    'https:evil.example',
    'https:///evil.example',
    'https://user:secret@example.com/x',
    'https://example.com@evil.example/x',
    'https://@evil.example/',
    'https://',
    'https://example.com\\@evil.example/',
    ' https://example.com/x',
    'https://example.com/a b',
    'https://example.com/\u202efdp',
    'https://éxample.com/x',
    'file:///etc/passwd',
    'vbscript:x',
    'ftp://example.com/',
    `https://example.com/${'x'.repeat(2048)}`,
  ],
} as const

type Rewrite = (text: string) => string

/** Ways to make text wrong. */
export const badText = {
  nul: [(text) => `${text}\0`, (text) => `\0${text}`, () => '\0', (text) => `${text.slice(0, 2)}\0${text.slice(2)}`],
  surrogate: [(text) => `${text}\ud800`, (text) => `\udc00${text}`, (text) => `${text}\ude00\ud83d`],
  control: [(text) => `${text}\n${text}`, (text) => `${text}\x1b[31m`, (text) => `\x7f${text}\x85`],
  malformed: [
    (text) => `${text} `,
    (text) => `${text}\n`,
    (text) => text.toUpperCase(),
    (text) => `${text}${text}${text}${text}`.padEnd(129, 'x'),
    (text) => `${text}' or '1'='1`,
    (text) => `../${text}`,
    (text) => `${text}%00`,
    (text) => `${text},${text}`,
    (text) => `"${text}"`,
    (text) => text.slice(1),
    () => '',
    () => ' ',
    () => '*',
    () => '%',
  ],
  invisible: [
    (text) => `${text}\u200b`,
    (text) => `\u200d${text}`,
    (text) => `\u202e${text}\u202c`,
    (text) => `${text.slice(0, 3)}\u00ad${text.slice(3)}`,
    (text) => `\ufeff${text}\ufeff`,
    () => '\u200b\u200b',
    () => '\u2060',
    (text) => text.replaceAll('a', '\u0430'),
  ],
} satisfies Record<string, readonly Rewrite[]>

/** Objects that are nobody. Those of `throwingProxies` are among them. */
export const badActors: readonly unknown[] = [
  undefined,
  null,
  'admin',
  [],
  {},
  { type: 'admin' },
  { id: 'staff-1' },
  { type: 'root', id: 'staff-1' },
  { type: 'Admin', id: 'staff-1' },
  { type: ['admin'], id: 'staff-1' },
  { type: { toString: () => 'admin' }, id: 'staff-1' },
  { type: 'admin', id: '' },
  { type: 'admin', id: '  ' },
  { type: 'admin', id: 5 },
  { type: 'admin', id: 'staff\0' },
  { type: 'admin', id: '\ud800' },
  { type: 'admin', id: '\u200b' },
  { type: 'admin', id: megabyte },
  { type: 'admin', id: 'staff-1', role: 'owner' },
  JSON.parse('{"type":"admin","id":"staff-1","__proto__":{"type":"admin"}}'),
  Object.create({ type: 'admin', id: 'staff-1' }),
  Object.defineProperty({ type: 'admin' }, 'id', { get: fail, enumerable: true }),
  ...throwingProxies({ type: 'admin', id: 'staff-1' }).slice(0, 2),
]
