import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { dropKeys, freshPrefix, openIoredis } from '../support/redis.js'
import { raceOf } from './child.js'
import type { GuesserOrders, GuessesTold } from './guesser.js'
import { openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')
const redisUrl = inject('redisUrl')

const limit = 7
const password = 'correct horse battery'

/** An address of its own for each try of each process, or one for all. */
const places = {
  'strangers everywhere': (index: number) => (attempt: number) => `10.0.${index}.${attempt}`,
  'a stranger at one address': () => () => '203.0.113.5',
}

describe.skipIf(serverUrl === null)('two processes that guess the password of one person at the same moment', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '')
  })
  afterAll(() => world.close())

  /** With the right password, so that every try which is compared to any purpose shows as a sign-in. */
  async function race(place: keyof typeof places, redis?: GuesserOrders['redis']): Promise<GuessesTold[]> {
    const email = `person-${Math.random()}@example.com`
    await world.tenantry.registerTrial({ email, password })
    const shared = { url: world.url, now: world.clock().toISOString(), limit, email, password, ...(redis && { redis }) }
    const orders = times(2, (index) => ({ ...shared, ips: times(60, places[place](index)) }))
    return raceOf<GuesserOrders, GuessesTold>('./guesser.ts', orders)
  }

  function expectExactlyTheBudget(reports: readonly GuessesTold[]): void {
    expect(reports.flatMap(({ codes }) => codes)).toEqual(['invalid_credentials', 'invalid_credentials'])
    expect(reports.reduce((sum, { entered }) => sum + entered, 0)).toBe(limit)
  }

  it.each(Object.keys(places) as (keyof typeof places)[])('have no more tries than the budget, counted on Postgres: %s', async (place) => {
    expectExactlyTheBudget(await race(place))
  })

  describe.skipIf(redisUrl === null)('counted on Redis', () => {
    const prefix = freshPrefix()
    afterAll(async () => {
      const connection = openIoredis(redisUrl ?? '')
      await dropKeys(connection.redis, prefix)
      await connection.close()
    })

    it.each(Object.keys(places) as (keyof typeof places)[])('have no more tries than the budget: %s', async (place) => {
      expectExactlyTheBudget(await race(place, { url: redisUrl ?? '', prefix }))
    })
  })
})
