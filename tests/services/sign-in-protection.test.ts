import { setTimeout } from 'node:timers/promises'
import { type PasswordHasher, uuidv7 } from 'tenantry'
import { plainHasher } from 'tenantry/testing'
import { describe, expect, test } from 'vitest'
import { password, refusalOf, signUp } from '../support/host.js'
import { away, home, house, many, stranger, wrong } from '../support/sign-ins.js'

/** Compares as long as it takes others to be under way too. */
function slowHasher(): PasswordHasher {
  const plain = plainHasher()
  const verify = async (given: string, verifier: string): Promise<boolean> => {
    await setTimeout(2)
    return plain.verify(given, verifier)
  }
  return { ...plain, verify }
}

describe('a person', () => {
  test('who mistypes a few times gets in with the right password', async () => {
    const { enters } = await house()
    for (let tries = 0; tries < 4; tries++) expect(await enters(wrong, home)).toBe('invalid_credentials')
    expect(await enters(password, home)).toBe('entered')
  })

  test('is refused after five failures, with the right password too, and gets in after a minute', async () => {
    const { enters, clock } = await house()
    for (let tries = 0; tries < 5; tries++) await enters(wrong, home)
    expect(await enters(password, home)).toBe('invalid_credentials')
    clock.advance({ seconds: 59 })
    expect(await enters(password, home)).toBe('invalid_credentials')
    clock.advance({ seconds: 1 })
    expect(await enters(password, home)).toBe('entered')
  })

  test('who signs in rightly again and again uses up nothing, with an address or without', async () => {
    const { enters } = await house()
    for (let times = 0; times < 150; times++) expect(await enters(password, times % 2 === 0 ? home : undefined)).toBe('entered')
  })

  test.each([
    ['from one address', home],
    ['without an address', undefined],
  ])('who signs in rightly fifty times at the same moment gets in each time, %s', async (_, ip) => {
    const { enters } = await house({ passwords: slowHasher() })
    expect(new Set(await many(50, () => enters(password, ip)))).toEqual(new Set(['entered']))
  })

  test('is not in the way of others at the same address: an office signs in at once', async () => {
    const { host, enters } = await house({ newId: uuidv7, passwords: slowHasher() })
    const people = Array.from({ length: 60 }, (_, index) => `p${index}@example.com`)
    for (const email of people) await signUp(host, { email })
    expect(new Set(await many(60, (index) => enters(password, home, people[index])))).toEqual(new Set(['entered']))
  })
})

describe('strangers at many addresses', () => {
  test('have five tries at once, then fewer and fewer, and at most a hundred in any day', async () => {
    const { attack } = await house()
    const tried = [await attack(60), await attack(10 * 60, 30), await attack(50 * 60, 30), await attack(3600, 60)]
    expect(tried).toEqual([5, 10, expect.toSatisfy((count) => count <= 20), expect.toSatisfy((count) => count <= 12)])
    tried.push(await attack(22 * 3600 - 60, 300))
    expect(tried.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(100)
    expect(await attack(24 * 3600, 300)).toBe(60)
  })

  test('never have more than a hundred in a day, however long they have waited', async () => {
    const { attack, clock } = await house()
    clock.advance({ days: 30 })
    const tried = await attack(24 * 3600 - 60, 60)
    expect(tried).toBeGreaterThan(90)
    expect(tried).toBeLessThanOrEqual(100)
  })

  test('do not lock the person out where they have signed in before', async () => {
    const { enters, clock } = await house()
    expect(await enters(password, home)).toBe('entered')
    for (let index = 0; index < 1000; index++) await enters(wrong, stranger(index))
    expect(await enters(password, away)).toBe('invalid_credentials')
    expect(await enters(password, home)).toBe('entered')
    expect(await enters(wrong, home)).toBe('invalid_credentials')
    expect(await enters(password, home)).toBe('entered')
    clock.advance({ days: 89 })
    for (let index = 0; index < 200; index++) await enters(wrong, stranger(index))
    expect(await enters(password, home)).toBe('entered')
  })

  test('do not lock the person out where they have signed up', async () => {
    const { host, enters } = await house()
    await signUp(host, { email: 'grace@example.com', ip: home })
    for (let index = 0; index < 20; index++) await enters(wrong, stranger(index), 'grace@example.com')
    expect(await enters(password, away, 'grace@example.com')).toBe('invalid_credentials')
    expect(await enters(password, home, 'grace@example.com')).toBe('entered')
  })

  test('keep the person waiting at a new address for 24 minutes at most after they have stopped', async () => {
    const { attack, enters, clock } = await house()
    await attack(48 * 3600, 300)
    clock.advance({ minutes: 24 })
    expect(await enters(password, away)).toBe('entered')
  })
})

describe('one client that tries many people', () => {
  test('is throttled after fifty failures, before anybody is looked up, and says nothing of the person', async () => {
    const { enters, storeCalls, passwords, tenantry, user, clock } = await house()
    for (let index = 0; index < 50; index++) expect(await enters(wrong, home, `n${index}@example.com`)).toBe('invalid_credentials')
    storeCalls.splice(0)
    const { verify } = { ...passwords.calls }
    const refusals = []
    for (const email of [user.email, 'nobody@example.com']) refusals.push(await refusalOf(tenantry.login({ email, password, ip: home })))
    expect(refusals).toEqual([
      { code: 'throttled', details: { retryAfterSeconds: 36 } },
      { code: 'throttled', details: { retryAfterSeconds: 36 } },
    ])
    expect([storeCalls, passwords.calls.verify]).toEqual([[], verify])
    expect(await enters(password, away)).toBe('entered')
    clock.advance({ seconds: 36 })
    expect(await enters(password, home)).toBe('entered')
  })

  test('gains nothing by signing in rightly between', async () => {
    const { host, enters } = await house()
    await signUp(host, { email: 'mallory@example.com' })
    let tried = 0
    for (let index = 0; index < 100; index++) {
      await enters(password, home, 'mallory@example.com')
      if ((await enters(wrong, home, `n${index}@example.com`)) === 'invalid_credentials') tried += 1
    }
    expect(tried).toBe(50)
  })
})

test('settings say how many tries may fail', async () => {
  const once = [{ limit: 1, windowSeconds: 60 }]
  const { enters, clock } = await house({ signIn: { perPerson: once } })
  expect([await enters(wrong, home), await enters(password, home)]).toEqual(['invalid_credentials', 'invalid_credentials'])
  clock.advance({ seconds: 60 })
  expect(await enters(password, home)).toBe('entered')
})

test.each(['', 'unknown', '203.0.113.7:443', 'fe80::1%eth0'])('an address that is none, "%s", counts as left out', async (ip) => {
  const { enters, takes } = await house()
  expect(await enters(password, ip)).toBe('entered')
  expect(takes.every(({ keys }) => keys.every((key) => key.startsWith('tenantry/sign-in/person/')))).toBe(true)
})

test('the keys of one take share their last part', async () => {
  const { enters, takes } = await house()
  await enters(wrong, '2001:db8::1')
  for (const { keys } of takes) expect(new Set(keys.map((key) => key.slice(key.lastIndexOf(':')))).size).toBe(1)
  expect(takes.map(({ keys }) => keys.length)).toEqual([1, 5])
})
