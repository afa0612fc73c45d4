import { redisThrottleStore } from 'tenantry/redis'
import { openIoredis } from '../support/redis.js'

/** What a process is told. */
export interface ThrottlerOrders {
  readonly url: string
  readonly prefix: string
  readonly nowMs: number
  /** Each call is taken from these, in this order or the other way round. */
  readonly budgets: readonly { readonly key: string; readonly limit: number; readonly windowSeconds: number }[]
  readonly calls: number
}

// This file is the program of a process that makes calls until it has been answered, and ends when its parent lets go of it.
if (process.send !== undefined && process.argv[1]?.endsWith('throttler.ts')) {
  process.once('message', async (orders: ThrottlerOrders) => {
    process.send?.(await makeCalls(orders))
  })
  process.send('ready')
}

/** How many calls were admitted, of which some travel together and some do not. */
async function makeCalls({ url, prefix, nowMs, budgets, calls }: ThrottlerOrders): Promise<number> {
  const connection = openIoredis(url)
  const store = redisThrottleStore({ eval: connection.eval, prefix })
  let admitted = 0
  const backwards = [...budgets].reverse()
  const caller = async (first: number): Promise<void> => {
    for (let call = first; call < calls; call += 8) {
      const { allowed } = await store.take(call % 2 === 0 ? budgets : backwards, 1, nowMs)
      if (allowed) admitted += 1
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, first) => caller(first)))
  await connection.close()
  return admitted
}
