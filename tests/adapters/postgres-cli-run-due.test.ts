import { Kysely, PostgresDialect } from 'kysely'
import { createTenantry, type Store } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { manualClock } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type CliWorld, openCliWorld } from '../cli/world.js'
import { createPool } from '../support/postgres.js'

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null)('tenantry run-due on a real server', () => {
  let world: CliWorld
  let store: Store
  let close: () => Promise<void>
  beforeAll(async () => {
    world = await openCliWorld(serverUrl ?? '')
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: createPool(world.url, 2) }) })
    store = kyselyStore(db)
    close = () => db.destroy()
    await world.tenantry.createFreeTrialPlan()
  })
  afterAll(async () => {
    await close()
    await world.close()
  })

  let people = 0
  /** A trial that began so many days ago. */
  async function signUp(daysAgo: number): Promise<string> {
    const clock = manualClock(new Date(Date.now() - daysAgo * 86_400_000))
    people += 1
    const { account } = await createTenantry({ store, clock }).registerTrial({ email: `late${people}@example.com` })
    return account.id
  }
  const eventsOf = async (accountId: string) =>
    (await world.tenantry.listEvents({ accountId })).items.map(({ event }) => event.name).filter((name) => name.startsWith('trial.'))

  it('says when there is nothing to do', async () => {
    const { exitCode, stdout } = await world.cli(['run-due'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'Nothing is due.\n' })
  })

  it('does what is due, and dry only says so', async () => {
    const [over, ending] = [await signUp(15), await signUp(13.5)]
    const before = await world.dump()
    const dry = await world.cli(['run-due', '--dry-run', '--json'])
    expect(dry.json()).toMatchObject({ accounts: 2, trialReminders: 1, trialsExpired: 1, creditExpirations: 1, dryRun: true })
    expect(await world.dump()).toBe(before)
    const { exitCode, stdout, stderr } = await world.cli(['run-due', '--progress'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/accounts +2\ntrial reminders +1\ntrials expired +1\ncredit expirations +1\n/)
    expect(stderr).toBe('2 accounts brought up to date\n')
    expect([await eventsOf(over), await eventsOf(ending)]).toEqual([['trial.expired'], ['trial.ending']])
    expect((await world.cli(['run-due', '--json'])).json()).toMatchObject({ accounts: 0, failures: [] })
  })

  it('stops at a limit, and goes by the days that are named', async () => {
    await signUp(16)
    await signUp(15)
    const first = await world.cli(['run-due', '--limit', '1'])
    expect(first.stdout).toMatch(/note +the limit was reached/)
    expect((await world.cli(['run-due', '--json'])).json()).toMatchObject({ accounts: 1, isLimited: false })
    const wrong = await world.cli(['run-due', '--remind-days', '3,x'])
    expect({ exitCode: wrong.exitCode, says: wrong.stderr.includes('--remind-days must be whole numbers') }).toEqual({
      exitCode: 2,
      says: true,
    })
    expect((await world.cli(['run-due', '--remind-days', '5,2', '--grace-days', '0'])).exitCode).toBe(0)
  })

  it('names an account that is broken, and does the rest', async () => {
    const broken = await signUp(15)
    const fine = await signUp(15)
    const sql = 'update tenantry_account set unsettled_spend = 999999 where id = '
    await world.query(`${sql}'${broken}'`)
    const { exitCode, stdout } = await world.cli(['run-due'])
    expect(exitCode).toBe(1)
    expect(stdout).toContain(broken)
    expect(await eventsOf(fine)).toEqual(['trial.expired'])
    await world.query(`update tenantry_account set unsettled_spend = 0 where id = '${broken}'`)
    expect((await world.cli(['run-due', '--json'])).json()).toMatchObject({ accounts: 1, trialsExpired: 1 })
  })
})
