import assert from 'node:assert/strict'
import { admitted, at, budget, exhaust, hourMs, type ThrottleCases, take } from './world.js'

const request = budget(10, 60)

/** Promises about clocks that step, or differ a little from host to host. */
export const clockStepCases: ThrottleCases = {
  'a clock that steps back opens nothing': async (store) => {
    await take(store, request, at(0), 6)
    assert.ok((await admitted(store, request, 20, at(-hourMs))) <= 4)
    assert.equal(await admitted(store, request, 20, at(-hourMs)), 0)
  },
  'a clock that steps back by an hour closes a budget for no longer than one window': async (store) => {
    for (const [key, cost] of [['fresh', 1] as const, ['exhausted', 10] as const]) {
      await take(store, { ...request, key }, at(0), cost)
      const { retryAfterMs } = await take(store, { ...request, key }, at(-hourMs))
      assert.ok(retryAfterMs <= 60_000, `a wait of ${retryAfterMs} ms`)
      assert.equal((await take(store, { ...request, key }, at(-hourMs + retryAfterMs))).allowed, true)
      assert.equal((await take(store, { ...request, key }, at(-hourMs + retryAfterMs + 60_000), 10)).allowed, true)
    }
  },
  'asking on after a step back prolongs nothing': async (store) => {
    await exhaust(store, request, at(0))
    let count = 0
    for (let now = 0; now <= 60_000; now += 1000) count += await admitted(store, request, 2, at(-hourMs + now))
    assert.equal(count, 10)
  },
  'of several budgets, each finds back after a step': async (store) => {
    const other = budget(20, 30, 'other:account-1')
    await store.take([request, other], 1, at(0))
    await store.take([request, other], 1, at(-hourMs))
    assert.equal((await store.take([request, other], 1, at(-hourMs + 60_000))).allowed, true)
  },
  'a clock that steps forth by an hour gives back one whole budget and no more': async (store) => {
    await exhaust(store, request, at(0))
    assert.equal(await admitted(store, request, 30, at(hourMs)), 10)
  },
  'a clock that steps forth and back again leaves a budget closed for no longer than one window': async (store) => {
    await exhaust(store, request, at(0))
    await exhaust(store, request, at(hourMs))
    assert.equal(await admitted(store, request, 5, at(1000)), 0)
    assert.equal((await take(store, request, at(61_000), 10)).allowed, true)
  },
  'a larger window that was taken from under an earlier rule closes the budget for no longer than the new one': async (store) => {
    await exhaust(store, budget(10, 86_400), at(0))
    await take(store, request, at(0))
    assert.equal((await take(store, request, at(60_000), 10)).allowed, true)
  },
  'hosts whose clocks differ by a tenth of a second admit no more than one of them would in a tenth of a second more': async (store) => {
    const fast = budget(100, 1)
    let count = 0
    for (let round = 0; round < 400; round++) {
      count += await admitted(store, fast, 3, at(round % 2 === 0 ? 100 : 0))
    }
    assert.ok(count <= 110, `${count} calls admitted`)
  },
}
