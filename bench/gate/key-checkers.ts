import { apiKey } from '@better-auth/api-key'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import type pg from 'pg'
import type { BenchPool } from '../support/database.js'
import { ours } from './contest.js'
import { tenantryOn } from './ours.js'
import { addTenants, makeMany } from './tenants.js'

/** A way to find out whose API key this is. */
export interface KeyChecker {
  readonly name: string
  /** Makes its tables and so many keys. */
  prepare(connections: BenchPool, count: number): Promise<string[]>
  /** Checks a key, and answers whether it is valid. */
  open(connections: BenchPool): (secret: string) => Promise<boolean>
}

/** Finds key, owner, account, plan and subscription, judges the account, and remembers nothing. */
export const tenantry: KeyChecker = {
  name: ours,
  prepare: (connections, count) => addTenants(tenantryOn(connections), count),
  open(connections) {
    const { authenticate } = tenantryOn(connections)
    return async (credential) => (await authenticate({ credential })).ok
  },
}

/** Finds the key alone. */
export const betterAuthWithoutLimit = betterAuthChecker('better-auth, no rate limit', { enabled: false })

/** With its own defaults, but for the limit of ten calls a day. */
export const betterAuthByDefault = betterAuthChecker('better-auth', { maxRequests: 1_000_000_000 })

function betterAuthChecker(name: string, rateLimit: RateLimit): KeyChecker {
  return {
    name,
    async prepare({ pool }, count) {
      const options = optionsOf(pool, rateLimit)
      await (await getMigrations(options)).runMigrations()
      const auth = betterAuth(options)
      const email = `${name.replace(/\W/g, '')}@example.com`
      const { user } = await auth.api.signUpEmail({ body: { name, email, password: 'a long password' } })
      return makeMany(count, async () => (await auth.api.createApiKey({ body: { userId: user.id } })).key)
    },
    open({ pool }) {
      const { api } = betterAuth(optionsOf(pool, rateLimit))
      return async (key) => (await api.verifyApiKey({ body: { key } })).valid
    },
  }
}

interface RateLimit {
  readonly enabled?: boolean
  readonly maxRequests?: number
}

/** What its documentation shows for Postgres. */
const optionsOf = (database: pg.Pool, rateLimit: RateLimit) => ({
  database,
  secret: 'a secret of more than thirty-two characters',
  baseURL: 'http://127.0.0.1',
  emailAndPassword: { enabled: true },
  logger: { disabled: true },
  plugins: [apiKey({ rateLimit })],
})
