import { createRequire } from 'node:module'
import { TenantryError } from '../../errors.js'
import type { PasswordHasher } from '../../ports/runtime.js'
import { type WorkerPool, workerPool } from './worker-pool.js'

/** How hard passwords are hashed, and by how many threads. */
export interface BcryptHasherOptions {
  /** The work factor, 10 to 15; each step doubles the time. 12 when left out, about a third of a second. */
  readonly cost?: number | undefined
  /** Worker threads, 1 to 64; 2 when left out. Hashers that name the same number share the threads. */
  readonly workers?: number | undefined
}

type Job = { readonly password: string; readonly cost: number } | { readonly password: string; readonly verifier: string }

// Given as text, so that it starts alike from the TypeScript sources and from both builds.
const source = `
const { parentPort, workerData } = require('node:worker_threads')
const bcrypt = require(workerData)
parentPort.on('message', ({ password, cost, verifier }) => {
  parentPort.postMessage(cost === undefined ? bcrypt.compareSync(password, verifier) : bcrypt.hashSync(password, cost))
})
`

const verifierPattern = /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/

/**
 * Hashes passwords with bcrypt in worker threads, so that the event loop never waits for a password. Jobs are done in the order in which
 * they come. The threads start with the first job, are replaced when they die, and do not keep the process alive without a job. The package
 * `bcryptjs` must be installed next to this one at run time, also when the host is bundled.
 *
 * A verifier that cannot be read takes as long as one that can, so that the time of the answer does not tell.
 *
 * @throws TenantryError `invalid_input` when `cost` or `workers` is out of bounds
 */
export function bcryptHasher({ cost = 12, workers = 2 }: BcryptHasherOptions = {}): PasswordHasher {
  requireInteger('cost', cost, 10, 15)
  requireInteger('workers', workers, 1, 64)
  const run = (job: Job) => sharedPool(workers).run(job)
  const hash = async (password: string): Promise<string> => String(await run({ password, cost }))
  return {
    hash,
    async verify(password, verifier) {
      if (verifierPattern.test(verifier)) return (await run({ password, verifier })) === true
      await hash(password)
      return false
    },
    isOutdated: (verifier) => !verifierPattern.test(verifier) || !verifier.startsWith(`$2b$${cost}$`),
  }
}

const pools = new Map<number, WorkerPool<Job, string | boolean>>()

function sharedPool(size: number): WorkerPool<Job, string | boolean> {
  const pool = pools.get(size) ?? startPool(size)
  pools.set(size, pool)
  return pool
}

function startPool(size: number): WorkerPool<Job, string | boolean> {
  const bcryptjs = createRequire(import.meta.url).resolve('bcryptjs')
  return workerPool({ name: 'tenantry passwords', source, data: bcryptjs }, size)
}

function requireInteger(path: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return
  throw new TenantryError('invalid_input', { issues: [{ path, message: `use an integer from ${min} to ${max}` }] })
}
