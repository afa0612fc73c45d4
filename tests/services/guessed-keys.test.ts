import { credentialKind, type Store } from 'tenantry'
import { expect, test } from 'vitest'
import { apiKeyEntropyBytes, apiKeySecret } from '../../src/domain/credential.js'
import { admin, createHost, subscribe } from '../support/host.js'

const limit = 20

/** Well-formed keys with a right checksum, the same in every run: bytes of a multiplicative generator (Park and Miller). */
function* guesses(count: number): Generator<string> {
  let state = 20_260_101
  const byte = () => {
    state = (state * 48_271) % 0x7fffffff
    return state & 0xff
  }
  for (let n = 0; n < count; n++) yield apiKeySecret(Uint8Array.from({ length: apiKeyEntropyBytes }, byte)) ?? ''
}

test('of 100,000 guessed keys none is accepted, the guesser is throttled by address, and nobody else is', {
  timeout: 120_000,
}, async () => {
  const asked = { count: 0 }
  const counting = (store: Store): Store => ({
    ...store,
    findApiKeyAccess: (...input) => {
      asked.count += 1
      return store.findApiKeyAccess(...input)
    },
  })
  const host = await createHost({ wrap: counting, throttling: { defaults: { api: { limit, windowSeconds: 60 } } } })
  const { accountId } = await subscribe(host)
  const { secret } = await host.tenantry.createApiKey({ accountId, name: 'CI' }, admin)
  const ask = (credential: string, ip: string) => host.tenantry.authorize({ credential, scope: 'api', ip })

  const statuses = new Map<number, number>()
  for (const guess of guesses(100_000)) {
    const answer = await ask(guess, '2001:db8::bad')
    const status = answer.ok ? 200 : answer.status
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  expect(statuses).toEqual(
    new Map([
      [401, limit],
      [429, 100_000 - limit],
    ]),
  )
  expect(asked.count).toBe(100_000)

  const [guess = ''] = guesses(1)
  expect(credentialKind(guess)).toBe('api_key')
  expect(await ask(guess, '2001:db8::beef')).toMatchObject({ status: 429 })
  expect(await ask(guess, '2001:db8:0:1::1')).toMatchObject({ status: 401 })
  expect(await ask(secret, '2001:db8::bad')).toMatchObject({ ok: true, throttle: { remaining: 2 } })
})
