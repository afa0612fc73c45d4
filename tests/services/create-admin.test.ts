import { describe, expect, test } from 'vitest'
import {
  admin,
  cleanRefusalOf,
  contentsOf,
  createHost,
  password,
  signUp,
  system,
  type WrongInputs,
  wrongFieldsOf,
} from '../support/host.js'

const root = { email: 'root@example.com', password: 'a very long secret', firstName: 'Ro', lastName: 'Ot' }

describe('createAdmin', () => {
  test.each([admin, system])('makes an administrator, for the actor %o', async (actor) => {
    const { tenantry, clock } = await createHost()
    const { user, created } = await tenantry.createAdmin({ ...root, email: ' ROOT@example.com' }, actor)
    expect(created).toBe(true)
    expect(user).toEqual({
      id: expect.any(String),
      email: 'root@example.com',
      firstName: 'Ro',
      lastName: 'Ot',
      platformRole: 'admin',
      createdAt: clock(),
    })
    const { session } = await tenantry.login({ email: root.email, password: root.password })
    expect(await tenantry.authenticateAdmin({ credential: session.token })).toEqual({
      ok: true,
      user,
      actor: { type: 'admin', id: user.id },
    })
    expect((await tenantry.listAuditEntries()).items).toEqual([
      {
        id: expect.any(String),
        accountId: null,
        actor,
        action: 'createAdmin',
        reason: null,
        before: { platformRole: null },
        after: { userId: user.id, platformRole: 'admin' },
        createdAt: clock(),
      },
    ])
  })

  test('changes nothing for one who is an administrator, the password neither', async () => {
    const host = await createHost()
    const first = await host.tenantry.createAdmin(root, system)
    const before = await contentsOf(host)
    host.clock.advance({ days: 1 })
    const again = await host.tenantry.createAdmin({ ...root, password: 'another long secret', promote: true }, system)
    expect(again).toEqual({ user: first.user, created: false })
    expect(await contentsOf(host)).toEqual(before)
    expect((await host.tenantry.login({ email: root.email, password: root.password })).user).toEqual(first.user)
  })

  test('does not make a customer an administrator without being told to', async () => {
    const host = await createHost()
    const { user } = await signUp(host, { email: root.email })
    expect(await cleanRefusalOf(host, () => host.tenantry.createAdmin(root, system))).toEqual({
      code: 'email_taken',
      details: { email: root.email },
    })
    expect((await host.store.findUser(user.id))?.user.platformRole).toBeNull()
  })

  test('promotes a customer when told to: who keeps the password and has to sign in anew', async () => {
    const { tenantry, ...host } = await createHost()
    const { user, account, session } = await signUp({ tenantry, ...host }, { email: root.email })
    const result = await tenantry.createAdmin({ ...root, promote: true }, system)
    expect(result).toEqual({ user: { ...user, platformRole: 'admin' }, created: true })
    expect(await tenantry.authenticate({ credential: session.token })).toMatchObject({ ok: false, code: 'invalid_credential' })
    const again = await tenantry.login({ email: root.email, password })
    expect(again).toMatchObject({ user: { platformRole: 'admin' }, account: { id: account.id } })
    expect(await tenantry.authenticateAdmin({ credential: again.session.token })).toMatchObject({ ok: true })
  })

  test('of calls at the same time makes one', async () => {
    const { tenantry } = await createHost()
    const results = await Promise.all(Array.from({ length: 10 }, () => tenantry.createAdmin(root, system)))
    expect(results.filter(({ created }) => created)).toHaveLength(1)
    expect(new Set(results.map(({ user }) => user.id)).size).toBe(1)
  })

  test.each(['user', 'api_key'] as const)('refuses an actor of type %s', async (type) => {
    const host = await createHost()
    expect(await cleanRefusalOf(host, () => host.tenantry.createAdmin(root, { type, id: 'x' }))).toEqual({
      code: 'forbidden',
      details: { action: 'make administrators' },
    })
    expect(await host.store.findUserByEmail(root.email)).toBeNull()
  })

  const wrong: WrongInputs = [
    ['no password', { password: undefined }],
    ['a poor password', { password: 'password123' }],
    ['no address', { email: 'root' }],
    ['a flag as text', { promote: 'yes' }],
    ['a field that it does not know', { platformRole: 'admin' }],
  ]
  test.each(wrong)('refuses %s', async (_, input) => {
    const host = await createHost()
    expect(await wrongFieldsOf(host, () => host.tenantry.createAdmin({ ...root, ...input } as never, admin))).toEqual(Object.keys(input))
  })
})
