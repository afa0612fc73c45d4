import { secureRandomBytes } from 'tenantry'
import { describe, expect, test, vi } from 'vitest'
import { createHost, password, refusalOf, signUp, wrongFieldsOf } from '../support/host.js'
import { wrappedStore } from '../support/wrapped-store.js'

const next = 'another horse battery'

async function signedIn() {
  const host = await createHost()
  const { user, session } = await signUp(host)
  const second = (await host.tenantry.login({ email: user.email, password })).session
  const isValid = async (token: string) => (await host.tenantry.authenticate({ credential: token })).ok
  const opens = async (given: string) => {
    const outcome = await host.tenantry.login({ email: user.email, password: given }).catch(() => null)
    return outcome !== null
  }
  return { host, user, first: session.token, second: second.token, isValid, opens, ...host }
}

describe('changePassword', () => {
  test('changes the password and ends every session but the one to keep', async () => {
    const { tenantry, user, first, second, isValid, opens } = await signedIn()
    const change = { userId: user.id, current: password, next, keepToken: first }
    expect(await tenantry.changePassword(change)).toEqual({ revoked: 1 })
    expect([await isValid(first), await isValid(second)]).toEqual([true, false])
    expect([await opens(password), await opens(next)]).toEqual([false, true])
  })

  test('ends every session when none is to be kept', async () => {
    const { tenantry, user, first, second, isValid } = await signedIn()
    expect(await tenantry.changePassword({ userId: user.id, current: password, next })).toEqual({ revoked: 2 })
    expect([await isValid(first), await isValid(second)]).toEqual([false, false])
  })

  test('leaves no way in to a sign-in that was under way with the old password', async () => {
    const { host, user, isValid } = await signedIn()
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const verify = async (given: string, verifier: string): Promise<boolean> => {
      const matches = await host.passwords.verify(given, verifier)
      await held
      return matches
    }
    const elsewhere = await createHost({ wrap: () => host.store, randomBytes: secureRandomBytes, passwords: { ...host.passwords, verify } })
    const signIn = elsewhere.tenantry.login({ email: user.email, password }).then(
      async ({ session }) => `entered, and is in: ${await isValid(session.token)}`,
      (error: { code?: string }) => error.code,
    )
    await vi.waitFor(() => expect(host.passwords.calls.verify).toBe(2), { timeout: 10_000 })
    await host.tenantry.changePassword({ userId: user.id, current: password, next })
    letGo()
    expect(await signIn).toBe('invalid_credentials')
  })

  test('leaves the sessions of others, whatever token is to be kept', async () => {
    const { host, tenantry, user, first, isValid } = await signedIn()
    const other = await signUp(host, { email: 'grace@example.com' })
    await tenantry.changePassword({ userId: user.id, current: password, next, keepToken: other.session.token })
    expect([await isValid(first), await isValid(other.session.token)]).toEqual([false, true])
  })

  test('refuses a wrong password, an unknown person and one who signs in elsewhere alike, with one comparison each', async () => {
    const { host, tenantry, passwords, user, first, isValid, opens } = await signedIn()
    const elsewhere = await signUp(host, { email: 'b@example.com', password: undefined, externalUserId: 'idp|1' })
    const attempts = [
      { userId: user.id, current: 'wrong horse battery' },
      { userId: user.id, current: '' },
      { userId: user.id, current: 'x'.repeat(73) },
      { userId: 'nobody', current: password },
      { userId: elsewhere.user.id, current: password },
    ]
    for (const attempt of attempts) {
      const { verify } = { ...passwords.calls }
      expect(await refusalOf(tenantry.changePassword({ ...attempt, next }))).toEqual({ code: 'invalid_credentials', details: {} })
      expect(passwords.calls.verify).toBe(verify + 1)
    }
    expect([await isValid(first), await opens(password), await opens(next)]).toEqual([true, true, false])
  })

  test('refuses a new password that is not good enough, and keeps the old one', async () => {
    const { host, tenantry, user, first, isValid, opens } = await signedIn()
    for (const poor of ['short', 'x'.repeat(73), `${next}\u0000`, 'password123', 'ADA@example.com']) {
      const call = () => tenantry.changePassword({ userId: user.id, current: password, next: poor })
      expect(await wrongFieldsOf(host, call)).toEqual(['next'])
    }
    expect([await isValid(first), await opens(password)]).toEqual([true, true])
  })

  test('refuses when the password was changed at the same moment', async () => {
    const { tenantry, user, opens } = await signedIn()
    const change = (chosen: string) => tenantry.changePassword({ userId: user.id, current: password, next: chosen })
    const outcomes = await Promise.allSettled([change('first horse battery'), change('second horse battery')])
    const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'changed'))
    expect(codes.sort()).toEqual(['changed', 'conflict'])
    const opened = [await opens(password), await opens('first horse battery'), await opens('second horse battery')]
    expect(opened.filter(Boolean)).toHaveLength(1)
    expect(opened[0]).toBe(false)
  })

  test('keeps the old password when the sessions cannot be ended', async () => {
    let isBroken = false
    const host = await createHost({
      wrap: (store) =>
        wrappedStore(store, ({ verb }, proceed) =>
          isBroken && verb === 'revokeSessions' ? Promise.reject(new Error('disk full')) : proceed(),
        ),
    })
    const { user } = await signUp(host)
    isBroken = true
    await expect(host.tenantry.changePassword({ userId: user.id, current: password, next })).rejects.toThrow('disk full')
    expect((await host.tenantry.login({ email: user.email, password })).user.id).toBe(user.id)
  })

  test('lets a stolen session guess five times, then ever more slowly, and compares nothing more', async () => {
    const { tenantry, clock, passwords, user, opens } = await signedIn()
    const change = (current: string) => tenantry.changePassword({ userId: user.id, current, next })
    for (let tries = 0; tries < 5; tries++) expect((await refusalOf(change('wrong horse battery'))).code).toBe('invalid_credentials')
    const { verify } = { ...passwords.calls }
    expect(await refusalOf(change(password))).toEqual({ code: 'throttled', details: { retryAfterSeconds: 60 } })
    expect(passwords.calls.verify).toBe(verify)
    expect(await opens(password)).toBe(true)
    clock.advance({ seconds: 60 })
    expect(await change(password)).toEqual({ revoked: 3 })
  })

  test('counts nothing when the password is right, whatever comes of it', async () => {
    const { tenantry, user } = await signedIn()
    for (let tries = 0; tries < 20; tries++) {
      expect((await refusalOf(tenantry.changePassword({ userId: user.id, current: password, next: 'short' }))).code).toBe('invalid_input')
    }
  })

  test('refuses input that is none', async () => {
    const { host, tenantry } = await signedIn()
    expect(await wrongFieldsOf(host, () => tenantry.changePassword({} as never))).toEqual(['userId', 'current', 'next'])
  })
})
