import { type RedisEval, type RedisThrottleOptions, redisThrottleStore } from 'tenantry/redis'
import { describe, expect, it } from 'vitest'

const now = Date.parse('2026-03-01T12:00:00.123Z')
const budget = (key: string) => ({ key, limit: 10, windowSeconds: 60 })
const take = (evaluate: RedisEval) => redisThrottleStore({ eval: evaluate }).take([budget('api:one')], 1, now)

/** Answers as the script does of keys that are not there, and remembers which keys came together. */
function emptyRedis() {
  const scripts: string[][] = []
  const evaluate: RedisEval = async (_, keys) => {
    scripts.push(keys)
    return keys.map(() => 0)
  }
  return { scripts, evaluate }
}

describe('what a Redis that fails answers', () => {
  const failures: [string, RedisEval][] = [
    ['a refusal', () => Promise.reject(new Error('READONLY secret'))],
    [
      'an exception',
      () => {
        throw new Error('Connection is closed. secret')
      },
    ],
    ...[undefined, null, 'OK', {}, [], [0, 0], ['x'], [''], [null], [-1], [1.5], [Number.NaN], [2 ** 53], [[0]], [new Error('secret')]].map(
      (reply): [string, RedisEval] => [`the reply ${JSON.stringify(reply)}`, async () => reply],
    ),
  ]
  it.each(failures)('is store_unavailable without a word of it, for %s', async (_, evaluate) => {
    const error: unknown = await Promise.resolve(take(evaluate)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'store_unavailable', cause: expect.any(Error) })
    expect(String(error)).toBe('TenantryError: The store of the throttle could not answer. Try again.')
  })

  it('has a code of its own where it is no reply of the script', async () => {
    for (const reply of ['hello', [0, 0], ['x']]) {
      await expect(take(async () => reply)).rejects.toMatchObject({ cause: { code: 'bad_answer' } })
    }
  })

  it('is the answer to every call that travelled together', async () => {
    const store = redisThrottleStore({ eval: () => Promise.reject(new Error('gone')) })
    const calls = [1, 2, 3].map((caller) => store.take([budget(`api:${caller}`)], 1, now))
    for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected')
  })

  it('is understood as a number, a text or a BigInt, as clients are told to give it', async () => {
    for (const reply of [0, '0', 0n]) {
      expect(await take(async () => [reply])).toMatchObject({ allowed: true, states: [{ remaining: 9 }] })
    }
  })
})

describe('a script that is asked for by its SHA-1', () => {
  const budgets = [budget('api:one')]
  it('is sent when Redis does not know it', async () => {
    const { scripts, evaluate } = emptyRedis()
    const unknown = async () => Promise.reject(new Error('NOSCRIPT No matching script. Please use EVAL.'))
    expect(await redisThrottleStore({ eval: evaluate, evalSha: unknown }).take(budgets, 1, now)).toMatchObject({ allowed: true })
    expect(scripts).toHaveLength(1)
  })

  it('is not sent when it does, nor when anything else is wrong', async () => {
    const { scripts, evaluate } = emptyRedis()
    const known: RedisEval = async (sha, keys) => keys.map(() => (/^[0-9a-f]{40}$/.test(sha) ? 0 : -1))
    expect(await redisThrottleStore({ eval: evaluate, evalSha: known }).take(budgets, 1, now)).toMatchObject({ allowed: true })
    const lost = redisThrottleStore({ eval: evaluate, evalSha: () => Promise.reject(new Error('Connection is closed.')) })
    await expect(lost.take(budgets, 1, now)).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(scripts).toEqual([])
  })
})

describe('calls to Redis', () => {
  it('of all callers travel together', async () => {
    const { scripts, evaluate } = emptyRedis()
    const store = redisThrottleStore({ eval: evaluate, prefix: 'p:' })
    await Promise.all(['api:one', 'api:two', 'api:one'].map((key) => store.take([budget(key)], 1, now)))
    expect(scripts).toEqual([['p:api{:one}', 'p:api{:two}']])
  })

  it('of one caller travel together on a cluster, those of others apart', async () => {
    const { scripts, evaluate } = emptyRedis()
    const store = redisThrottleStore({ eval: evaluate, prefix: 'p:', cluster: true })
    const answers = await Promise.all(['api:one', 'api:two', 'daily:one'].map((key) => store.take([budget(key)], 1, now)))
    expect(scripts).toEqual([['p:api{:one}', 'p:daily{:one}'], ['p:api{:two}']])
    expect(answers.map(({ states }) => states[0]?.key)).toEqual(['api:one', 'api:two', 'daily:one'])
  })

  it('that fail on one node of a cluster leave those of others alone', async () => {
    const store = redisThrottleStore({
      cluster: true,
      eval: async (_, keys) => {
        if (keys.some((key) => key.includes('{:one}'))) throw new Error('CLUSTERDOWN')
        return keys.map(() => 0)
      },
    })
    const calls = await Promise.allSettled(['api:one', 'api:two'].map((key) => store.take([budget(key)], 1, now)))
    expect(calls.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  })
})

describe('redisThrottleStore', () => {
  const evaluate: RedisEval = async () => []
  it.each([
    ['eval', undefined],
    ['eval', {}],
    ['eval', { eval: 'return 1' }],
    ['evalSha', { eval: evaluate, evalSha: 'yes' }],
    ['prefix', { eval: evaluate, prefix: '' }],
    ['prefix', { eval: evaluate, prefix: '{app}:' }],
    ['prefix', { eval: evaluate, prefix: 'x'.repeat(101) }],
    ['prefix', { eval: evaluate, prefix: 7 }],
  ])('refuses a wrong %s', (path, options) => {
    expect(() => redisThrottleStore(options as unknown as RedisThrottleOptions)).toThrow(
      expect.objectContaining({ code: 'invalid_input', details: { issues: [expect.objectContaining({ path })] } }),
    )
  })
})
