import { describe, expect, test } from 'vitest'
import { admin, cleanRefusalOf, createHost, password, signUp, system, wrongFieldsOf } from '../support/host.js'

async function signedIn() {
  const host = await createHost()
  const { user, session } = await signUp(host)
  const second = (await host.tenantry.login({ email: user.email, password })).session
  const isValid = async (token: string) => (await host.tenantry.authenticate({ credential: token })).ok
  return { host, user, first: session.token, second: second.token, isValid, ...host }
}

describe('logout', () => {
  test('ends this session and no other', async () => {
    const { tenantry, first, second, isValid } = await signedIn()
    expect(await tenantry.logout({ token: first })).toEqual({ ended: true })
    expect(await isValid(first)).toBe(false)
    expect(await isValid(second)).toBe(true)
  })

  test('says that there was nothing to end, of a session that has ended or never was', async () => {
    const { tenantry, clock, first, second } = await signedIn()
    await tenantry.logout({ token: first })
    expect(await tenantry.logout({ token: first })).toEqual({ ended: false })
    expect(await tenantry.logout({ token: 'made up' })).toEqual({ ended: false })
    clock.advance({ days: 30 })
    expect(await tenantry.logout({ token: second })).toEqual({ ended: false })
  })

  test('does not bring a session back when the clock steps back', async () => {
    const { tenantry, clock, first, isValid } = await signedIn()
    clock.advance({ hours: 2 })
    await tenantry.logout({ token: first })
    clock.advance({ hours: -1 })
    expect(await isValid(first)).toBe(false)
  })

  test('refuses input that is none', async () => {
    const { host, tenantry } = await signedIn()
    expect(await wrongFieldsOf(host, () => tenantry.logout({} as never))).toEqual(['token'])
    expect(await wrongFieldsOf(host, () => tenantry.logout({ token: 'x'.repeat(1001) }))).toEqual(['token'])
  })
})

describe('revokeSessions', () => {
  test.each(['the person', 'an administrator', 'the system'])('ends all sessions of a person at the wish of %s', async (who) => {
    const { tenantry, clock, user, first, second, isValid } = await signedIn()
    const actor = { 'the person': { type: 'user', id: user.id } as const, 'an administrator': admin }[who] ?? system
    expect(await tenantry.revokeSessions({ userId: user.id }, actor)).toEqual({ revoked: 2 })
    expect([await isValid(first), await isValid(second)]).toEqual([false, false])
    expect((await tenantry.listAuditEntries()).items[0]).toMatchObject({
      accountId: null,
      actor,
      action: 'revokeSessions',
      before: { userId: user.id },
      after: { revoked: 2 },
      createdAt: clock(),
    })
  })

  test('leaves the sessions of others, and lets the person sign in again', async () => {
    const { host, tenantry, user, isValid } = await signedIn()
    const other = await signUp(host, { email: 'grace@example.com' })
    await tenantry.revokeSessions({ userId: user.id }, admin)
    expect(await isValid(other.session.token)).toBe(true)
    expect(await isValid((await tenantry.login({ email: user.email, password })).session.token)).toBe(true)
  })

  test('counts only sessions that had not ended', async () => {
    const { tenantry, user, first } = await signedIn()
    await tenantry.logout({ token: first })
    expect(await tenantry.revokeSessions({ userId: user.id }, admin)).toEqual({ revoked: 1 })
    expect(await tenantry.revokeSessions({ userId: user.id }, admin)).toEqual({ revoked: 0 })
  })

  test('refuses another customer and an API key as it does for a person who is not there', async () => {
    const { host, tenantry, user, first, isValid } = await signedIn()
    const other = await signUp(host, { email: 'grace@example.com' })
    const refusal = { code: 'user_not_found', details: { userId: user.id } }
    for (const actor of [{ type: 'user', id: other.user.id } as const, { type: 'api_key', id: user.id } as const]) {
      expect(await cleanRefusalOf(host, () => tenantry.revokeSessions({ userId: user.id }, actor))).toEqual(refusal)
    }
    expect(await cleanRefusalOf(host, () => tenantry.revokeSessions({ userId: 'nobody' }, admin))).toEqual({
      code: 'user_not_found',
      details: { userId: 'nobody' },
    })
    expect(await isValid(first)).toBe(true)
  })
})
