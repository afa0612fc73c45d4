import { createTenantry, type Tenantry } from 'tenantry'
import { plainHasher, sequentialIds } from 'tenantry/testing'
import { describe, expect, test } from 'vitest'
import { admin, cleanRefusalOf, contentsOf, createHost, expectWholeBooks, type Host, signUp, wrongFieldsOf } from '../support/host.js'

/** What an operation that is asked again needs to know. */
interface Work {
  readonly accountId: string
  readonly spentEntryId: string
  readonly reservationId: string
}

async function atWork() {
  const host = await createHost()
  const { account } = await signUp(host)
  const request = { accountId: account.id, operation: 'o', amount: 200 }
  const { entry } = await host.tenantry.spendCredits({ ...request, idempotencyKey: 'spent' })
  const { reservation } = await host.tenantry.reserveCredits({ ...request, idempotencyKey: 'aside', ttlSeconds: 60 })
  const work: Work = { accountId: account.id, spentEntryId: entry.id, reservationId: reservation.id }
  return { host, work }
}

/** As after a new deployment: another process, on the same store. */
const restarted = ({ store, clock }: Host): Tenantry =>
  createTenantry({ store, clock, passwords: plainHasher(), newId: sequentialIds('restarted-') })

type Ask = (tenantry: Tenantry, work: Work, key: string) => Promise<{ readonly replayed: boolean; readonly balance: number }>

/** Every operation on credits that has a key of the caller's. */
const keyed: [name: string, ask: Ask][] = [
  [
    'grantCredits',
    (tenantry, { accountId }, idempotencyKey) =>
      tenantry.grantCredits({ accountId, amount: 70, type: 'promotion', idempotencyKey, expiresAt: new Date('2026-01-03') }, admin),
  ],
  [
    'adjustCredits',
    (tenantry, { accountId }, idempotencyKey) => tenantry.adjustCredits({ accountId, amount: -70, idempotencyKey, reason: 'r' }, admin),
  ],
  [
    'spendCredits',
    (tenantry, { accountId }, idempotencyKey) => tenantry.spendCredits({ accountId, amount: 70, idempotencyKey, operation: 'o' }),
  ],
  [
    'reserveCredits',
    (tenantry, { accountId }, idempotencyKey) =>
      tenantry.reserveCredits({ accountId, amount: 70, idempotencyKey, operation: 'o', ttlSeconds: 60 }),
  ],
  [
    'refundCredits',
    (tenantry, { spentEntryId }, idempotencyKey) =>
      tenantry.refundCredits({ entryId: spentEntryId, amount: 70, idempotencyKey, reason: 'r' }, admin),
  ],
]

/** Every operation on credits. */
const all: [name: string, ask: Ask][] = [
  ...keyed,
  ['settleReservation', (tenantry, { reservationId }) => tenantry.settleReservation({ reservationId, actual: 70 })],
  ['releaseReservation', (tenantry, { reservationId }) => tenantry.releaseReservation({ reservationId })],
]

/** Much happens: credits come, go and expire, the account is suspended, months pass. */
async function later({ tenantry, clock }: Host, { accountId }: Work): Promise<void> {
  await tenantry.grantCredits({ accountId, amount: 9000, type: 'purchase', idempotencyKey: 'later-1' }, admin)
  await tenantry.spendCredits({ accountId, amount: 3000, idempotencyKey: 'later-2', operation: 'o' })
  clock.advance({ days: 40 })
  await tenantry.adjustCredits({ accountId, amount: 5, idempotencyKey: 'later-3', reason: 'r' }, admin)
  await tenantry.suspendAccount({ accountId, reason: 'abuse' }, admin)
}

describe('asked again with the same content', () => {
  test.each(all)('%s answers its first result after later changes and a restart, and does nothing', async (_, ask) => {
    const { host, work } = await atWork()
    const first = await ask(host.tenantry, work, 'key-1')
    expect(first.replayed).toBe(false)
    await later(host, work)
    const before = await contentsOf(host)
    const after = restarted(host)
    expect(await ask(after, work, 'key-1')).toEqual({ ...first, replayed: true })
    expect(await ask(after, work, 'key-1')).toEqual({ ...first, replayed: true })
    expect(await contentsOf(host)).toEqual(before)
    await expectWholeBooks(host, work.accountId)
  })

  test.each(all)('%s by two processes at once has one effect', async (_, ask) => {
    const { host, work } = await atWork()
    const processes = [host.tenantry, restarted(host)]
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => ask(processes[n % 2] ?? host.tenantry, work, 'key-1')))
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(answers.map((answer) => JSON.stringify({ ...answer, replayed: true }))).size).toBe(1)
    await expectWholeBooks(host, work.accountId)
  })
})

describe('a key', () => {
  const pairs = keyed.flatMap(([first, ask]) =>
    keyed.filter(([other]) => other !== first).map(([other, again]) => [first, other, ask, again]),
  )
  test.each(pairs as [string, string, Ask, Ask][])('of %s is no key for %s', async (_first, _other, ask, again) => {
    const { host, work } = await atWork()
    await ask(host.tenantry, work, 'key-1')
    expect(await cleanRefusalOf(host, () => again(restarted(host), work, 'key-1'))).toEqual({
      code: 'idempotency_mismatch',
      details: { idempotencyKey: 'key-1' },
    })
  })

  test.each(keyed)('of %s may be used by every account', async (_, ask) => {
    const { host, work } = await atWork()
    await ask(host.tenantry, work, 'key-1')
    const other = await signUp(host, { email: 'grace@example.com' })
    const { entry } = await host.tenantry.spendCredits({
      accountId: other.account.id,
      amount: 200,
      idempotencyKey: 'spent',
      operation: 'o',
    })
    const foreign = { ...work, accountId: other.account.id, spentEntryId: entry.id }
    expect(await ask(host.tenantry, foreign, 'key-1')).toMatchObject({ replayed: false })
  })

  const wrong: [name: string, key: unknown][] = [
    ['of 256 characters', 'k'.repeat(256)],
    ['with NUL', 'key\0'],
    ['with a line break', 'key\n'],
    ['with a space before', ' key'],
    ['with a space after', 'key '],
    ['of spaces', '   '],
    ['of nothing', ''],
    ['beyond ASCII', 'schlüssel'],
    ['of the library itself', 'tenantry:release:x'],
    ['that is a number', 7],
    ['that is missing', undefined],
  ]
  test.each(wrong)('%s is refused by every operation', async (_, key) => {
    const { host, work } = await atWork()
    for (const [, ask] of keyed) {
      expect(await wrongFieldsOf(host, () => ask(host.tenantry, work, key as string))).toEqual(['idempotencyKey'])
    }
  })

  test.each(['k'.repeat(255), 'a key with spaces inside', `"'\\%$1;--`, '~', 'TENANTRY:x'])(
    'such as %s is taken by every operation',
    async (key) => {
      for (const [, ask] of keyed) {
        const { host, work } = await atWork()
        expect(await ask(host.tenantry, work, key)).toMatchObject({ replayed: false })
        expect(await ask(host.tenantry, work, key)).toMatchObject({ replayed: true })
      }
    },
  )

  test('tells capitals from small letters', async () => {
    const { host, work } = await atWork()
    const spend = { accountId: work.accountId, amount: 1, operation: 'o' }
    for (const idempotencyKey of ['key', 'KEY', 'Key']) {
      expect((await host.tenantry.spendCredits({ ...spend, idempotencyKey })).replayed).toBe(false)
    }
  })
})

describe('amounts', () => {
  const wrong: [name: string, amount: unknown][] = [
    ['nothing', 0],
    ['minus zero', -0],
    ['a part of a credit', 1.5],
    ['2^53', 2 ** 53],
    ['minus 2^53', -(2 ** 53)],
    ['text', '5'],
    ['a bigint', 5n],
    ['not a number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['nothing at all', null],
  ]
  test.each(wrong)('of %s are refused by every operation', async (_, amount) => {
    const { host, work } = await atWork()
    const { accountId, spentEntryId: entryId, reservationId } = work
    const { tenantry } = host
    const request = { accountId, amount, idempotencyKey: 'key-1', operation: 'o' } as never
    const calls: [field: string, call: () => Promise<unknown>][] = [
      ['amount', () => tenantry.spendCredits(request)],
      ['amount', () => tenantry.reserveCredits({ ...(request as object), ttlSeconds: 60 } as never)],
      ['amount', () => tenantry.grantCredits({ accountId, amount, idempotencyKey: 'k', type: 'purchase' } as never, admin)],
      ['amount', () => tenantry.adjustCredits({ accountId, amount, idempotencyKey: 'k', reason: 'r' } as never, admin)],
      ['amount', () => tenantry.refundCredits({ entryId, amount, idempotencyKey: 'k', reason: 'r' } as never, admin)],
    ]
    if (!Object.is(amount, 0)) calls.push(['actual', () => tenantry.settleReservation({ reservationId, actual: amount } as never)])
    for (const [field, call] of calls) expect(await wrongFieldsOf(host, call)).toEqual([field])
  })

  test('below nothing are refused by every operation but an adjustment', async () => {
    const { host, work } = await atWork()
    const { accountId, spentEntryId: entryId, reservationId } = work
    const { tenantry } = host
    const request = { accountId, amount: -1, idempotencyKey: 'key-1' }
    const calls = [
      () => tenantry.spendCredits({ ...request, operation: 'o' }),
      () => tenantry.reserveCredits({ ...request, operation: 'o', ttlSeconds: 60 }),
      () => tenantry.grantCredits({ ...request, type: 'purchase' }, admin),
      () => tenantry.refundCredits({ entryId, amount: -1, idempotencyKey: 'k', reason: 'r' }, admin),
    ]
    for (const call of calls) expect(await wrongFieldsOf(host, call)).toEqual(['amount'])
    expect(await wrongFieldsOf(host, () => tenantry.settleReservation({ reservationId, actual: -1 }))).toEqual(['actual'])
    expect((await tenantry.adjustCredits({ ...request, reason: 'r' }, admin)).entry.amount).toBe(-1)
  })
})
