import assert from 'node:assert/strict'
import { admitted, at, budget, exhaust, rules, type ThrottleCases, take } from './world.js'

/** Promises about what one budget admits at one moment. */
export const admissionCases: ThrottleCases = {
  'a whole budget admits exactly its limit at once': async (store) => {
    for (const [index, rule] of rules.entries()) {
      const request = { ...rule, key: `scope-${index}` }
      assert.equal(await admitted(store, request, request.limit + 5, at(0)), request.limit)
    }
  },
  'callers that come at the same time are admitted exactly up to the limit': async (store) => {
    const calls = Array.from({ length: 120 }, () => take(store, budget(50, 60), at(0)))
    const answers = await Promise.all(calls)
    assert.equal(answers.filter(({ allowed }) => allowed).length, 50)
  },
  'what remains counts down to nothing': async (store) => {
    const left: number[] = []
    for (let call = 0; call < 5; call++) left.push((await take(store, budget(4, 60), at(0))).remaining)
    assert.deepEqual(left, [3, 2, 1, 0, 0])
  },
  'a call takes its cost': async (store) => {
    assert.equal((await take(store, budget(10, 60), at(0), 3)).remaining, 7)
    assert.equal((await take(store, budget(10, 60), at(0), 7)).remaining, 0)
    assert.equal((await take(store, budget(10, 60), at(0), 1)).allowed, false)
  },
  'a cost that does not fit is refused while a smaller one still fits': async (store) => {
    await take(store, budget(10, 60), at(0), 6)
    const refused = await take(store, budget(10, 60), at(0), 5)
    assert.deepEqual([refused.allowed, refused.remaining], [false, 4])
    assert.equal((await take(store, budget(10, 60), at(0), 4)).allowed, true)
  },
  'a refused call consumes nothing': async (store) => {
    await exhaust(store, budget(10, 60), at(0))
    assert.equal(await admitted(store, budget(10, 60), 40, at(0)), 0)
    assert.equal(await admitted(store, budget(10, 60), 40, at(5999)), 0)
    assert.equal(await admitted(store, budget(10, 60), 40, at(6000)), 1)
  },
  'a cost above the limit is refused always, with the window as its wait, and consumes nothing': async (store) => {
    const refused = await take(store, budget(10, 60), at(0), 11)
    assert.deepEqual([refused.allowed, refused.remaining, refused.resetMs, refused.retryAfterMs], [false, 10, 0, 60_000])
    assert.equal((await take(store, budget(10, 60), at(60_000), 11)).allowed, false)
    assert.equal(await admitted(store, budget(10, 60), 11, at(60_000)), 10)
  },
  'every key has a budget of its own': async (store) => {
    const keys = ['a', 'A', 'a:', 'a:b', 'a:b:c', 'a b', 'ä', 'a\u0308', '%', '__proto__', 'constructor', '0', '00', 'k'.repeat(300), '🦊']
    for (const key of keys) await exhaust(store, budget(2, 60, key), at(0))
    for (const key of keys) assert.equal(await admitted(store, budget(2, 60, key), 3, at(0)), 0)
    for (const key of keys) assert.equal(await admitted(store, budget(2, 60, `${key}.`), 3, at(0)), 2)
  },
}
