import { createTenantry, freeTrialPlan } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { manualClock, plainHasher } from 'tenantry/testing'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { startExample } from '../examples/program.js'
import { openDatabase, type TestDatabase } from '../support/kysely.js'

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null)('the examples that run what is due', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openDatabase(serverUrl ?? '')
  })
  afterEach(() => database.close())

  it.each([
    ['a plain timer', 'run-due/timer.ts', ['1']],
    ['pg-boss', 'run-due/pg-boss.ts', []],
  ])('do it with %s, and stop when they are told to', async (_, file, args) => {
    const clock = manualClock(new Date(Date.now() - 15 * 86_400_000))
    const tenantry = createTenantry({
      store: kyselyStore(database.db),
      clock,
      plans: { 'free-trial': freeTrialPlan },
      passwords: plainHasher(),
    })
    await tenantry.syncPlans()
    const { account } = await tenantry.registerTrial({ email: 'ada@example.com' })

    const program = startExample(file, { args, env: { DATABASE_URL: database.url } })
    await program.wrote('1 trialsExpired')
    program.signal('SIGTERM')
    expect(await program.ended()).toBe(0)
    expect(program.output()).toBe('Done: 1 accounts, 1 trialsExpired, 1 creditExpirations.\nStopped.\n')
    const { items } = await tenantry.listEvents({ accountId: account.id })
    expect(items.map(({ event }) => event.name)).toContain('trial.expired')
  })

  it('say what they miss', async () => {
    const program = startExample('run-due/timer.ts')
    expect(await program.ended()).toBe(1)
    expect(program.output()).toContain('Set DATABASE_URL')
  })
})
