import { describe, expect, test } from 'vitest'
import {
  admin,
  cleanRefusalOf,
  contentsOf,
  createHost,
  expectWholeBooks,
  ledgerOf,
  password,
  refusalOf,
  signUp,
  type WrongInputs,
  wrongFieldsOf,
} from '../support/host.js'
import { wrappedStore } from '../support/wrapped-store.js'

const start = new Date('2026-01-01T00:00:00.000Z')

describe('registerTrial', () => {
  test('makes the person, the account, its trial and its credits, and signs the person in', async () => {
    const host = await createHost()
    const { tenantry } = host
    const result = await signUp(host)
    const { user, account, plan, subscription, session } = result
    expect(user).toEqual({
      id: expect.any(String),
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
      platformRole: null,
      createdAt: start,
    })
    expect(plan).toMatchObject({ slug: 'free-trial', name: 'Free Trial', limits: { maxSites: 1, maxUsers: 1, maxIndustries: 3 } })
    expect(account).toEqual({
      id: expect.any(String),
      name: 'Ada Lovelace',
      status: 'trial',
      statusReason: null,
      paymentMethod: 'stripe',
      plan,
      credits: 2000,
      ownerId: user.id,
      createdAt: start,
      throttles: {},
      deletedAt: null,
    })
    expect(subscription).toMatchObject({
      accountId: account.id,
      planId: plan.id,
      status: 'trialing',
      currentPeriodStart: start,
      currentPeriodEnd: new Date('2026-01-15T00:00:00.000Z'),
      nextCreditsAt: null,
    })
    expect(session).toMatchObject({ token: expect.stringMatching(/^tnt_session_/), expiresAt: new Date('2026-01-31T00:00:00.000Z') })
    expect(await tenantry.getAccount({ accountId: account.id })).toEqual({ account, subscription })
    expect(await tenantry.authenticate({ credential: session.token })).toMatchObject({
      ok: true,
      principal: { type: 'session', role: 'owner', user },
      account,
    })
  })

  test('writes exactly one entry, of the trial’s credits, which end with the trial', async () => {
    const host = await createHost()
    const { account, subscription } = await signUp(host)
    expect(await ledgerOf(host, account.id)).toMatchObject([
      { sequence: 1, type: 'subscription', amount: 2000, balanceAfter: 2000, actor: null },
    ])
    const { balance, lots } = await host.tenantry.creditBalance({ accountId: account.id })
    expect(balance).toBe(2000)
    expect(lots).toMatchObject([{ granted: 2000, expiresAt: subscription.currentPeriodEnd }])
    await expectWholeBooks(host, account.id)
  })

  test('keeps to the plan, the days and the session that the host has chosen', async () => {
    const host = await createHost({ trial: { planSlug: 'saver', days: 30 }, sessions: { ttlDays: 1 } })
    const { account, subscription, session } = await signUp(host)
    expect(account).toMatchObject({ credits: 1000, plan: { slug: 'saver' } })
    expect(subscription.currentPeriodEnd).toEqual(new Date('2026-01-31T00:00:00.000Z'))
    expect(session.expiresAt).toEqual(new Date('2026-01-02T00:00:00.000Z'))
  })

  test.each([
    [{ accountName: 'Analytical Engines' }, 'Analytical Engines'],
    [{ firstName: 'Ada', lastName: '' }, 'Ada'],
    [{ firstName: undefined, lastName: undefined }, 'ada@example.com'],
    [{ firstName: '  Ada  ', lastName: ' L ' }, 'Ada L'],
  ])('names the account of %o %s', async (names, expected) => {
    expect((await signUp(await createHost(), names)).account.name).toBe(expected)
  })

  test('knows a person without a password by the id of another sign-in', async () => {
    const host = await createHost()
    const { user } = await signUp(host, { password: undefined, externalUserId: 'idp|42' })
    expect(await host.store.findUser(user.id)).toMatchObject({ passwordHash: null, externalUserId: 'idp|42' })
    expect((await refusalOf(host.tenantry.login({ email: user.email, password }))).code).toBe('invalid_credentials')
  })
})

describe('registerTrial and e-mail addresses', () => {
  test.each([
    [' ADA@Example.COM ', 'ada@example.com'],
    ['ada.l+x@EXAMPLE.com', 'ada.l+x@example.com'],
    ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
  ])('spells %j as %s', async (email, expected) => {
    expect((await signUp(await createHost(), { email })).user.email).toBe(expected)
  })

  test('refuses an address that is registered, in any spelling', async () => {
    const host = await createHost()
    await signUp(host)
    for (const email of ['ada@example.com', 'Ada@Example.com', '  ADA@EXAMPLE.COM\t']) {
      expect(await cleanRefusalOf(host, () => signUp(host, { email }))).toEqual({
        code: 'email_taken',
        details: { email: 'ada@example.com' },
      })
    }
  })

  test('refuses an external id that is registered', async () => {
    const host = await createHost()
    await signUp(host, { externalUserId: 'idp|42' })
    expect(await cleanRefusalOf(host, () => signUp(host, { email: 'b@example.com', externalUserId: 'idp|42' }))).toEqual({
      code: 'external_user_id_taken',
      details: { externalUserId: 'idp|42' },
    })
    expect((await signUp(host, { email: 'b@example.com' })).user.email).toBe('b@example.com')
  })

  test('makes one account of a hundred calls at the same time', async () => {
    const host = await createHost()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, n) => signUp(host, { email: n % 2 ? 'ADA@example.com' : 'ada@example.com' })),
    )
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []))
    expect(refused).toEqual(Array.from({ length: 99 }, () => 'email_taken'))
    expect(await host.tenantry.verifyBooks()).toEqual({ ok: true, accounts: 1, entries: 1, problems: [] })
  })
})

describe('registerTrial refuses', () => {
  test('when the trial plan was not created', async () => {
    const host = await createHost({ trial: { planSlug: 'missing' } })
    expect(await cleanRefusalOf(host, () => signUp(host))).toEqual({ code: 'plan_not_found', details: { planSlug: 'missing' } })
  })

  test('when the trial plan is not active', async () => {
    const host = await createHost()
    await host.tenantry.setPlanActive({ slug: 'free-trial', isActive: false }, admin)
    expect(await cleanRefusalOf(host, () => signUp(host))).toEqual({ code: 'plan_inactive', details: { planSlug: 'free-trial' } })
  })

  const wrong: WrongInputs = [
    ['no e-mail', { email: undefined }],
    ['an address without a domain', { email: 'ada' }],
    ['a local part outside ASCII', { email: 'äda@example.com' }],
    ['a look-alike of an address', { email: '\u212aate@example.com' }],
    ['two addresses', { email: 'a@example.com,b@example.com' }],
    ['an address with a line break', { email: 'ada@example.com\nbcc@example.com' }],
    ['a short password', { password: 'short' }],
    ['a password of 73 bytes', { password: `${'ä'.repeat(36)}x` }],
    ['a password with a NUL', { password: 'correct\u0000horse' }],
    ['a common password', { password: 'password123' }],
    ['the address as password', { password: 'ada@example.com' }],
    ['a password that is no text', { password: 12_345_678 }],
    ['a name with a control character', { firstName: 'A\u0000da' }],
    ['a name of 101 characters', { lastName: 'x'.repeat(101) }],
    ['an empty account name', { accountName: '' }],
    ['an empty external id', { externalUserId: '' }],
    ['a plan: none is asked for', { planSlug: 'pro' }],
    ['a role', { platformRole: 'admin' }],
  ]
  test.each(wrong)('%s', async (_, input) => {
    const host = await createHost()
    expect(await wrongFieldsOf(host, () => signUp(host, input))).toEqual(Object.keys(input))
  })

  test('what is not an object at all', async () => {
    const host = await createHost()
    for (const input of [undefined, null, 'ada@example.com', 7, []]) {
      expect((await cleanRefusalOf(host, () => host.tenantry.registerTrial(input as never))).code).toBe('invalid_input')
    }
  })
})

test.each(['addUser', 'addAccount', 'addMembership', 'saveSubscription', 'saveLedger', 'addSession'])(
  'registerTrial leaves nothing behind when the store fails at %s, and the address free',
  async (failing) => {
    let isBroken = true
    const host = await createHost({
      wrap: (store) =>
        wrappedStore(store, ({ verb }, proceed) => (isBroken && verb === failing ? Promise.reject(new Error('disk full')) : proceed())),
    })
    const before = await contentsOf(host)
    await expect(signUp(host)).rejects.toThrow('disk full')
    expect(await contentsOf(host)).toEqual(before)
    expect(await host.store.findUserByEmail('ada@example.com')).toBeNull()
    isBroken = false
    expect((await signUp(host)).account.credits).toBe(2000)
  },
)
