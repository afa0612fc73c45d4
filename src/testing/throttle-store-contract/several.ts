import assert from 'node:assert/strict'
import { admitted, at, budget, exhaust, type ThrottleCases, take } from './world.js'

const burst = budget(2, 1, 'burst:account-1')
const daily = budget(5, 86_400, 'daily:account-1')

/** Promises about budgets that are taken from together. */
export const severalCases: ThrottleCases = {
  'a call is taken from every budget, and the answers come in the order of the requests': async (store) => {
    const forth = await store.take([burst, daily], 1, at(0))
    assert.deepEqual([forth.allowed, ...forth.states.map(({ key, remaining }) => [key, remaining])], [true, [burst.key, 1], [daily.key, 4]])
    const back = await store.take([daily, burst], 1, at(0))
    assert.deepEqual([back.allowed, ...back.states.map(({ key, remaining }) => [key, remaining])], [true, [daily.key, 3], [burst.key, 0]])
  },
  'when one budget lacks room none is taken from, whatever their order': async (store) => {
    await exhaust(store, burst, at(0))
    assert.equal((await store.take([burst, daily], 1, at(0))).allowed, false)
    assert.equal((await store.take([daily, burst], 1, at(0))).allowed, false)
    assert.equal(await admitted(store, daily, 9, at(0)), 5)
  },
  'a refusal shows the budget that lacked room, and the others as they are': async (store) => {
    await exhaust(store, burst, at(0))
    const { states } = await store.take([daily, burst], 2, at(0))
    assert.deepEqual(states, [
      { key: daily.key, remaining: 5, resetMs: 0, retryAfterMs: 0 },
      { key: burst.key, remaining: 0, resetMs: 1000, retryAfterMs: 1000 },
    ])
  },
  'each budget that lacks room says when it has it': async (store) => {
    await exhaust(store, burst, at(0))
    await exhaust(store, daily, at(0))
    const { states } = await store.take([burst, daily], 1, at(0))
    assert.deepEqual(
      states.map(({ retryAfterMs }) => retryAfterMs),
      [500, 17_280_000],
    )
  },
  'a cost above the limit of one budget takes from none': async (store) => {
    const { allowed, states } = await store.take([daily, burst], 3, at(0))
    assert.deepEqual([allowed, ...states.map(({ retryAfterMs }) => retryAfterMs)], [false, 0, 1000])
    assert.equal((await take(store, daily, at(0), 5)).allowed, true)
  },
  'callers that come at the same time and name the budgets in different orders take each call from both or from none': async (store) => {
    const [wide, narrow] = [budget(40, 60, 'wide:account-1'), budget(25, 60, 'narrow:account-1')]
    const calls = Array.from({ length: 60 }, (_, call) => store.take(call % 2 === 0 ? [wide, narrow] : [narrow, wide], 1, at(0)))
    const answers = await Promise.all(calls)
    assert.equal(answers.filter(({ allowed }) => allowed).length, 25)
    assert.equal(await admitted(store, wide, 40, at(0)), 15)
  },
}
