import { Cluster } from 'ioredis'
import { memoryThrottleStore } from 'tenantry/memory'
import { type RedisEval, redisThrottleStore } from 'tenantry/redis'
import { throttleStoreContract } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { freshPrefix } from '../support/redis.js'
import { type RedisCluster, startRedisCluster } from '../support/redis-cluster.js'
import { answersInCrowds, answersInTurn, recordedCalls } from '../support/throttle-transcript.js'

const program = inject('redisProgram')

describe.skipIf(program === null)('the throttle on Redis Cluster', () => {
  let server: RedisCluster
  let cluster: Cluster
  beforeAll(async () => {
    server = await startRedisCluster(program ?? '')
    cluster = new Cluster([{ host: '127.0.0.1', port: server.port }])
  })
  afterAll(async () => {
    cluster?.disconnect()
    await server?.close()
  })
  const run: RedisEval = (script, keys, args) => cluster.eval(script, keys.length, ...keys, ...args)
  const newStore = () => redisThrottleStore({ eval: run, prefix: freshPrefix(), cluster: true })

  describe('keeps its promises', () => {
    for (const { name, run: check } of throttleStoreContract(newStore)) it(name, check)
  })

  it('answers as the one in memory, also to crowds of several callers', async () => {
    const calls = recordedCalls(11, 600)
    expect(await answersInCrowds(newStore(), calls, 37)).toEqual(await answersInTurn(memoryThrottleStore(), calls))
  })

  it('needs to be told that it is one', async () => {
    const store = redisThrottleStore({ eval: run, prefix: freshPrefix() })
    const calls = ['api:one', 'api:two'].map((key) => store.take([{ key, limit: 5, windowSeconds: 60 }], 1, Date.now()))
    await expect(Promise.all(calls)).rejects.toMatchObject({ cause: { message: expect.stringContaining('CROSSSLOT') } })
  })
})
