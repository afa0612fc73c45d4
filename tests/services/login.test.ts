import { bcryptHasher, isTenantryError, type PasswordHasher, secureRandomBytes } from 'tenantry'
import { describe, expect, test } from 'vitest'
import { admin, createHost, type HostOptions, password, refusalOf, signUp, wrongFieldsOf } from '../support/host.js'
import { recordingStore, type StoreCall } from '../support/wrapped-store.js'

/** A customer in good standing and the ways in which a sign-in can fail. */
async function people(options?: HostOptions) {
  const calls: StoreCall[][] = []
  const wrap: HostOptions['wrap'] = (inner) => {
    const recorded = recordingStore(inner)
    calls.push(recorded.calls)
    return recorded.store
  }
  const host = await createHost({ wrap, ...options })
  const { tenantry } = host
  const ada = await signUp(host)
  const suspended = await signUp(host, { email: 'suspended@example.com' })
  await tenantry.suspendAccount({ accountId: suspended.account.id, reason: 'abuse' }, admin)
  const cancelled = await signUp(host, { email: 'cancelled@example.com' })
  await tenantry.cancelAccount({ accountId: cancelled.account.id, reason: 'gone' }, admin)
  await signUp(host, { email: 'elsewhere@example.com', password: undefined, externalUserId: 'idp|1' })
  const login = (email: string, given = password) => tenantry.login({ email, password: given })
  await login('ada@example.com')
  return { host, ada, login, storeCalls: calls[0] ?? [], ...host }
}

const failures: [name: string, email: string, password: string][] = [
  ['an unknown address', 'nobody@example.com', password],
  ['text that is no address', 'nobody', password],
  ['a wrong password', 'ada@example.com', 'wrong horse battery'],
  ['an empty password', 'ada@example.com', ''],
  ['a password that differs in case', 'ada@example.com', password.toUpperCase()],
  ['a password with a space more', 'ada@example.com', `${password} `],
  ['a password that is longer than any', 'ada@example.com', 'x'.repeat(73)],
  ['a password with a NUL', 'ada@example.com', `${password}\u0000`],
  ['the password that stands in for an unusable one', 'ada@example.com', 'x'],
  ['a suspended account', 'suspended@example.com', password],
  ['a cancelled account', 'cancelled@example.com', password],
  ['a suspended account and a wrong password', 'suspended@example.com', 'wrong horse battery'],
  ['a person who signs in elsewhere', 'elsewhere@example.com', password],
]

describe('login', () => {
  test('signs the person in and answers who and on which plan', async () => {
    const { ada, login, tenantry, clock } = await people()
    clock.advance({ days: 2 })
    const { session, ...rest } = await login(' ADA@example.com')
    expect(rest).toEqual({ user: ada.user, account: ada.account, plan: ada.plan })
    expect(session).toMatchObject({ token: expect.stringMatching(/^tnt_session_/), expiresAt: new Date('2026-02-02T00:00:00.000Z') })
    expect(session.token).not.toBe(ada.session.token)
    expect(await tenantry.authenticate({ credential: session.token })).toMatchObject({ ok: true, account: { id: ada.account.id } })
    expect(await tenantry.authenticate({ credential: ada.session.token })).toMatchObject({ ok: true })
  })

  test('lets in a person whose trial is over; the gate decides', async () => {
    const { ada, login, tenantry, clock } = await people()
    clock.advance({ days: 15 })
    const { session, account } = await login('ada@example.com')
    expect(account?.id).toBe(ada.account.id)
    expect(await tenantry.authenticate({ credential: session.token })).toMatchObject({ ok: false, code: 'trial_expired' })
  })

  test('lets in an administrator without an account', async () => {
    const { login, tenantry } = await people()
    await tenantry.createAdmin({ email: 'root@example.com', password }, admin)
    expect(await login('root@example.com')).toMatchObject({ user: { platformRole: 'admin' }, account: null, plan: null })
  })

  test('lets in an administrator whose own account is suspended, but not into the account', async () => {
    const { login, tenantry } = await people()
    await tenantry.createAdmin({ email: 'suspended@example.com', password, promote: true }, admin)
    const { session } = await login('suspended@example.com')
    expect(await tenantry.authenticateAdmin({ credential: session.token })).toMatchObject({ ok: true })
    expect(await tenantry.authenticate({ credential: session.token })).toMatchObject({ ok: false, code: 'account_suspended' })
  })

  test.each(failures)('refuses %s', async (_, email, given) => {
    const { login } = await people()
    expect(await refusalOf(login(email, given))).toEqual({ code: 'invalid_credentials', details: {} })
  })
})

test('login never opens to what cannot be a password, whatever is compared in its place', async () => {
  const { tenantry, store, ada } = await people()
  await store.setPasswordHash({ userId: ada.user.id, from: `plain:${password}`, to: 'plain:x', at: new Date(0) })
  for (const given of ['', 'x'.repeat(73), 'x\u0000']) {
    expect((await refusalOf(tenantry.login({ email: 'ada@example.com', password: given }))).code).toBe('invalid_credentials')
  }
  expect((await tenantry.login({ email: 'ada@example.com', password: 'x' })).user).toEqual(ada.user)
})

describe('login tells strangers nothing', () => {
  test('by its answer: every failure is the same error', async () => {
    const { login } = await people()
    const shapes = []
    for (const [, email, given] of failures) {
      const error: unknown = await login(email, given).catch((reason: unknown) => reason)
      if (!isTenantryError(error)) throw error
      const { name, message, code, details } = error
      shapes.push({ name, message, code, details, keys: Object.keys(error).sort(), hasCause: 'cause' in error })
    }
    expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1)
  })

  test.each([...failures, ['a right password', 'ada@example.com', password] as const])(
    'by its work: %s costs one comparison, and the same questions',
    async (name, email, given) => {
      const { login, passwords, storeCalls } = await people()
      storeCalls.splice(0)
      const { hash, verify } = { ...passwords.calls }
      await login(email, given).catch(() => undefined)
      expect(passwords.calls).toEqual({ hash, verify: verify + 1 })
      const questions = ['findSignIn', 'findUserAccess']
      expect(storeCalls.map(({ verb }) => verb)).toEqual(
        name === 'a right password' ? [...questions, 'setPasswordHash', 'addSession'] : questions,
      )
    },
  )

  test('by the cost of the comparison: where there is no verifier it is with one that the hasher has made', async () => {
    const [made, compared]: [string[], string[]] = [[], []]
    const passwords: PasswordHasher = {
      hash: async () => {
        made.push(`verifier ${made.length}`)
        return made.at(-1) ?? ''
      },
      verify: async (_, verifier) => {
        compared.push(verifier)
        return false
      },
      isOutdated: () => false,
    }
    const { tenantry } = await createHost({ passwords })
    await tenantry.registerTrial({ email: 'elsewhere@example.com', externalUserId: 'idp|1' })
    for (const email of ['nobody@example.com', 'elsewhere@example.com']) await refusalOf(tenantry.login({ email, password }))
    expect(compared).toEqual(['verifier 0', 'verifier 0'])
    expect(made).toEqual(['verifier 0'])
  })

  test('on a host that has just started too: its first failure costs one comparison', async () => {
    const host = await createHost()
    await refusalOf(host.tenantry.login({ email: 'nobody@example.com', password }))
    expect(host.passwords.calls.verify).toBe(1)
  })
})

describe('login and verifiers', () => {
  test('replaces one of an older scheme when the password was right, and only then', async () => {
    const host = await createHost()
    const { user } = await signUp(host)
    const { store, passwords } = host
    const old = 'old:secret'
    const verify: PasswordHasher['verify'] = async (given, verifier) => verifier === old && given === password
    const { tenantry } = await createHost({ wrap: () => store, randomBytes: secureRandomBytes, passwords: { ...passwords, verify } })
    const verifierOf = async () => (await store.findUser(user.id))?.passwordHash
    const made = (await verifierOf()) ?? null
    await store.setPasswordHash({ userId: user.id, from: made, to: old, at: new Date(0) })

    await refusalOf(tenantry.login({ email: user.email, password: 'wrong horse battery' }))
    expect(await verifierOf()).toBe(old)
    await tenantry.login({ email: user.email, password })
    expect(await verifierOf()).toBe(made)
  })

  test('replaces none of the present scheme', async () => {
    const { login, store, ada, passwords } = await people()
    const { passwordHash } = (await store.findUser(ada.user.id)) ?? {}
    const { hash } = { ...passwords.calls }
    await login('ada@example.com')
    expect([(await store.findUser(ada.user.id))?.passwordHash, passwords.calls.hash]).toEqual([passwordHash, hash])
  })

  test('compares with bcrypt when nothing else was chosen', async () => {
    const host = await createHost({ passwords: bcryptHasher({ cost: 10 }) })
    const { user } = await signUp(host)
    expect((await host.store.findUser(user.id))?.passwordHash).toMatch(/^\$2[aby]\$10\$/)
    expect((await host.tenantry.login({ email: user.email, password })).user.id).toBe(user.id)
    expect((await refusalOf(host.tenantry.login({ email: user.email, password: 'wrong' }))).code).toBe('invalid_credentials')
  })
})

test('login refuses input that is none', async () => {
  const { host, tenantry } = await people()
  expect(await wrongFieldsOf(host, () => tenantry.login({} as never))).toEqual(['email', 'password'])
  expect(await wrongFieldsOf(host, () => tenantry.login({ email: 'a', password: 'x'.repeat(1001) }))).toEqual(['password'])
  expect(await wrongFieldsOf(host, () => tenantry.login({ email: 'a', password: 'b', remember: true } as never))).toEqual(['remember'])
})
