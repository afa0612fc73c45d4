import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { redisThrottleStore } from 'tenantry/redis'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { dropKeys, freshPrefix, openIoredis } from '../support/redis.js'
import type { ThrottlerOrders } from './redis-throttler.js'

const redisUrl = inject('redisUrl')
const program = fileURLToPath(new URL('./redis-throttler.ts', import.meta.url))

/** A process that is ready for its orders. */
async function startProcess(): Promise<ChildProcess> {
  const child = fork(program, [], { execArgv: ['--import', 'tsx'] })
  await once(child, 'message')
  return child
}

/** How many calls the process got through; one that dies before it tells fails the test. */
async function told(child: ChildProcess, orders: ThrottlerOrders): Promise<number> {
  const answer = Promise.race([
    once(child, 'message').then(([message]) => message as number),
    once(child, 'exit').then(([code]): never => {
      throw new Error(`a process ended with ${code}`)
    }),
  ])
  child.send(orders)
  return answer.finally(() => child.connected && child.disconnect())
}

describe.skipIf(redisUrl === null)('two processes on one Redis', () => {
  const prefix = freshPrefix()
  const nowMs = Date.UTC(2026, 2, 1, 12)
  let connection: ReturnType<typeof openIoredis>
  beforeAll(() => {
    connection = openIoredis(redisUrl ?? '')
  })
  afterAll(async () => {
    await dropKeys(connection.redis, prefix)
    await connection.close()
  })

  const admittedBy = async (budgets: ThrottlerOrders['budgets'], calls: number): Promise<number[]> => {
    const processes = await Promise.all([startProcess(), startProcess()])
    return Promise.all(processes.map((child) => told(child, { url: redisUrl ?? '', prefix, nowMs, budgets, calls })))
  }
  const left = async (budget: ThrottlerOrders['budgets'][number]): Promise<number | undefined> => {
    const store = redisThrottleStore({ eval: connection.eval, prefix })
    return (await store.take([budget], 0, nowMs)).states[0]?.remaining
  }

  it('admit exactly the limit between them', async () => {
    const budget = { key: 'api:shared', limit: 1000, windowSeconds: 3600 }
    const admitted = await admittedBy([budget], 900)
    expect(admitted.reduce((sum, count) => sum + count)).toBe(1000)
    expect(Math.min(...admitted)).toBeGreaterThan(0)
  })

  it('take every call from both of two budgets or from neither', async () => {
    const wide = { key: 'wide:both', limit: 1500, windowSeconds: 3600 }
    const narrow = { key: 'narrow:both', limit: 700, windowSeconds: 3600 }
    const admitted = await admittedBy([wide, narrow], 600)
    expect(admitted.reduce((sum, count) => sum + count)).toBe(700)
    expect([await left(wide), await left(narrow)]).toEqual([800, 0])
  })
})
