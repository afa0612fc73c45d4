import { randomBytes } from 'node:crypto'
import { createTenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { apiKeyEntropyBytes, apiKeySecret, checksum } from '../../src/domain/credential.js'
import { openDatabase, type TestDatabase } from '../support/kysely.js'

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null)('somebody who guesses keys, on a Postgres server', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '')
  })
  afterAll(() => database.close())

  it('finds none, asks one question for each at most, and none where the checksum is wrong', async () => {
    const rules = { api: { limit: 500, windowSeconds: 3600 } }
    const now = new Date()
    const tenantry = createTenantry({ store: kyselyStore(database.db), throttling: { defaults: rules }, clock: () => now })
    await tenantry.createFreeTrialPlan()
    const { account, user } = await tenantry.registerTrial({ email: 'ada@example.com' })
    const { secret } = await tenantry.createApiKey({ accountId: account.id, name: 'CI' }, { type: 'user', id: user.id })
    const guess = async (credentials: string[]) => {
      database.clearLog()
      const answers = await Promise.all(
        credentials.map((credential) => tenantry.authorize({ credential, scope: 'api', ip: '203.0.113.5' })),
      )
      const counts = new Map<string, number>()
      for (const answer of answers) {
        const code = answer.ok ? 'let in' : answer.code
        counts.set(code, (counts.get(code) ?? 0) + 1)
      }
      return { counts: Object.fromEntries(counts), statements: database.log.length }
    }

    const wellFormed = await guess(Array.from({ length: 2_000 }, () => apiKeySecret(randomBytes(apiKeyEntropyBytes)) ?? ''))
    expect(wellFormed.counts).toEqual({ invalid_credential: 500, throttled: 1_500 })
    expect(wellFormed.statements).toBeGreaterThan(0)
    expect(wellFormed.statements).toBeLessThanOrEqual(2_000)

    const random = secret.slice(9, -6)
    const sums = Array.from({ length: 2_000 }, (_, index) => `tnt_live_${random}${checksum(`${random}${index}`)}`)
    expect(await guess(sums.filter((text) => text !== secret))).toEqual({ counts: { throttled: 2_000 }, statements: 0 })
    expect(await tenantry.authorize({ credential: secret, scope: 'api', ip: '203.0.113.5' })).toMatchObject({ ok: true })
  })
})
