import { isTenantryError } from 'tenantry'
import { kyselyStore, kyselyThrottleStore } from 'tenantry/kysely'
import { describe, expect, it } from 'vitest'

const noKyselies = [undefined, null, {}, 'postgres://localhost/mine', { connect: () => Promise.resolve() }]

describe('what is no Kysely', () => {
  it.each(noKyselies)('is refused with a word on what would be: %s', async (value) => {
    const db = value as never
    for (const make of [async () => kyselyStore(db), async () => kyselyThrottleStore(db)]) {
      const refusal: unknown = await make().catch((error: unknown) => error)
      expect(isTenantryError(refusal, 'invalid_input') && refusal.details.issues).toEqual([{ path: 'db', message: 'must be a Kysely' }])
    }
  })
})
