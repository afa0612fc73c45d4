import { createTenantry, type Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { plainHasher } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPool } from '../support/postgres.js'
import { type OtherProcess, startOtherProcess } from './other-process.js'
import { admin, openAccount, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null)('look-ups that travel together, while another process changes what they look up', () => {
  let world: World
  let other: OtherProcess
  let pool: ReturnType<typeof createPool>
  let tenantry: Tenantry
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '')
    other = await startOtherProcess({ url: world.url, now: world.clock().toISOString() })
    pool = createPool(world.url, 10)
    tenantry = createTenantry({ store: kyselyStore(world.db, { pool }), clock: world.clock, passwords: plainHasher() })
  }, 60_000)
  afterAll(async () => {
    other?.end()
    await pool.end()
    await world.close()
  })

  /** Asks without a pause, 32 at a time, about everybody, until the work is done. */
  async function underLoad(asks: readonly (() => Promise<unknown>)[], work: () => Promise<void>): Promise<void> {
    let isDone = false
    const caller = async (_: unknown, start: number): Promise<void> => {
      for (let next = start; !isDone; next += 1) await asks[next % asks.length]?.()
    }
    const callers = Promise.all(times(32, (index) => caller(null, index)))
    try {
      await work()
    } finally {
      isDone = true
      await callers
    }
  }

  it('see every change that was committed before they were asked', async () => {
    const accounts = await Promise.all(times(8, () => openAccount(world, 100)))
    const keys = await Promise.all(accounts.map((accountId) => tenantry.createApiKey({ accountId, name: 'CI' }, admin)))
    const byKey = keys.map(
      ({ secret }) =>
        () =>
          tenantry.authenticate({ credential: secret }),
    )
    const byAccount = accounts.map((accountId) => () => tenantry.validateAccountAndPlan({ accountId }))
    await underLoad([...byKey, ...byAccount], async () => {
      for (const round of times(16, (index) => index)) {
        const index = round % accounts.length
        const accountId = accounts[index]
        await other.does('suspendAccount', { accountId, reason: 'spam' }, admin)
        expect(await byKey[index]?.()).toMatchObject({ code: 'account_suspended' })
        expect(await byAccount[index]?.()).toMatchObject({ code: 'account_suspended' })
        await other.does('reinstateAccount', { accountId, reason: 'ham' }, admin)
        expect(await byKey[index]?.()).toMatchObject({ ok: true })
      }
      for (const [index, { apiKey }] of keys.entries()) {
        await other.does('revokeApiKey', { accountId: apiKey.accountId, apiKeyId: apiKey.id }, admin)
        expect(await byKey[index]?.()).toMatchObject({ code: 'invalid_credential' })
      }
    })
  })
})
