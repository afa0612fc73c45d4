import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { dice } from '../support/dice.js'
import { raceOf } from './child.js'
import type { Done, Errand, Orders, Told } from './spender.js'
import { openAccount, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')

const { upTo: random } = dice(20_260_101)

describe.skipIf(serverUrl === null)('spends of three processes, in batches and alone', () => {
  let world: World
  let accounts: string[]
  const credits = 450
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '')
    accounts = await Promise.all(times(20, () => openAccount(world, credits)))
  })
  afterAll(() => world.close())

  /** Shared keys: the same key asks mostly for the same, sometimes for something else. */
  const errand = (): Errand => {
    const key = random(200)
    return {
      // Some accounts are busier than others.
      accountId: accounts[Math.min(random(20), random(20))] ?? '',
      idempotencyKey: `key-${key}`,
      amount: 1 + (key % 9) + (random(12) === 0 ? 10 : 0),
      inTransaction: random(12) === 0,
    }
  }

  it('take once per key, never more than is there, and leave an unbroken chain', async () => {
    const now = world.clock().toISOString()
    const orders = times(3, (index) => ({ url: world.url, givesPool: index > 0, now, inFlight: 60, errands: times(1500, errand) }))
    const reports = await raceOf<Orders, Told>('./spender.ts', orders)
    const done = reports.flatMap((report) => report.done)
    expect(done).toHaveLength(4500)
    expect(reports[0]?.batches).toBeGreaterThan(10)

    const count = (outcome: string): number => done.filter((each) => each.outcome === outcome).length
    expect(new Set(done.map(({ outcome }) => outcome))).toEqual(
      new Set(['spent', 'replayed', 'insufficient_credits', 'idempotency_mismatch']),
    )
    for (const outcome of ['spent', 'replayed', 'insufficient_credits', 'idempotency_mismatch']) expect(count(outcome)).toBeGreaterThan(50)

    for (const accountId of accounts)
      await checkAccount(
        accountId,
        done.filter((each) => each.accountId === accountId),
      )
    expect(await world.tenantry.verifyBooks({})).toMatchObject({ ok: true, problems: [] })
  })

  /** What the callers were told is what the books say. */
  async function checkAccount(accountId: string, done: readonly Done[]): Promise<void> {
    const spent = done.filter(({ outcome }) => outcome === 'spent')
    const byKey = new Map(spent.map((each) => [each.idempotencyKey, each]))
    expect(byKey.size).toBe(spent.length)
    for (const { idempotencyKey, entryId, sequence, balance } of done.filter(({ outcome }) => outcome === 'replayed')) {
      expect(byKey.get(idempotencyKey)).toMatchObject({ entryId, sequence, balance })
    }
    const balance = credits - spent.reduce((sum, { amount }) => sum + amount, 0)
    expect((await world.tenantry.creditBalance({ accountId })).balance).toBe(balance)
    expect(balance).toBeGreaterThanOrEqual(0)
    const entries = await world.query<{ sequence: string; amount: string; balance_after: string; idempotency_key: string }>(
      `select sequence, amount, balance_after, idempotency_key from tenantry_credit_entry
      where account_id = $1 and type = 'usage' order by sequence`,
      [accountId],
    )
    const acknowledged = spent.toSorted((a, b) => a.sequence - b.sequence)
    expect(
      entries.map((entry) => [Number(entry.sequence), -Number(entry.amount), Number(entry.balance_after), entry.idempotency_key]),
    ).toEqual(acknowledged.map((each) => [each.sequence, each.amount, each.balance, each.idempotencyKey]))
  }
})
