import { setImmediate as turn } from 'node:timers/promises'
import type { AccessChange, AccessListener, AccessNotices, Logger, Store, TenantryOptions } from 'tenantry'
import { createTenantry } from 'tenantry'
import { describe, expect, test, vi } from 'vitest'
import { admin, createHost, type Host, type HostOptions, password, plans, refusalOf, subscribe, system, transfer } from '../support/host.js'
import { type Around, wrappedStore } from '../support/wrapped-store.js'

const isGateQuestion = (verb: string): boolean => /^find.*Access$/.test(verb)

/** A customer of a host with a gate cache, and how many questions of the gate the store was asked. */
async function customer(
  gateCache: TenantryOptions['gateCache'] | null = {},
  options: HostOptions = {},
  around: Around = (_, run) => run(),
) {
  let asked = 0
  const counting: Around = (call, proceed) => {
    if (isGateQuestion(call.verb)) asked += 1
    return around(call, proceed)
  }
  const host = await createHost({ wrap: (store) => wrappedStore(store, counting), ...(gateCache && { gateCache }), ...options })
  const { accountId, user, session } = await subscribe(host)
  const { apiKey, secret } = await host.tenantry.createApiKey({ accountId, name: 'CI' }, admin)
  const questions = async (work: () => Promise<unknown>): Promise<number> => {
    const before = asked
    await work()
    return asked - before
  }
  return { ...host, host, accountId, user, apiKey, secret, token: session.token, questions }
}

type Customer = Awaited<ReturnType<typeof customer>>

/** Every way to ask the gate about the customer. */
const waysIn = ({ secret, token, accountId, user }: Customer, tenantry: Host['tenantry']) => [
  () => tenantry.authenticate({ credential: secret }),
  () => tenantry.authenticate({ credential: token }),
  () => tenantry.validateAccountAndPlan({ accountId }),
  () => tenantry.validateAccountAndPlan({ userId: user.id }),
  () => tenantry.authenticateAdmin({ credential: token }),
]

const askAll = (own: Customer, tenantry = own.tenantry): Promise<unknown[]> => Promise.all(waysIn(own, tenantry).map((ask) => ask()))

test('without a cache the gate asks the store every time', async () => {
  const own = await customer(null)
  for (const ask of waysIn(own, own.tenantry)) expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 1])
})

describe('a gate with a cache', () => {
  test('gives moments that nobody can move for all others, and that else are like any', async () => {
    const own = await customer()
    const { accountId } = own
    const expiresAt = new Date(own.clock().getTime() + 60_000)
    const { secret } = await own.tenantry.createApiKey({ accountId, name: 'short', expiresAt }, admin)
    const ask = async () => {
      const answer = await own.tenantry.authenticate({ credential: secret })
      if (!answer.ok || answer.principal.type !== 'api_key') throw new Error('refused')
      return { end: answer.subscription?.currentPeriodEnd, expiry: answer.principal.apiKey.expiresAt }
    }
    await ask()
    const { end, expiry } = await ask()
    expect(() => end?.setUTCMonth(20)).toThrow(TypeError)
    expect(() => expiry?.setTime(4e12)).toThrow('copy the Date')
    expect([expiry, expiry?.getTime(), JSON.stringify(expiry)]).toEqual([expiresAt, expiresAt.getTime(), JSON.stringify(expiresAt)])
    expect([expiry instanceof Date, structuredClone(expiry), new Date(expiry ?? 0)]).toEqual([true, expiresAt, expiresAt])
    own.clock.advance({ seconds: 60 })
    await expect(ask()).rejects.toThrow('refused')
  })

  test('asks the store once, whatever way in', async () => {
    const own = await customer()
    for (const ask of waysIn(own, own.tenantry).slice(0, 4)) {
      expect(await own.questions(ask)).toBe(1)
      const answer = await ask()
      expect(await own.questions(ask)).toBe(0)
      expect(await ask()).toEqual(answer)
    }
    expect(await own.questions(() => own.tenantry.authenticateAdmin({ credential: own.token }))).toBe(0)
  })

  test('asks again when the time is over, counted from the question', async () => {
    const own = await customer({ ttlSeconds: 5 })
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    await ask()
    own.clock.advance({ ms: 4999 })
    expect(await own.questions(ask)).toBe(0)
    own.clock.advance({ ms: 1 })
    expect(await own.questions(ask)).toBe(1)
    expect(await own.questions(ask)).toBe(0)
  })

  test('asks again when the clock stepped back', async () => {
    const own = await customer()
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    await ask()
    own.clock.advance({ hours: -1 })
    expect(await own.questions(ask)).toBe(1)
    expect(await own.questions(ask)).toBe(0)
  })

  test('counts the time from the question, not from a late answer', async () => {
    let later = (): void => undefined
    const own: Customer = await customer({ ttlSeconds: 5 }, {}, async ({ verb }, proceed) => {
      const answer = await proceed()
      if (verb === 'findApiKeyAccess') later()
      return answer
    })
    later = () => own.clock.advance({ seconds: 4 })
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    await ask()
    later = () => undefined
    own.clock.advance({ seconds: 1 })
    expect(await own.questions(ask)).toBe(1)
  })

  test('does not keep that something is not there', async () => {
    const own = await customer()
    const unknown = own.secret.replace(/^tnt_live_.*/, 'tnt_session_'.padEnd(55, 'x'))
    const ask = () => own.tenantry.authenticate({ credential: unknown })
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 1])
    const askAccount = () => own.tenantry.validateAccountAndPlan({ accountId: 'nobody' })
    expect([await own.questions(askAccount), await own.questions(askAccount)]).toEqual([1, 1])
  })

  test('judges by the clock: a paid time that ends ends at once', async () => {
    const own = await customer({ ttlSeconds: 60 })
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    own.clock.set('2026-02-07T23:59:50.000Z')
    expect(await ask()).toMatchObject({ ok: true })
    own.clock.set('2026-02-08T00:00:00.000Z')
    expect(await own.questions(async () => expect(await ask()).toMatchObject({ ok: false, code: 'payment_overdue' }))).toBe(0)
  })

  test('judges by the clock: a key expires at its instant', async () => {
    const own = await customer({ ttlSeconds: 60 })
    const expiresAt = new Date(own.clock().getTime() + 10_000)
    const { secret } = await own.tenantry.createApiKey({ accountId: own.accountId, name: 'short', expiresAt }, admin)
    const ask = () => own.tenantry.authenticate({ credential: secret })
    expect(await ask()).toMatchObject({ ok: true })
    own.clock.advance({ seconds: 10 })
    expect(await own.questions(async () => expect(await ask()).toMatchObject({ code: 'invalid_credential' }))).toBe(0)
  })

  test('keeps so many answers and no more, and those that were used last', async () => {
    const own = await customer({ maxEntries: 2 })
    const ways = waysIn(own, own.tenantry)
    const [key, session, account] = ways as [() => Promise<unknown>, () => Promise<unknown>, () => Promise<unknown>]
    await key()
    await session()
    await key()
    await account()
    expect(await own.questions(key)).toBe(0)
    expect(await own.questions(session)).toBe(1)
  })

  test('tells accounts, people and hashes apart that are spelled alike', async () => {
    const own = await customer()
    await own.tenantry.validateAccountAndPlan({ accountId: own.accountId })
    expect(await own.tenantry.validateAccountAndPlan({ userId: own.accountId })).toMatchObject({ code: 'user_not_found' })
  })

  test('gives answers that nobody can change for the others', async () => {
    const own = await customer()
    const first = await own.tenantry.authenticate({ credential: own.secret })
    if (!first.ok) throw new Error('refused')
    const { account, plan } = first as { account: { status: string }; plan: { limits: Record<string, number | null> } }
    expect(() => {
      account.status = 'suspended'
    }).toThrow(TypeError)
    expect(() => {
      plan.limits['maxSites'] = 1000
    }).toThrow(TypeError)
  })

  test('is asked by the gate alone: everything else reads the store', async () => {
    const own = await customer()
    await askAll(own)
    await createTenantry({ store: own.store, clock: own.clock }).suspendAccount({ accountId: own.accountId, reason: 'spam' }, admin)
    expect((await own.tenantry.getAccount({ accountId: own.accountId })).account.status).toBe('suspended')
    expect(await own.tenantry.validateAccountAndPlan({ accountId: own.accountId })).toMatchObject({ ok: true })
  })
})

/** What changes something that the gate reads. */
const changes: Readonly<Record<string, (own: Customer) => Promise<unknown>>> = {
  suspendAccount: ({ tenantry, accountId }) => tenantry.suspendAccount({ accountId, reason: 'spam' }, admin),
  cancelAccount: ({ tenantry, accountId }) => tenantry.cancelAccount({ accountId, reason: 'asked' }, admin),
  revokeApiKey: ({ tenantry, accountId, apiKey }) => tenantry.revokeApiKey({ accountId, apiKeyId: apiKey.id }, admin),
  rotateApiKey: ({ tenantry, accountId, apiKey }) => tenantry.rotateApiKey({ accountId, apiKeyId: apiKey.id, overlapSeconds: 60 }, admin),
  logout: ({ tenantry, token }) => tenantry.logout({ token }),
  revokeSessions: ({ tenantry, user }) => tenantry.revokeSessions({ userId: user.id }, { type: 'user', id: user.id }),
  createAdmin: ({ tenantry, user }) => tenantry.createAdmin({ email: user.email, password, promote: true }, system),
  setPlanActive: ({ tenantry }) => tenantry.setPlanActive({ slug: 'starter', isActive: false }, admin),
  syncPlans: ({ tenantry }) => tenantry.syncPlans({ ...plans, starter: { ...plans.starter, limits: { maxSites: 99 } } }),
  cancelSubscription: ({ tenantry, accountId }) => tenantry.cancelSubscription({ accountId, when: 'now' }, admin),
  changePlan: ({ tenantry, accountId }) => tenantry.changePlan({ accountId, planSlug: 'saver', when: 'period_end' }, admin),
  confirmBankTransfer: ({ tenantry, accountId }) => tenantry.confirmBankTransfer(transfer(accountId, 'pro'), admin),
  runDue: async ({ tenantry, clock }) => {
    clock.set('2026-02-20T00:00:00.000Z')
    await tenantry.runDue({})
  },
}

describe('what a cache keeps is dropped at once', () => {
  test.each(Object.keys(changes))('by %s', async (name) => {
    const own = await customer({ ttlSeconds: 60 })
    own.clock.advance({ seconds: 1 })
    const before = await askAll(own)
    await changes[name]?.(own)
    const fresh = createTenantry({ store: own.store, clock: own.clock })
    const after = await askAll(own)
    expect(after).toEqual(await askAll(own, fresh))
    expect(after).not.toEqual(before)
  })

  test('by none of another customer, and not by a spend', async () => {
    const own = await customer()
    const other = await subscribe(own.host, 'starter', 1, { email: 'grace@example.com' })
    await askAll(own)
    const nothing = await own.questions(async () => {
      await own.tenantry.suspendAccount({ accountId: other.accountId, reason: 'spam' }, admin)
      await own.tenantry.spendCredits({ accountId: own.accountId, amount: 5, operation: 'a', idempotencyKey: 'a' })
    })
    expect(await own.questions(() => askAll(own))).toBe(0)
    expect(nothing).toBe(0)
  })

  test('also when the answer to the change was lost on its way', async () => {
    let isLosing = false
    const own = await customer({ ttlSeconds: 60 }, { wrap: (store) => losingAnswers(store, () => isLosing) })
    await own.tenantry.validateAccountAndPlan({ accountId: own.accountId })
    await own.tenantry.authenticate({ credential: own.token })
    isLosing = true
    const lost = own.tenantry.suspendAccount({ accountId: own.accountId, reason: 'spam' }, admin)
    await expect(lost).rejects.toThrow('lost')
    await expect(own.tenantry.logout({ token: own.token })).rejects.toThrow('lost')
    isLosing = false
    expect(await own.tenantry.validateAccountAndPlan({ accountId: own.accountId })).toMatchObject({ code: 'account_suspended' })
    expect(await own.tenantry.authenticate({ credential: own.token })).toMatchObject({ code: 'invalid_credential' })
  })
})

/** A store whose changes happen although they fail. */
function losingAnswers(store: Store, isLosing: () => boolean): Store {
  const lose = async (answer: Promise<unknown>): Promise<never> => {
    await answer
    throw new Error('lost')
  }
  return {
    ...store,
    transaction: (work) => (isLosing() ? lose(store.transaction(work)) : store.transaction(work)),
    revokeSession: (session) => (isLosing() ? lose(store.revokeSession(session)) : store.revokeSession(session)),
  }
}

describe('a look-up that began before a change and ends after it', () => {
  /** The answers of the gate's questions come from the store at once, and arrive when they are let go. */
  async function delayed(gateCache: TenantryOptions['gateCache'] = {}) {
    let hold: Promise<void> | null = null
    let letGo = (): void => undefined
    const own = await customer({ ttlSeconds: 60, ...gateCache }, {}, async ({ verb }, proceed) => {
      const answer = await proceed()
      if (isGateQuestion(verb)) await hold
      return answer
    })
    const during = async (ask: () => Promise<unknown>, change: () => Promise<unknown>): Promise<void> => {
      hold = new Promise((resolve) => {
        letGo = resolve
      })
      const answer = ask()
      await new Promise(setImmediate)
      await change()
      hold = null
      letGo()
      expect(await answer).toMatchObject({ ok: true })
    }
    return { own, during }
  }

  test('does not bring the old state back', async () => {
    const { own, during } = await delayed()
    const { tenantry, accountId } = own
    for (const ask of waysIn(own, tenantry).slice(0, 4)) {
      await during(ask, () => tenantry.suspendAccount({ accountId, reason: 'spam' }, admin))
      expect(await ask()).toMatchObject({ ok: false, code: 'account_suspended' })
      await tenantry.reinstateAccount({ accountId, reason: 'ham' }, admin)
    }
  })

  test('does not bring back a session that was ended, or a plan as it was', async () => {
    const { own, during } = await delayed()
    const { tenantry } = own
    const byKey = () => tenantry.authenticate({ credential: own.secret })
    await during(byKey, () => tenantry.setPlanActive({ slug: 'starter', isActive: false }, admin))
    expect(await byKey()).toMatchObject({ ok: false, code: 'plan_inactive' })
    await tenantry.setPlanActive({ slug: 'starter', isActive: true }, admin)
    const bySession = () => tenantry.authenticate({ credential: own.token })
    await during(bySession, () => tenantry.logout({ token: own.token }))
    expect(await bySession()).toMatchObject({ ok: false, code: 'invalid_credential' })
  })

  test('is kept when only others changed', async () => {
    const { own, during } = await delayed()
    const other = await subscribe(own.host, 'starter', 1, { email: 'grace@example.com' })
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    await during(ask, () => own.tenantry.suspendAccount({ accountId: other.accountId, reason: 'spam' }, admin))
    expect(await own.questions(ask)).toBe(0)
  })

  test('is not kept when so many others changed that they were not noted', async () => {
    const notices = spokenNotices()
    const { own, during } = await delayed({ notices })
    notices.hears(true)
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    await during(ask, async () => {
      notices.tell({ of: 'account', id: own.accountId })
      for (let other = 0; other < 1500; other++) notices.tell({ of: 'account', id: `other-${other}` })
    })
    expect(await own.questions(ask)).toBe(1)
  })

  test('is not kept when the connection of the notices was lost meanwhile', async () => {
    const notices = spokenNotices()
    const { own, during } = await delayed({ notices })
    notices.hears(true)
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    await during(ask, async () => {
      notices.hears(false)
      notices.hears(true)
    })
    expect(await own.questions(ask)).toBe(1)
  })
})

describe('operations with a store of the host', () => {
  test('neither read nor fill the cache, and what they change is dropped', async () => {
    const own = await customer({ ttlSeconds: 60 })
    const joined = own.tenantry.withStore(own.store)
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    const askJoined = () => joined.authenticate({ credential: own.secret })
    expect(await own.questions(askJoined)).toBe(1)
    expect(await own.questions(ask)).toBe(1)
    expect(await own.questions(askJoined)).toBe(1)
    expect(await own.questions(ask)).toBe(0)
    await joined.suspendAccount({ accountId: own.accountId, reason: 'spam' }, admin)
    expect(await ask()).toMatchObject({ code: 'account_suspended' })
  })

  test('keep what they change out of the cache for a minute, since it is committed later', async () => {
    const own = await customer({ ttlSeconds: 5 })
    const other = await subscribe(own.host, 'starter', 1, { email: 'grace@example.com' })
    const joined = own.tenantry.withStore(own.store)
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    const askForOther = () => own.tenantry.validateAccountAndPlan({ accountId: other.accountId })
    await joined.suspendAccount({ accountId: own.accountId, reason: 'spam' }, admin)
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 1])
    expect([await own.questions(askForOther), await own.questions(askForOther)]).toEqual([1, 0])
    own.clock.advance({ seconds: 59 })
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 1])
    own.clock.advance({ seconds: 1 })
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 0])
  })

  test('keep it out no longer than a minute after the clock was set back', async () => {
    const own = await customer()
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    await own.tenantry.withStore(own.store).suspendAccount({ accountId: own.accountId, reason: 'spam' }, admin)
    own.clock.advance({ hours: -1 })
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 1])
    own.clock.advance({ seconds: 59 })
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 1])
    own.clock.advance({ seconds: 1 })
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 0])
  })

  test('keep everything out of the cache for a minute when they change what all accounts share', async () => {
    const own = await customer({ ttlSeconds: 5 })
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    await own.tenantry.withStore(own.store).setPlanActive({ slug: 'saver', isActive: false }, admin)
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 1])
    own.clock.advance({ seconds: 60 })
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 0])
  })
})

/** Notices that a test speaks itself. */
function spokenNotices(publish?: AccessNotices['publish']) {
  const listeners: AccessListener[] = []
  return {
    listen: (listener: AccessListener) => void listeners.push(listener),
    ...(publish && { publish }),
    close: async () => undefined,
    hears: (...heard: [isHearing: boolean, reason?: string]) => listeners.forEach((listener) => void listener.onHearing(...heard)),
    tell: (change: AccessChange) => listeners.forEach((listener) => void listener.onChange(change)),
  }
}

describe('notices', () => {
  test('let the cache keep something only while they are heard', async () => {
    const notices = spokenNotices()
    const own = await customer({ notices })
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 1])
    notices.hears(true)
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 0])
    notices.hears(false)
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 1])
    notices.hears(true)
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 0])
  })

  test('of what others have not committed yet keep it out of the cache for a minute', async () => {
    const notices = spokenNotices()
    const own = await customer({ notices, ttlSeconds: 5 })
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    notices.hears(true)
    notices.tell({ of: 'account', id: own.accountId, isPending: true })
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 1])
    own.clock.advance({ minutes: 1 })
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 0])
  })

  test('of more changes that are not committed than can be noted keep everything out of the cache for a minute', async () => {
    const notices = spokenNotices()
    const own = await customer({ notices })
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    notices.hears(true)
    const tell = (count: number): void => {
      for (let other = 0; other < count; other++) notices.tell({ of: 'account', id: `other-${other}`, isPending: true })
    }
    tell(10_000)
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 0])
    own.clock.advance({ minutes: 1 })
    tell(10_001)
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 1])
    own.clock.advance({ minutes: 1 })
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 0])
  })

  test.each<[string, (own: Customer) => AccessChange, number]>([
    ['its account', ({ accountId: id }) => ({ of: 'account', id }), 4],
    ['its person', ({ user: { id } }) => ({ of: 'user', id }), 3],
    ['everything', () => ({ of: 'everything' }), 4],
    ['another account', () => ({ of: 'account', id: 'another' }), 0],
  ])('of %s drop what is about it', async (_, changeOf, dropped) => {
    const notices = spokenNotices()
    const own = await customer({ notices })
    notices.hears(true)
    await askAll(own)
    expect(await own.questions(() => askAll(own))).toBe(0)
    notices.tell(changeOf(own))
    const first = waysIn(own, own.tenantry).slice(0, 4)
    let asked = 0
    for (const ask of first) asked += await own.questions(ask)
    expect(asked).toBe(dropped)
  })

  test('tell others what an operation changed, when it has', async () => {
    const told: (readonly AccessChange[])[] = []
    const own = await customer({ notices: spokenNotices(async (some) => void told.push(some)) })
    told.splice(0)
    const { accountId } = own
    await own.tenantry.suspendAccount({ accountId, reason: 'spam' }, admin)
    expect(told.flat()).toContainEqual({ of: 'account', id: accountId })
    told.splice(0)
    await own.tenantry.reinstateAccount({ accountId, reason: 'ham' }, admin)
    await own.tenantry.spendCredits({ accountId, amount: 5, operation: 'a', idempotencyKey: 'a' })
    await own.tenantry.logout({ token: own.token })
    const { of } = told.at(-1)?.[0] ?? {}
    expect(of).toBe('session')
    expect(told.flat().filter(({ of }) => of === 'account').length).toBeGreaterThan(0)
  })

  test('that cannot be sent fail no operation, and are logged', async () => {
    const warnings: string[] = []
    const logger = { info() {}, warn: (message: string) => void warnings.push(message), error() {} }
    const own = await customer({ notices: spokenNotices(() => Promise.reject(new Error('no Redis'))) }, { logger })
    warnings.splice(0)
    await own.tenantry.suspendAccount({ accountId: own.accountId, reason: 'spam' }, admin)
    expect(warnings).toEqual([expect.stringContaining('were not told of a change')])
  })

  test('that cannot be sent end no process whose logger throws', async () => {
    const ends = vi.fn()
    process.on('unhandledRejection', ends)
    const warn = vi.fn(() => {
      throw new Error('the log is full')
    })
    const own = await customer(
      { notices: spokenNotices(() => Promise.reject(new Error('no Redis'))) },
      { logger: { info() {}, warn, error() {} } },
    )
    await own.tenantry.suspendAccount({ accountId: own.accountId, reason: 'spam' }, admin)
    await turn()
    process.off('unhandledRejection', ends)
    expect(warn).toHaveBeenCalled()
    expect(ends).not.toHaveBeenCalled()
  })
})

describe('notices that are not heard', () => {
  async function told(onHearingChange?: (heard: { isHearing: boolean }) => unknown) {
    const lines: unknown[] = []
    const log = (level: string) => (message: string, facts?: object) => {
      if (message.includes('gate cache')) lines.push([level, message, ...(facts ? [facts] : [])])
    }
    const notices = spokenNotices()
    const logger = { info: log('info'), warn: log('warn'), error: log('error') }
    const own = await customer({ notices, ...(onHearingChange && { onHearingChange }) }, { logger })
    return { ...own, notices, lines }
  }
  const off = 'The gate cache is off: its notices are not heard. Every answer comes from the store until they are.'
  const on = 'The gate cache is on again: its notices are heard.'

  test('are logged with the reason, and so is that they are back', async () => {
    const { notices, lines } = await told()
    notices.hears(false, 'ECONNREFUSED')
    expect(lines).toEqual([['warn', off, { reason: 'ECONNREFUSED' }]])
    notices.hears(true)
    notices.hears(false)
    notices.hears(true)
    expect(lines.slice(1)).toEqual([
      ['info', on],
      ['warn', off, { reason: 'failed' }],
      ['info', on],
    ])
  })

  test('are not logged at a start that goes well, nor when the host closes them', async () => {
    const { notices, lines } = await told()
    notices.hears(true)
    notices.hears(false, 'closed')
    expect(lines).toEqual([])
  })

  test('are told to the host, and so is a start that goes well', async () => {
    const heard: unknown[] = []
    const { notices } = await told((news) => heard.push(news))
    notices.hears(true)
    notices.hears(false, 'ECONNREFUSED')
    notices.hears(true)
    notices.hears(false, 'closed')
    expect(heard).toEqual([{ isHearing: true }, { isHearing: false }, { isHearing: true }, { isHearing: false }])
  })

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('of the host')
      },
    ],
    ['rejects', () => Promise.reject(new Error('of the host'))],
  ])('leave the cache right also where the listener %s', async (_, listener) => {
    const ends = vi.fn()
    process.on('unhandledRejection', ends)
    const own = await told(listener)
    const ask = () => own.tenantry.authenticate({ credential: own.secret })
    own.notices.hears(true)
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 0])
    own.notices.hears(false)
    expect([await own.questions(ask), await own.questions(ask)]).toEqual([1, 1])
    await turn()
    process.off('unhandledRejection', ends)
    expect(ends).not.toHaveBeenCalled()
  })
})

describe('notices that are not heard', () => {
  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('the log is full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('the log is full'))],
  ])('are told to the host also where its logger %s', async (_, log) => {
    const ends = vi.fn()
    process.on('unhandledRejection', ends)
    const heard: unknown[] = []
    const notices = spokenNotices()
    await customer(
      { notices, onHearingChange: (change) => void heard.push(change) },
      { logger: { info: log, warn: log, error: log } as Logger },
    )
    notices.hears(false, 'ECONNREFUSED')
    notices.hears(true)
    await turn()
    process.off('unhandledRejection', ends)
    expect(heard).toEqual([{ isHearing: false }, { isHearing: true }])
    expect(ends).not.toHaveBeenCalled()
  })
})

describe('bad options of the cache', () => {
  test.each<[string, object]>([
    ['ttlSeconds', { ttlSeconds: 0 }],
    ['ttlSeconds', { ttlSeconds: 61 }],
    ['ttlSeconds', { ttlSeconds: 1.5 }],
    ['maxEntries', { maxEntries: 0 }],
    ['notices', { notices: {} }],
    ['onHearingChange', { onHearingChange: {} }],
    ['ttl', { ttl: 5 }],
  ])('are refused: %s', async (field, gateCache) => {
    const host = await createHost()
    const make = async () => createTenantry({ store: host.store, gateCache })
    const { code, details } = await refusalOf(make())
    expect(code).toBe('invalid_input')
    expect(details).toMatchObject({ issues: [{ path: `gateCache.${field}` }] })
  })
})
