import { describe, expect, test } from 'vitest'
import { apiKeySecret } from '../../src/domain/credential.js'
import { dice } from '../support/dice.js'
import { admin, createHost, signUp } from '../support/host.js'
import { recordingStore, type StoreCall } from '../support/wrapped-store.js'

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A customer with a key, and a store that writes down what it is asked from then on. */
async function customer() {
  let calls: StoreCall[] = []
  const { upTo } = dice(3)
  const host = await createHost({
    randomBytes: (size) => Uint8Array.from({ length: size }, () => upTo(256)),
    throttling: { defaults: { api: { limit: 100, windowSeconds: 60 } } },
    wrap(store) {
      const recorded = recordingStore(store)
      calls = recorded.calls
      return recorded.store
    },
  })
  const { account } = await signUp(host)
  const { secret } = await host.tenantry.createApiKey({ accountId: account.id, name: 'CI' }, admin)
  calls.splice(0)
  return { ...host, accountId: account.id, secret, calls }
}

describe('somebody who guesses keys', () => {
  test('finds none among 100,000 that are well formed, and is throttled meanwhile', async () => {
    const { tenantry, accountId, secret, clock } = await customer()
    const { upTo } = dice(5)
    const outcomes = new Map<string, number>()
    for (let guess = 0; guess < 100_000; guess += 1) {
      const credential = apiKeySecret(Uint8Array.from({ length: 40 }, () => upTo(248))) ?? ''
      const answer = await tenantry.authorize({ credential, scope: 'api', ip: '203.0.113.5' })
      const outcome = answer.ok ? 'let in' : answer.code
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      clock.advance(1)
    }
    // 100 at once, and one more every 600 ms of the 100 seconds that it took.
    expect(Object.fromEntries(outcomes)).toEqual({ invalid_credential: 266, throttled: 99_734 })
    expect(await tenantry.authorize({ credential: secret, scope: 'api', ip: '203.0.113.5' })).toMatchObject({
      ok: true,
      account: { id: accountId },
      throttle: { remaining: 99 },
    })
    expect(await tenantry.authorize({ credential: 'wrong', scope: 'api', ip: '203.0.113.6' })).toMatchObject({ status: 401 })
  }, 120_000)

  test('has nothing of a real key with one character changed, left out, added or moved: the store is not even asked', async () => {
    const { tenantry, secret, calls } = await customer()
    const spoilt = [...changed(secret), ...shortened(secret), ...lengthened(secret), ...moved(secret)].filter((text) => text !== secret)
    expect(spoilt.length).toBeGreaterThan(7_000)
    for (const credential of spoilt) {
      const answer = await tenantry.authenticate({ credential })
      expect([credential, answer.ok ? 200 : answer.status, calls.length]).toEqual([credential, 401, 0])
    }
    expect(await tenantry.authenticate({ credential: secret })).toMatchObject({ ok: true })
    expect(calls).toHaveLength(1)
  }, 60_000)
})

const letters = [...base62, '-', '_', ' ', '\0', 'é', '\n']
const cut = (text: string, at: number, gone: number, instead: string): string => text.slice(0, at) + instead + text.slice(at + gone)
const places = (text: string): number[] => Array.from(text, (_, index) => index)

const changed = (text: string): string[] => places(text).flatMap((at) => letters.map((letter) => cut(text, at, 1, letter)))
const shortened = (text: string): string[] => places(text).map((at) => cut(text, at, 1, ''))
const lengthened = (text: string): string[] =>
  [...places(text), text.length].flatMap((at) => letters.map((letter) => cut(text, at, 0, letter)))

/** Any two characters exchanged. */
const moved = (text: string): string[] =>
  places(text).flatMap((first) =>
    places(text)
      .slice(first + 1)
      .map((second) => cut(cut(text, first, 1, text[second] ?? ''), second, 1, text[first] ?? '')),
  )
