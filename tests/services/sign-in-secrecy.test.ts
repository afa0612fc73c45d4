import { isTenantryError, secureRandomBytes, uuidv7 } from 'tenantry'
import { plainHasher } from 'tenantry/testing'
import { describe, expect, test } from 'vitest'
import { admin, createHost, type HostOptions, password, signUp } from '../support/host.js'
import { away, home, house, many, recordingThrottles, stranger, wrong } from '../support/sign-ins.js'
import { wrappedStore } from '../support/wrapped-store.js'

describe('what a stranger can tell', () => {
  /** Everybody whom a stranger may try, each once more with the budgets used up. */
  async function everybody(options: HostOptions = {}) {
    const all = await house(options)
    const { host, tenantry, enters } = all
    const suspended = await signUp(host, { email: 'suspended@example.com' })
    await tenantry.suspendAccount({ accountId: suspended.account.id, reason: 'abuse' }, admin)
    const cancelled = await signUp(host, { email: 'cancelled@example.com' })
    await tenantry.cancelAccount({ accountId: cancelled.account.id, reason: 'gone' }, admin)
    await signUp(host, { email: 'elsewhere@example.com', password: undefined, externalUserId: 'idp|1' })
    await signUp(host, { email: 'locked@example.com', ip: away })
    for (const email of ['locked@example.com', 'locked-nobody@example.com', 'locked-suspended@example.com']) {
      for (let index = 0; index < 6; index++) await enters(wrong, stranger(index), email)
    }
    const attempts: [name: string, email: string, password: string][] = [
      ['unknown', 'nobody@example.com', password],
      ['no address', 'nobody', password],
      ['wrong', 'ada@example.com', wrong],
      ['unusable', 'ada@example.com', 'x'.repeat(73)],
      ['suspended', 'suspended@example.com', password],
      ['cancelled', 'cancelled@example.com', password],
      ['elsewhere', 'elsewhere@example.com', password],
      ['locked, wrong', 'locked@example.com', wrong],
      ['locked, right', 'locked@example.com', password],
      ['locked, unknown', 'locked-nobody@example.com', password],
    ]
    return { ...all, attempts }
  }

  test('is the same error, whatever the reason', async () => {
    const { attempts, tenantry } = await everybody()
    const shapes = new Set<string>()
    for (const [, email, given] of attempts) {
      const error: unknown = await tenantry.login({ email, password: given, ip: home }).catch((reason: unknown) => reason)
      if (!isTenantryError(error)) throw error
      const { name, message, code, details } = error
      shapes.add(JSON.stringify({ name, message, code, details, keys: Object.keys(error).sort(), hasCause: 'cause' in error }))
    }
    expect(shapes.size).toBe(1)
  })

  test.each([
    ['with an address', home],
    ['without one', undefined],
  ])('is the same work, whatever the reason: comparisons, questions and budgets, %s', async (_, ip) => {
    const { attempts, enters, storeCalls, passwords, takes } = await everybody()
    const works = new Set<string>()
    for (const [, email, given] of attempts) {
      for (const list of [storeCalls, takes]) list.splice(0)
      const before = { ...passwords.calls }
      expect(await enters(given, ip, email)).toBe('invalid_credentials')
      const asked = takes.map(({ keys, cost }) => [keys.length, cost])
      const { hash, verify } = passwords.calls
      works.add(JSON.stringify([storeCalls.map(({ verb }) => verb), asked, hash - before.hash, verify - before.verify]))
    }
    const budgets =
      ip === undefined
        ? [[3, 1]]
        : [
            [1, 1],
            [5, 1],
          ]
    expect([...works]).toEqual([JSON.stringify([['findSignIn', 'findUserAccess'], budgets, 0, 1])])
  })
})

describe('guesses at the same moment', () => {
  /** Holds every comparison until all are under way, as many machines at once would. */
  async function heldHouse() {
    const open: (() => void)[] = []
    const host = await house()
    const { verify } = host.passwords
    const held = {
      ...host.passwords,
      verify: async (given: string, verifier: string) => {
        await new Promise<void>((resolve) => open.push(resolve))
        return verify(given, verifier)
      },
    }
    return { host, held, open }
  }

  test('are tried as far as the budget goes: of a hundred at as many addresses, the right one comes too late', async () => {
    const { host, held, open } = await heldHouse()
    const { throttles } = recordingThrottles()
    const { tenantry } = await createHost({
      wrap: () => host.store,
      throttles,
      passwords: held,
      newId: uuidv7,
      randomBytes: secureRandomBytes,
    })
    const outcomes = many(100, (index) =>
      tenantry.login({ email: host.user.email, password: index === 50 ? password : wrong, ip: stranger(index) }).then(
        () => 'entered',
        (error: { code?: string }) => error.code,
      ),
    )
    while (open.length < 100) await new Promise((resolve) => setImmediate(resolve))
    for (const go of open) go()
    expect(new Set(await outcomes)).toEqual(new Set(['invalid_credentials']))
  })

  test('from one address are made one after another, and too many of them not at all', async () => {
    const { enters } = await house()
    const outcomes = await many(1200, () => enters(wrong, home))
    expect(outcomes.filter((outcome) => outcome === 'throttled').length).toBeGreaterThanOrEqual(199)
    expect(outcomes.filter((outcome) => outcome === 'invalid_credentials')).toHaveLength(50)
  })
})

describe('a try that came to nothing', () => {
  test.each(['findSignIn', 'findUserAccess', 'verify'])('because of %s is not counted', async (broken) => {
    let isBroken = true
    const plain = plainHasher()
    const orFail = <Result>(name: string, proceed: () => Promise<Result>): Promise<Result> =>
      isBroken && name === broken ? Promise.reject(new Error('disk full')) : proceed()
    const passwords = { ...plain, verify: (given: string, verifier: string) => orFail('verify', () => plain.verify(given, verifier)) }
    const wrap: HostOptions['wrap'] = (store) => wrappedStore(store, ({ verb }, proceed) => orFail(verb, proceed))
    const { enters } = await house({ passwords, wrap })
    for (let tries = 0; tries < 60; tries++) expect(await enters(password, home)).toBe('Error: disk full')
    isBroken = false
    expect(await enters(password, home)).toBe('entered')
  })
})
