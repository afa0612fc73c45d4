import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { BenchDatabase } from '../support/database.js'
import { printTable, whole } from '../support/figures.js'
import type { Target } from './contest.js'
import { express, fastify, flexible, tenantry } from './memory-limiters.js'
import { tenantryOn } from './ours.js'
import { addTenants } from './tenants.js'

/** What a process is to fill, so that its size is seen. */
export type Filling =
  | { readonly what: 'limiter'; readonly name: string; readonly keys: number }
  | { readonly what: 'gate cache'; readonly databaseUrl: string; readonly secrets: readonly string[] }

const trackedKeys = 65_536
const cachedKeys = 2000

/** The most bytes of each that the documentation states: of `MemoryThrottleOptions`, and of the option `gateCache`. */
const stated = { trackedKey: 160, cachedKey: 6000 }

/** Bytes for each key that is throttled in memory and each API key that the gate remembers: each kind counted in a process of its own. */
export async function benchSizes({ url, ...connections }: BenchDatabase): Promise<Target[]> {
  console.error('Sizes …')
  const sizes: Size[] = []
  for (const { name } of [tenantry, flexible, fastify, express]) {
    const bytes = await fill({ what: 'limiter', name, keys: trackedKeys })
    sizes.push({ name: `a throttled key, ${name}`, bytes: bytes / trackedKeys, count: trackedKeys })
  }
  const secrets = await addTenants(tenantryOn(connections), cachedKeys)
  const bytes = await fill({ what: 'gate cache', databaseUrl: url, secrets })
  sizes.push({ name: 'a key with its account in the cache of the gate', bytes: bytes / cachedKeys, count: cachedKeys })
  console.log('\nMemory')
  printTable([['', 'bytes each', 'counted'], ...sizes.map(({ name, bytes, count }) => [name, whole(bytes), whole(count)])])
  return [
    { what: 'bytes for a throttled key', values: [sizes[0]?.bytes ?? 0], atMost: stated.trackedKey },
    { what: 'bytes for a key with its account in the cache of the gate', values: [bytes / cachedKeys], atMost: stated.cachedKey },
  ]
}

interface Size {
  readonly name: string
  readonly bytes: number
  readonly count: number
}

const program = fileURLToPath(new URL('size-process.ts', import.meta.url))

/** Answers the bytes that were taken. */
async function fill(filling: Filling): Promise<number> {
  const child = fork(program, { execArgv: [...process.execArgv, '--expose-gc'] })
  child.send(filling)
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`The process that fills the ${filling.what} ended with ${code}`)),
  )
  const [bytes] = await Promise.race([once(child, 'message'), ended])
  ended.catch(() => {})
  return Number(bytes)
}
