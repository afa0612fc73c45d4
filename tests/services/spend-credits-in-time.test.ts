import { describe, expect, test } from 'vitest'
import { admin, createHost, expectWholeBooks, movesOf, refusalOf, signUp, subscribe } from '../support/host.js'
import { wrappedStore } from '../support/wrapped-store.js'

async function trial() {
  const host = await createHost()
  const { account } = await signUp(host)
  const request = { accountId: account.id, amount: 150, idempotencyKey: 'article-1', operation: 'article.generate' }
  return { host, request, accountId: account.id, ...host }
}

describe('spendCredits and time', () => {
  test('spends trial credits until the instant before they end, and none at that instant', async () => {
    const { host, tenantry, clock, request, accountId } = await trial()
    clock.advance({ days: 14, ms: -1 })
    expect((await tenantry.spendCredits(request)).balance).toBe(1850)
    clock.advance(1)
    expect(await refusalOf(tenantry.spendCredits({ ...request, amount: 1, idempotencyKey: 'late' }))).toEqual({
      code: 'insufficient_credits',
      details: { accountId, requested: 1, balance: 0 },
    })
    expect(await movesOf(host, accountId)).toEqual([
      ['subscription', 2000, 2000],
      ['usage', -150, 1850],
      ['expiration', -1850, 0],
    ])
    await expectWholeBooks(host, accountId)
  })

  test('spends what has not expired when something else has', async () => {
    const { host, tenantry, clock, request, accountId } = await trial()
    await tenantry.grantCredits({ accountId, amount: 400, type: 'purchase', idempotencyKey: 'buy' }, admin)
    await tenantry.spendCredits(request)
    clock.advance({ days: 20 })
    expect((await tenantry.spendCredits({ ...request, idempotencyKey: 'article-2' })).balance).toBe(250)
    expect(await movesOf(host, accountId)).toEqual([
      ['subscription', 2000, 2000],
      ['purchase', 400, 2400],
      ['usage', -150, 2250],
      ['expiration', -1850, 400],
      ['usage', -150, 250],
    ])
    await expectWholeBooks(host, accountId)
  })

  test('lets the credits of a month that has begun arrive, once, with no job run', async () => {
    const host = await createHost({ start: '2026-03-10T12:00:00.000Z' })
    const { accountId } = await subscribe(host, 'starter', 3)
    const spend = (idempotencyKey: string, amount: number) =>
      host.tenantry.spendCredits({ accountId, amount, idempotencyKey, operation: 'o' })
    expect((await spend('march', 4990)).balance).toBe(10)
    host.clock.set('2026-04-10T12:00:00.000Z')
    expect((await spend('april', 1)).balance).toBe(4999)
    expect((await spend('april-2', 4999)).balance).toBe(0)
    expect((await refusalOf(spend('april-3', 1))).code).toBe('insufficient_credits')
    expect((await movesOf(host, accountId)).slice(-5)).toEqual([
      ['usage', -4990, 10],
      ['expiration', -10, 0],
      ['subscription', 5000, 5000],
      ['usage', -1, 4999],
      ['usage', -4999, 0],
    ])
    await expectWholeBooks(host, accountId)
  })
})

describe('spendCredits when others are faster', () => {
  const monthLater = '2026-02-10T12:00:00.000Z'

  test('at the instant of new credits lets through what they hold, and tells the others what is left', async () => {
    const host = await createHost({ start: '2026-01-10T12:00:00.000Z' })
    const { accountId } = await subscribe(host, 'starter', 2)
    host.clock.set(monthLater)
    const calls = Array.from({ length: 8 }, (_, n) =>
      host.tenantry.spendCredits({ accountId, amount: 1000, idempotencyKey: `k${n}`, operation: 'o' }),
    )
    const outcomes = await Promise.allSettled(calls)
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(refused.map(({ code, details }) => [code, details])).toEqual(
      Array.from({ length: 3 }, () => ['insufficient_credits', { accountId, requested: 1000, balance: 0 }]),
    )
    await expectWholeBooks(host, accountId)
  })

  test('says so when the account was suspended in between', async () => {
    let interfere = async (): Promise<void> => undefined
    const host = await createHost({
      wrap: (store) =>
        wrappedStore(store, async ({ verb }, proceed) => {
          const answer = await proceed()
          if (verb === 'findAccountState') await interfere()
          return answer
        }),
    })
    const { accountId } = await subscribe(host, 'starter', 2)
    host.clock.advance({ days: 31 })
    interfere = async () => {
      interfere = async () => undefined
      await host.tenantry.suspendAccount({ accountId, reason: 'abuse' }, admin)
    }
    const spend = host.tenantry.spendCredits({ accountId, amount: 1, idempotencyKey: 'k', operation: 'o' })
    expect(await refusalOf(spend)).toEqual({ code: 'account_suspended', details: { accountId } })
  })
})
