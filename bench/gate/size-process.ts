import { setTimeout as sleep } from 'node:timers/promises'
import { openPool } from '../support/database.js'
import { roomy } from './limiter.js'
import { limiters } from './memory-limiters.js'
import { tenantryOn } from './ours.js'
import type { Filling } from './sizes.js'

// Fills what it is told to, and says how many bytes that took.
process.once('message', async (filling: Filling) => {
  process.send?.(await (filling.what === 'gate cache' ? sizeOfGateCache(filling) : sizeOfLimiter(filling)))
  process.exit()
})

/** Everything counts: the numbers, the keys, and the room that is made beforehand. */
async function sizeOfLimiter({ name, keys }: Extract<Filling, { what: 'limiter' }>): Promise<number> {
  const limiter = limiters.find((each) => each.name === name)
  if (limiter === undefined) throw new Error(`there is no limiter "${name}"`)
  const before = await bytesInUse()
  const takeAll = limiter.make(roomy, keys)
  for (let number = 0; number < keys; number++) await takeAll([`api:00000000-0000-7000-8000-${String(number).padStart(12, '0')}`])
  const size = (await bytesInUse()) - before
  await takeAll([]) // so that it is still there when its size is taken
  return size
}

/** First without a cache, so that connections, statements and compiled code are there already and do not count. */
async function sizeOfGateCache({ databaseUrl, secrets }: Extract<Filling, { what: 'gate cache' }>): Promise<number> {
  const connections = openPool(databaseUrl)
  const askAll = async (tenantry: ReturnType<typeof tenantryOn>): Promise<void> => {
    for (const credential of secrets) if (!(await tenantry.authenticate({ credential })).ok) throw new Error('a valid key was refused')
  }
  await askAll(tenantryOn(connections))
  const before = await bytesInUse()
  const tenantry = tenantryOn(connections, { ttlSeconds: 60, maxEntries: secrets.length })
  await askAll(tenantry)
  const size = (await bytesInUse()) - before
  await tenantry.authenticate({ credential: null }) // so that it is still there when its size is taken
  return size
}

/** What is in use after everything that is not has been collected. */
async function bytesInUse(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc?.()
    await sleep(50)
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
