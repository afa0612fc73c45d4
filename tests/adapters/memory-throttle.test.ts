import { describe, expect, it } from 'vitest'
import { memoryThrottleStore } from '../../src/adapters/memory/throttle-store.js'
import type { ThrottleRequest, ThrottleStore } from '../../src/ports/throttle-store.js'
import { throttleStoreContract } from '../../src/testing/throttle-store-contract/index.js'

describe('the throttle in memory keeps its promises', () => {
  for (const { name, run } of throttleStoreContract(() => memoryThrottleStore())) it(name, run)
})

describe('the throttle in memory is bounded', () => {
  const now = Date.parse('2026-03-01T12:00:00.123Z')
  const request = (key: string): ThrottleRequest => ({ key, limit: 5, windowSeconds: 900 })
  const take = async (store: ThrottleStore, key: string, cost = 1, at = now): Promise<boolean> =>
    (await store.take([request(key)], cost, at)).allowed

  async function flood(store: ThrottleStore, keys: number, cost: number): Promise<void> {
    for (let key = 0; key < keys; key++) await take(store, `flood-${key}`, cost)
  }

  it('forgets the budget that would be whole soonest when it is full', async () => {
    const store = memoryThrottleStore({ maxKeys: 3 })
    await take(store, 'a', 5)
    await take(store, 'b', 4)
    await take(store, 'c', 5)
    await take(store, 'd', 5)
    expect(await take(store, 'a')).toBe(false)
    expect(await take(store, 'c')).toBe(false)
    expect(await take(store, 'b', 5)).toBe(true)
  })

  it('forgets a budget that is whole again before any other', async () => {
    const store = memoryThrottleStore({ maxKeys: 3 })
    await take(store, 'a', 5)
    await take(store, 'b', 1)
    await take(store, 'c', 5)
    const later = now + 180_000
    await take(store, 'd', 5, later)
    for (const key of ['a', 'c', 'd']) expect(await take(store, key, 2, later)).toBe(false)
  })

  it('forgets nothing for a key that it knows', async () => {
    const store = memoryThrottleStore({ maxKeys: 3 })
    for (const key of ['a', 'b', 'c']) await take(store, key, 3)
    for (const key of ['a', 'b', 'c']) await take(store, key, 1)
    for (const key of ['a', 'b', 'c']) expect(await take(store, key, 2)).toBe(false)
  })

  it('does not give up an exhausted budget to a flood of keys with a call each', async () => {
    const store = memoryThrottleStore({ maxKeys: 200 })
    await take(store, 'victim', 5)
    await flood(store, 20_000, 1)
    expect(await take(store, 'victim')).toBe(false)
  })

  it('gives it up, and refuses nobody, when as many budgets as it holds are exhausted', async () => {
    const store = memoryThrottleStore({ maxKeys: 200 })
    await take(store, 'victim', 5)
    await flood(store, 400, 5)
    expect(await take(store, 'victim')).toBe(true)
    expect(await take(store, 'somebody else')).toBe(true)
  })

  it('keeps the numbers of its keys apart when some are forgotten and others come', async () => {
    const store = memoryThrottleStore({ maxKeys: 3 })
    await take(store, 'a', 3)
    await take(store, 'b', 3)
    await take(store, 'a', -3)
    await take(store, 'c', 4)
    await take(store, 'a', 2)
    for (const [key, left] of [['a', 3] as const, ['b', 2] as const, ['c', 1] as const]) {
      expect(await take(store, key, left + 1)).toBe(false)
      expect(await take(store, key, left)).toBe(true)
    }
  })

  it('keeps the last of budgets that displace one another in one call', async () => {
    const store = memoryThrottleStore({ maxKeys: 2 })
    await take(store, 'exhausted', 5)
    await take(store, 'a', 1)
    await store.take([request('b'), request('a')], 1, now)
    const left: unknown[] = []
    for (const key of ['exhausted', 'b', 'a']) left.push((await store.take([request(key)], 0, now)).states[0]?.remaining)
    expect(left).toEqual([0, 5, 3])
  })

  it('answers at once', () => {
    expect(memoryThrottleStore().take([request('a')], 1, now)).toMatchObject({ allowed: true })
    expect(memoryThrottleStore().take([request('a'), request('b')], 1, now)).toMatchObject({ allowed: true })
  })

  it.each([0, -1, 1.5, Number.NaN, 2 ** 24 + 1])('cannot hold %s budgets', (maxKeys) => {
    expect(() => memoryThrottleStore({ maxKeys })).toThrow(expect.objectContaining({ code: 'invalid_input' }))
  })
})
