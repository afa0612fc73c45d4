import { describe, expect, test } from 'vitest'
import { password, signUp } from '../support/host.js'
import { admitted, away, home, house, stranger, wrong } from '../support/sign-ins.js'

describe('a known address', () => {
  test('is the /64 of an IPv6 address', async () => {
    const { enters } = await house()
    await enters(password, '2001:db8::1')
    for (let index = 0; index < 20; index++) await enters(wrong, stranger(index))
    expect(await enters(password, '2001:db8::2')).toBe('entered')
    expect(await enters(password, '2001:db8:0:1::1')).toBe('invalid_credentials')
  })

  test('is known of one person only', async () => {
    const { host, enters } = await house()
    await signUp(host, { email: 'grace@example.com' })
    await enters(password, home)
    for (let index = 0; index < 20; index++) await enters(wrong, stranger(index), 'grace@example.com')
    expect(await enters(password, home, 'grace@example.com')).toBe('invalid_credentials')
  })

  test('has ten tries in a quarter of an hour, and a hundred a day: its neighbours may be strangers', async () => {
    const { enters, takes, clock } = await house()
    await enters(password, home)
    const before = admitted(takes)
    for (let tries = 0; tries < 12; tries++) await enters(wrong, home)
    expect(admitted(takes) - before).toBe(10)
    expect(await enters(password, home)).toBe('invalid_credentials')
    for (let minutes = 0; minutes < 24 * 60 - 1; minutes++) {
      clock.advance({ minutes: 1 })
      await enters(wrong, home)
    }
    expect(admitted(takes) - before).toBeGreaterThan(90)
    expect(admitted(takes) - before).toBeLessThanOrEqual(100)
  })

  test('is forgotten 90 days after it was last seen', async () => {
    const { enters, clock } = await house()
    await enters(password, home)
    clock.advance({ days: 90 })
    for (let index = 0; index < 20; index++) await enters(wrong, stranger(index))
    expect(await enters(password, home)).toBe('invalid_credentials')
  })

  test('is one of twenty; a new one takes the place of the one seen longest ago', async () => {
    const { enters, clock, store, user } = await house()
    const addresses = Array.from({ length: 21 }, (_, index) => `192.0.2.${index}`)
    for (const address of addresses) {
      await enters(password, address)
      clock.advance({ seconds: 1 })
    }
    expect((await store.findSignIn(user.email))?.knownAddresses).toHaveLength(20)
    for (let index = 0; index < 20; index++) await enters(wrong, stranger(index))
    expect(await enters(password, '192.0.2.0')).toBe('invalid_credentials')
    expect(await enters(password, '192.0.2.1')).toBe('entered')
    expect(await enters(password, '192.0.2.20')).toBe('entered')
  })

  test('is known no more once the password is another, but for the one from which that was chosen', async () => {
    const { enters, tenantry, user, clock } = await house()
    for (const address of [home, away, '192.0.2.1']) await enters(password, address)
    const next = 'another horse battery'
    await tenantry.changePassword({ userId: user.id, current: password, next, ip: away })
    for (let index = 0; index < 20; index++) await enters(wrong, stranger(index))
    expect([await enters(next, home), await enters(next, away), await enters(next, '192.0.2.1')]).toEqual([
      'invalid_credentials',
      'entered',
      'invalid_credentials',
    ])
    clock.advance({ minutes: 5 })
    expect(await enters(next, home)).toBe('entered')
  })

  test('is written down once a day, and never in clear', async () => {
    const { enters, storeCalls, clock, takes } = await house()
    const written = () => storeCalls.filter(({ verb }) => verb === 'rememberAddress').length
    for (let times = 0; times < 5; times++) await enters(password, home)
    expect(written()).toBe(1)
    clock.advance({ days: 1 })
    await enters(password, home)
    expect(written()).toBe(2)
    const said = JSON.stringify([storeCalls.filter(({ verb }) => verb === 'rememberAddress'), takes])
    expect(said).not.toContain(home)
    expect(said).not.toContain('ada')
  })
})
