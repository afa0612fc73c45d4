import { describe, expect, test } from 'vitest'
import { admin, createHost, type HostOptions, password, signUp, subscribe, wrongFieldsOf } from '../support/host.js'
import { recordingStore, type StoreCall } from '../support/wrapped-store.js'

const unknown = {
  ok: false,
  code: 'invalid_credential',
  status: 401,
  message: 'The session or API key is missing, unknown, revoked or expired. Sign in again or use another key.',
  caller: null,
}

async function customer() {
  let calls: StoreCall[] = []
  const wrap: HostOptions['wrap'] = (inner) => {
    const recorded = recordingStore(inner)
    calls = recorded.calls
    return recorded.store
  }
  const host = await createHost({ wrap })
  const signedUp = await signUp(host)
  const accountId = signedUp.account.id
  const { secret, apiKey } = await host.tenantry.createApiKey({ accountId, name: 'CI', scopes: ['sites:read'] }, admin)
  const ask = (credential: unknown, scopes?: string[]) => host.tenantry.authenticate({ credential, scopes } as never)
  calls.splice(0)
  return { host, ask, calls, secret, apiKey, accountId, ...signedUp, token: signedUp.session.token, ...host }
}

describe('authenticate', () => {
  test('knows a person by a session', async () => {
    const { ask, token, user, account, plan, subscription } = await customer()
    expect(await ask(token)).toEqual({
      ok: true,
      principal: { type: 'session', actor: { type: 'user', id: user.id }, user, role: 'owner' },
      account,
      plan,
      subscription,
    })
  })

  test('knows a program by an API key, which acts for the account', async () => {
    const { ask, secret, apiKey, user, account, plan, subscription } = await customer()
    expect(await ask(secret)).toEqual({
      ok: true,
      principal: { type: 'api_key', actor: { type: 'api_key', id: apiKey.id }, apiKey, user },
      account,
      plan,
      subscription,
    })
  })

  test('knows a key of an account without an owner', async () => {
    const { ask, tenantry, store, clock, plan } = await customer()
    const account = { id: 'bare', name: 'Bare', status: 'active', paymentMethod: 'stripe', planId: plan.id, ownerId: null } as const
    await store.transaction((tx) => tx.addAccount({ ...account, createdAt: clock() }))
    const { secret } = await tenantry.createApiKey({ accountId: 'bare', name: 'CI' }, admin)
    expect(await ask(secret)).toMatchObject({ ok: true, principal: { type: 'api_key', user: null }, account: { ownerId: null } })
  })

  test('asks the store one question for each credential', async () => {
    const { ask, calls, token, secret } = await customer()
    await ask(token)
    await ask(secret, ['sites:read'])
    expect(calls.map(({ verb }) => verb)).toEqual(['findSessionAccess', 'findApiKeyAccess'])
  })

  test('asks nothing about what cannot be a credential', async () => {
    const { ask, calls, token, secret } = await customer()
    const last = secret.endsWith('0') ? '1' : '0'
    const flipped = secret.replace(/.(?=.{10}$)/, (character) => (character === 'A' ? 'B' : 'A'))
    const badForms = [
      `${secret.slice(0, -1)}${last}`,
      flipped,
      secret.toLowerCase(),
      secret.slice(1),
      ` ${secret}`,
      `${secret}\n`,
      `Bearer ${token}`,
      token.slice(0, -1),
      `${token}x`,
      'tnt_session_',
      '',
      'x'.repeat(100_000),
      null,
      undefined,
      7,
      {},
      [token],
    ]
    for (const credential of badForms) expect(await ask(credential)).toEqual(unknown)
    expect(calls).toEqual([])
  })

  test('refuses a well-formed credential that it did not make', async () => {
    const { ask, token, secret, tenantry } = await customer()
    const elsewhere = await createHost()
    await signUp(elsewhere)
    const other = await elsewhere.tenantry.login({ email: 'ada@example.com', password })
    expect([token, secret]).not.toContain(other.session.token)
    expect(await tenantry.authenticate({ credential: `tnt_session_${'A'.repeat(43)}` })).toEqual(unknown)
    expect(await ask(other.session.token.replace(/.$/, 'Z'))).toEqual(unknown)
  })
})

describe('authenticate and time', () => {
  test('ends a session at the instant of its expiry', async () => {
    const host = await createHost()
    const { session } = await subscribe(host, 'starter', 3)
    host.clock.set(new Date(session.expiresAt.getTime() - 1))
    expect(await host.tenantry.authenticate({ credential: session.token })).toMatchObject({ ok: true })
    host.clock.set(session.expiresAt)
    expect(await host.tenantry.authenticate({ credential: session.token })).toEqual(unknown)
  })

  test('sees the state of the account in every call, for both kinds', async () => {
    const { ask, tenantry, clock, token, secret, accountId } = await customer()
    const both = async () => {
      const answers = [await ask(token), await ask(secret)]
      return answers.map((answer) => (answer.ok ? 'ok' : `${answer.status} ${answer.code}`))
    }
    expect(await both()).toEqual(['ok', 'ok'])
    await tenantry.suspendAccount({ accountId, reason: 'abuse' }, admin)
    expect(await both()).toEqual(['403 account_suspended', '403 account_suspended'])
    await tenantry.reinstateAccount({ accountId, reason: 'a mistake' }, admin)
    expect(await both()).toEqual(['ok', 'ok'])
    await tenantry.setPlanActive({ slug: 'free-trial', isActive: false }, admin)
    expect(await both()).toEqual(['402 plan_inactive', '402 plan_inactive'])
    await tenantry.setPlanActive({ slug: 'free-trial', isActive: true }, admin)
    clock.advance({ days: 14 })
    expect(await both()).toEqual(['402 trial_expired', '402 trial_expired'])
    await tenantry.cancelAccount({ accountId, reason: 'gone' }, admin)
    expect(await both()).toEqual(['403 account_cancelled', '403 account_cancelled'])
  })

  test('reads the role of the person in every call', async () => {
    const { ask, store, clock, tenantry, accountId } = await customer()
    const second = await tenantry.createAdmin({ email: 'm@example.com', password }, admin)
    await store.addMembership({ accountId, userId: second.user.id, role: 'member', createdAt: clock() })
    const { session } = await tenantry.login({ email: 'm@example.com', password })
    expect(await ask(session.token)).toMatchObject({ ok: true, principal: { role: 'member' } })
  })

  test('does not let a person without a membership into an account', async () => {
    const { ask, tenantry } = await customer()
    await tenantry.createAdmin({ email: 'root@example.com', password }, admin)
    const { session } = await tenantry.login({ email: 'root@example.com', password })
    expect(await ask(session.token)).toMatchObject({ ok: false, code: 'account_missing', status: 403 })
  })
})

describe('authenticate and scopes', () => {
  test('asks a key for every scope that the call needs', async () => {
    const { ask, secret, apiKey, account, user } = await customer()
    expect(await ask(secret, [])).toMatchObject({ ok: true })
    expect(await ask(secret, ['sites:read'])).toMatchObject({ ok: true })
    expect(await ask(secret, ['sites:read', 'sites:write'])).toEqual({
      ok: false,
      code: 'scope_missing',
      status: 403,
      message: 'This credential lacks the scope sites:write. Use a credential that has it.',
      caller: { principal: { type: 'api_key', actor: { type: 'api_key', id: apiKey.id }, apiKey, user }, account },
    })
  })

  test('asks nothing of a session, nor of a key that was made without scopes', async () => {
    const { ask, tenantry, accountId, token } = await customer()
    const { secret } = await tenantry.createApiKey({ accountId, name: 'all' }, admin)
    expect(await ask(token, ['sites:write'])).toMatchObject({ ok: true })
    expect(await ask(secret, ['sites:write'])).toMatchObject({ ok: true })
  })

  test('says first what is wrong with the account', async () => {
    const { ask, clock, secret } = await customer()
    clock.advance({ days: 14 })
    expect(await ask(secret, ['sites:write'])).toMatchObject({ code: 'trial_expired' })
  })

  test('refuses scopes that are none', async () => {
    const { host, tenantry, token } = await customer()
    expect(await wrongFieldsOf(host, () => tenantry.authenticate({ credential: token, scopes: 'all' } as never))).toEqual(['scopes'])
    expect(await wrongFieldsOf(host, () => tenantry.authenticate({ credential: token, scope: 'all' } as never))).toEqual(['scope'])
  })
})
