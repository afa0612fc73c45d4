import { memoryThrottleStore } from 'tenantry/memory'
import { redisThrottleStore } from 'tenantry/redis'
import { throttleStoreContract } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { dropKeys, freshPrefix, keysWith, openIoredis, openNodeRedis, type RedisConnection } from '../support/redis.js'
import { answersInCrowds, answersInTurn, recordedCalls } from '../support/throttle-transcript.js'

const url = inject('redisUrl')
const root = freshPrefix()
let made = 0
const nextPrefix = (): string => `${root}${made++}:`

const now = Date.parse('2026-03-01T12:00:00.123Z')
const tenPerMinute = (key: string) => ({ key, limit: 10, windowSeconds: 60 })

describe.skipIf(url === null)('the throttle on Redis', () => {
  let connection: ReturnType<typeof openIoredis>
  beforeAll(() => {
    connection = openIoredis(url ?? '')
  })
  afterAll(async () => {
    await dropKeys(connection.redis, root)
    await connection.close()
  })
  const newStore = (prefix = nextPrefix()) => redisThrottleStore({ eval: connection.eval, prefix })

  describe('keeps its promises with ioredis', () => {
    for (const { name, run } of throttleStoreContract(() => newStore())) it(name, run)
  })

  describe('keeps its promises with node-redis, by EVALSHA', () => {
    let client: RedisConnection
    beforeAll(async () => {
      client = await openNodeRedis(url ?? '')
    })
    afterAll(() => client.close())
    const newHashedStore = () => redisThrottleStore({ eval: client.eval, evalSha: client.evalSha, prefix: nextPrefix() })
    for (const { name, run } of throttleStoreContract(newHashedStore)) it(name, run)
  })

  it.each([1, 2, 3, 4])('answers as the one in memory, one call after the other and in crowds (transcript %i)', async (seed) => {
    const calls = recordedCalls(seed, 600)
    const expected = await answersInTurn(memoryThrottleStore(), calls)
    expect(new Set(expected.map(({ allowed }) => allowed)).size).toBe(2)
    expect(await answersInTurn(newStore(), calls)).toEqual(expected)
    expect(await answersInCrowds(newStore(), calls, 37)).toEqual(expected)
  })

  it('lets calls that wait at the same moment travel together', async () => {
    let scripts = 0
    const counted = redisThrottleStore({
      prefix: nextPrefix(),
      eval: (...input) => {
        scripts += 1
        return connection.eval(...input)
      },
    })
    const answers = await Promise.all(Array.from({ length: 200 }, () => counted.take([tenPerMinute('api:one')], 1, now)))
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(10)
    expect(scripts).toBe(2)
  })

  it('leaves a time to live on every key, whatever came before', async () => {
    const prefix = nextPrefix()
    await answersInTurn(newStore(prefix), recordedCalls(5, 200))
    const keys = await keysWith(connection.redis, prefix)
    expect(keys.length).toBeGreaterThan(5)
    for (const key of keys) expect(await connection.redis.pttl(key)).toBeGreaterThan(0)
  })

  it('gives a time to live to a key that it finds without, also when it refuses the call', async () => {
    const prefix = nextPrefix()
    const store = newStore(prefix)
    await store.take([tenPerMinute('api:one')], 10, now)
    const [key = ''] = await keysWith(connection.redis, prefix)
    await connection.redis.persist(key)
    expect((await store.take([tenPerMinute('api:one')], 1, now)).allowed).toBe(false)
    const ttl = await connection.redis.pttl(key)
    expect(ttl).toBeGreaterThan(60_000)
    expect(ttl).toBeLessThanOrEqual(120_000)
  })

  it('keeps the number whole, to the microsecond', async () => {
    const prefix = nextPrefix()
    await newStore(prefix).take([{ key: 'api:one', limit: 7, windowSeconds: 60 }], 1, now)
    const [key = ''] = await keysWith(connection.redis, prefix)
    expect(await connection.redis.get(key)).toBe(String(now * 1000 + 8_571_429))
  })

  it('deletes the key of a budget that is whole, and makes none for a look or for calls given back to nothing', async () => {
    const prefix = nextPrefix()
    const store = newStore(prefix)
    await store.take([tenPerMinute('api:one')], -3, now)
    await store.take([tenPerMinute('api:one')], 0, now)
    await store.take([tenPerMinute('api:one')], 11, now)
    expect(await keysWith(connection.redis, prefix)).toEqual([])
    await store.take([tenPerMinute('api:one')], 3, now)
    expect(await keysWith(connection.redis, prefix)).toHaveLength(1)
    await store.take([tenPerMinute('api:one')], -3, now)
    expect(await keysWith(connection.redis, prefix)).toEqual([])
  })

  it.each(['', 'abc', 'nan', 'inf', '-5', '1e400', '0x10', ' 7', '9'.repeat(17), '9'.repeat(400)])(
    'closes nothing for longer than a window when it finds %j',
    async (value) => {
      const prefix = nextPrefix()
      const store = newStore(prefix)
      await connection.redis.set(`${prefix}api{:one}`, value)
      await store.take([tenPerMinute('api:one')], 1, now)
      const later = now + 60_000
      expect(await store.take([tenPerMinute('api:one')], 10, later)).toMatchObject({ allowed: true, states: [{ remaining: 0 }] })
    },
  )

  it('names its keys so that a prefix and the braces of a caller keep their place', async () => {
    const prefix = nextPrefix()
    const store = newStore(prefix)
    for (const key of ['api:one', 'api:anon:2001:db8::', 'api:anon', 'a{b}c:x}y{z%', 'plain', 'end:']) {
      await store.take([tenPerMinute(key)], 1, now)
    }
    const names = (await keysWith(connection.redis, prefix)).map((key) => key.slice(prefix.length))
    expect(names).toEqual(['api{:one}', 'api{:anon:2001:db8::}', 'api{:anon}', 'a%7Bb%7Dc{:x%7Dy%7Bz%25}', '{plain}', 'end{:}'].sort())
  })

  it('answers with an error of its own about a key that is something else', async () => {
    const prefix = nextPrefix()
    await connection.redis.lpush(`${prefix}api{:one}`, 'of the host')
    await expect(newStore(prefix).take([tenPerMinute('api:one')], 1, now)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await connection.redis.llen(`${prefix}api{:one}`)).toBe(1)
  })
})
