import { inject } from 'vitest'
import { freshDatabase } from '../../support/postgres.js'
import type { Stand } from './world.js'

/** Postgres inside the process, in memory. */
export const embedded: Stand['database'] = async () => ({ options: {}, drop: async () => {} })

/** A database of its own on the server, for tests that run only where there is one. */
export const onServer: Stand['database'] = async () => {
  const { url, drop } = await freshDatabase(inject('postgresUrl') ?? '')
  return { options: { databaseUrl: url }, drop }
}
