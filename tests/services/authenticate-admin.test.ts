import { describe, expect, test } from 'vitest'
import { admin, createHost, password, signUp, system, wrongFieldsOf } from '../support/host.js'

const unknown = { ok: false, code: 'invalid_credential', status: 401 }
const message = 'You may not administer the platform. An administrator of the platform may.'
const forbidden = { ok: false, code: 'forbidden', status: 403, message }

async function administrator() {
  const host = await createHost()
  const { user } = await host.tenantry.createAdmin({ email: 'root@example.com', password }, system)
  const { session } = await host.tenantry.login({ email: 'root@example.com', password })
  const ask = (credential: unknown) => host.tenantry.authenticateAdmin({ credential } as never)
  return { host, user, session, ask, ...host }
}

describe('authenticateAdmin', () => {
  test('knows an administrator, and who acts', async () => {
    const { user, session, ask } = await administrator()
    expect(await ask(session.token)).toEqual({ ok: true, user, actor: { type: 'admin', id: user.id } })
  })

  test('does not ask whether the administrator’s own account may act', async () => {
    const { host, tenantry, clock, ask } = await administrator()
    const { account, user } = await signUp(host)
    await tenantry.createAdmin({ email: user.email, password, promote: true }, system)
    const { session } = await tenantry.login({ email: user.email, password })
    clock.advance({ days: 15 })
    await tenantry.suspendAccount({ accountId: account.id, reason: 'abuse' }, admin)
    expect(await ask(session.token)).toMatchObject({ ok: true })
  })

  test('reads the role now: a person who was demoted is refused with the same session', async () => {
    const { store, clock, user, session, ask } = await administrator()
    await store.setPlatformRole({ userId: user.id, platformRole: null, at: clock() })
    expect(await ask(session.token)).toEqual(forbidden)
    await store.setPlatformRole({ userId: user.id, platformRole: 'admin', at: clock() })
    expect(await ask(session.token)).toMatchObject({ ok: true })
  })

  test('refuses a customer, also the owner of an account', async () => {
    const { host, ask } = await administrator()
    expect(await ask((await signUp(host)).session.token)).toEqual(forbidden)
  })

  test('refuses every API key, also that of an administrator’s account', async () => {
    const { host, tenantry, ask } = await administrator()
    const { account, user } = await signUp(host)
    await tenantry.createAdmin({ email: user.email, password, promote: true }, system)
    const { secret } = await tenantry.createApiKey({ accountId: account.id, name: 'CI' }, admin)
    expect(await ask(secret)).toMatchObject(unknown)
  })

  test('refuses a session that has ended', async () => {
    const { tenantry, clock, session, ask } = await administrator()
    const second = await tenantry.login({ email: 'root@example.com', password })
    await tenantry.logout({ token: second.session.token })
    expect(await ask(second.session.token)).toMatchObject(unknown)
    clock.set(new Date(session.expiresAt.getTime() - 1))
    expect(await ask(session.token)).toMatchObject({ ok: true })
    clock.set(session.expiresAt)
    expect(await ask(session.token)).toMatchObject(unknown)
  })

  test.each([[null], [undefined], [''], [7], ['x'], [`tnt_session_${'A'.repeat(43)}`]])('refuses %j', async (credential) => {
    const { ask } = await administrator()
    expect(await ask(credential)).toMatchObject(unknown)
  })

  test('refuses fields that it does not know', async () => {
    const { host, tenantry } = await administrator()
    expect(await wrongFieldsOf(host, () => tenantry.authenticateAdmin({ credential: null, role: 'admin' } as never))).toEqual(['role'])
  })
})
