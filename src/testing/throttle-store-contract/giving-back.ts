import assert from 'node:assert/strict'
import { admitted, at, budget, exhaust, hourMs, type ThrottleCases, take } from './world.js'

const request = budget(10, 60)
const daily = budget(5, 86_400, 'daily:account-1')

/** Promises about calls that are given back: a negative cost. */
export const givingBackCases: ThrottleCases = {
  'what is given back can be taken again, and the answer says so': async (store) => {
    await exhaust(store, request, at(0))
    const back = await take(store, request, at(0), -4)
    assert.deepEqual([back.allowed, back.remaining, back.resetMs, back.retryAfterMs], [true, 4, 36_000, 0])
    assert.equal(await admitted(store, request, 10, at(0)), 4)
  },
  'no more is given back than was taken': async (store) => {
    await take(store, request, at(0), 3)
    const back = await take(store, request, at(0), -8)
    assert.deepEqual([back.allowed, back.remaining, back.resetMs, back.retryAfterMs], [true, 10, 0, 0])
    assert.equal(await admitted(store, request, 15, at(0)), 10)
  },
  'no more is given back than time has left to give': async (store) => {
    await exhaust(store, request, at(0))
    assert.equal((await take(store, request, at(30_000), -6)).remaining, 10)
    assert.equal(await admitted(store, request, 15, at(30_000)), 10)
  },
  'a budget with a burst is whole at its burst': async (store) => {
    const three = { ...request, burst: 3 }
    await exhaust(store, three, at(0))
    assert.equal((await take(store, three, at(0), -10)).remaining, 3)
    assert.equal(await admitted(store, three, 15, at(0)), 3)
  },
  'giving back to a budget of which nothing was taken changes nothing': async (store) => {
    const back = await take(store, request, at(0), -5)
    assert.deepEqual([back.allowed, back.remaining, back.resetMs, back.retryAfterMs], [true, 10, 0, 0])
    assert.equal(await admitted(store, request, 15, at(0)), 10)
  },
  'each of several budgets gets back what it can, also where another has nothing to get': async (store) => {
    await take(store, request, at(0), 4)
    const { allowed, states } = await store.take([daily, request], -2, at(0))
    assert.equal(allowed, true)
    assert.deepEqual(states, [
      { key: daily.key, remaining: 5, resetMs: 0, retryAfterMs: 0 },
      { key: request.key, remaining: 8, resetMs: 12_000, retryAfterMs: 0 },
    ])
    assert.equal(await admitted(store, daily, 9, at(0)), 5)
  },
  'takes and gives that come at the same time lose nothing': async (store) => {
    await take(store, request, at(0), 5)
    const costs = Array.from({ length: 40 }, (_, call) => (call % 2 === 0 ? 1 : -1))
    const answers = await Promise.all(costs.map((cost) => take(store, request, at(0), cost)))
    assert.ok(answers.every(({ allowed }) => allowed))
    assert.equal((await take(store, request, at(0), 0)).remaining, 5)
  },
  'after a step back of the clock it counts from a budget just used up': async (store) => {
    await exhaust(store, request, at(0))
    assert.equal((await take(store, request, at(-hourMs), -4)).remaining, 4)
    assert.equal(await admitted(store, request, 10, at(-hourMs)), 4)
  },
  'looks and gives are allowed also when clocks differ by half a second and the budget is more than used up': async (store) => {
    const fast = budget(4, 1)
    await exhaust(store, fast, at(0))
    for (const [cost, resetMs] of [[0, 1500] as const, [-1, 1250] as const, [0, 1250] as const]) {
      const answer = await take(store, fast, at(-500), cost)
      assert.deepEqual([answer.allowed, answer.remaining, answer.resetMs, answer.retryAfterMs], [true, 0, resetMs, 0])
    }
  },
  'a cost of nothing only looks': async (store) => {
    await take(store, request, at(0), 4)
    for (let look = 0; look < 3; look++) {
      const { allowed, remaining, resetMs, retryAfterMs } = await take(store, request, at(6000), 0)
      assert.deepEqual([allowed, remaining, resetMs, retryAfterMs], [true, 7, 18_000, 0])
    }
    await exhaust(store, daily, at(0))
    assert.equal((await take(store, daily, at(0), 0)).allowed, true)
    assert.equal((await take(store, daily, at(0), 1)).allowed, false)
  },
}
