import { describe, expect, test } from 'vitest'
import { admin, contentsOf, createHost, type Host, refusalOf, signUp, type WrongInputs, wrongFieldsOf } from '../support/host.js'

const january = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-02-01T00:00:00Z') }

/** A customer whose people and keys have used credits on three days. */
async function used() {
  const host = await createHost({ start: '2026-01-01T10:00:00.000Z' })
  const { account } = await signUp(host)
  const accountId = account.id
  const spend = spender(host, accountId)
  await spend(100, 'article', { userId: 'ada', apiKeyId: 'key-1' })
  await spend(20, 'image', { userId: 'ada' })
  host.clock.set('2026-01-02T23:59:59.999Z')
  const { entry } = await spend(50, 'article', { userId: 'grace', apiKeyId: 'key-2' })
  const work = { accountId, amount: 400, idempotencyKey: 'w', operation: 'video', userId: 'grace', ttlSeconds: 86_400 }
  const { reservation } = await host.tenantry.reserveCredits(work)
  host.clock.advance(1)
  await host.tenantry.settleReservation({ reservationId: reservation.id, actual: 300 })
  await spend(3, 'image')
  await host.tenantry.refundCredits({ entryId: entry.id, amount: 30, idempotencyKey: 'r', reason: 'bad' }, admin)
  const report = (input: object) => host.tenantry.usageReport({ accountId, ...january, by: 'day', ...input })
  return { host, accountId, report, ...host }
}

function spender({ tenantry }: Host, accountId: string) {
  let count = 0
  return (amount: number, operation: string, who: { userId?: string; apiKeyId?: string } = {}) => {
    count += 1
    return tenantry.spendCredits({ accountId, amount, idempotencyKey: `spend-${count}`, operation, ...who })
  }
}

const total = { spent: 473, refunded: 30, count: 5 }
const line = (key: string | null, spent: number, refunded: number, count: number) => ({ key, spent, refunded, count })

describe('usageReport', () => {
  test('adds up by day', async () => {
    const { report } = await used()
    const items = [line('2026-01-01', 120, 0, 2), line('2026-01-02', 50, 0, 1), line('2026-01-03', 303, 30, 2)]
    expect(await report({ by: 'day' })).toEqual({ items, total })
  })

  test('adds up by operation', async () => {
    const { report } = await used()
    const items = [line('article', 150, 30, 2), line('image', 23, 0, 2), line('video', 300, 0, 1)]
    expect(await report({ by: 'operation' })).toEqual({ items, total })
  })

  test('adds up by user, use by nobody last', async () => {
    const { report } = await used()
    expect(await report({ by: 'user' })).toEqual({ items: [line('ada', 120, 0, 2), line('grace', 350, 30, 2), line(null, 3, 0, 1)], total })
  })

  test('adds up by API key, use without one last', async () => {
    const { report } = await used()
    const items = [line('key-1', 100, 0, 1), line('key-2', 50, 30, 1), line(null, 323, 0, 3)]
    expect(await report({ by: 'api_key' })).toEqual({ items, total })
  })

  test('counts from the first instant to the last but one', async () => {
    const { report } = await used()
    const days = async (from: string, to: string) =>
      (await report({ from: new Date(from), to: new Date(to) })).items.map(({ key, spent }) => [key, spent])
    expect(await days('2026-01-01T10:00:00.000Z', '2026-01-01T10:00:00.001Z')).toEqual([['2026-01-01', 120]])
    expect(await days('2026-01-01T10:00:00.001Z', '2026-01-02T23:59:59.999Z')).toEqual([])
    expect(await days('2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z')).toEqual([['2026-01-02', 50]])
    expect(await days('2026-01-03T00:00:00.000Z', '2036-01-01T00:00:00.000Z')).toEqual([['2026-01-03', 303]])
  })

  test('of an account without use is empty', async () => {
    const { host, report } = await used()
    const { account } = await signUp(host, { email: 'grace@example.com' })
    const nothing = { items: [], total: { spent: 0, refunded: 0, count: 0 } }
    expect(await report({ accountId: account.id })).toEqual(nothing)
    expect(await report({ from: new Date('2027-01-01'), to: new Date('2028-01-01') })).toEqual(nothing)
  })

  test('reads only', async () => {
    const { host, clock, report } = await used()
    clock.advance({ days: 100 })
    const before = await contentsOf(host)
    await report({ by: 'user' })
    expect(await contentsOf(host)).toEqual(before)
  })

  test('takes ten years at once', async () => {
    const { report } = await used()
    expect((await report({ from: new Date('2016-01-01'), to: new Date('2026-01-01') })).items).toEqual([])
  })
})

describe('usageReport refuses', () => {
  test('an account that is not there', async () => {
    const { report } = await used()
    expect(await refusalOf(report({ accountId: 'nobody' }))).toEqual({ code: 'account_not_found', details: { accountId: 'nobody' } })
  })

  test('to add up more than 2^53 - 1 credits', async () => {
    const { host, tenantry, accountId, report } = await used()
    for (const n of [1, 2]) {
      const { balance } = await tenantry.creditBalance({ accountId })
      const grant = { accountId, amount: Number.MAX_SAFE_INTEGER - balance, type: 'purchase', idempotencyKey: `g${n}` } as const
      await tenantry.grantCredits(grant, admin)
      await tenantry.spendCredits({ accountId, amount: Number.MAX_SAFE_INTEGER, idempotencyKey: `all-${n}`, operation: `o${n}` })
      host.clock.advance({ days: 1 })
    }
    for (const by of ['day', 'user']) expect(await wrongFieldsOf(host, () => report({ by }))).toEqual(['to'])
    const oneDay = { from: new Date('2026-01-04'), to: new Date('2026-01-05') }
    expect((await report(oneDay)).total).toEqual({ spent: Number.MAX_SAFE_INTEGER, refunded: 0, count: 1 })
  })

  const wrong: WrongInputs = [
    ['a range that ends where it begins', { to: january.from }],
    ['a range that ends before it begins', { to: new Date('2025-12-31') }],
    ['a range of more than ten years', { to: new Date('2036-02-01') }],
    ['a moment that is none', { from: new Date('never') }],
    ['a moment as text', { from: '2026-01-01' }],
    ['no end', { to: undefined }],
    ['a grouping that there is not', { by: 'month' }],
    ['no grouping', { by: undefined }],
    ['a field that it does not know', { limit: 5 }],
  ]
  test.each(wrong)('%s', async (_, input) => {
    const { host, report } = await used()
    expect(await wrongFieldsOf(host, () => report(input))).toEqual(Object.keys(input))
  })
})
