import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { type CliWorld, openCliWorld } from '../cli/world.js'

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null)('checks by the command line on a real server', () => {
  let world: CliWorld
  beforeEach(async () => {
    world = await openCliWorld(serverUrl ?? '')
    await world.tenantry.createFreeTrialPlan()
  })
  afterEach(() => world.close())

  const signUp = async (email: string): Promise<string> => (await world.tenantry.registerTrial({ email })).account.id

  /** Takes a credit out of a balance behind the ledger's back. */
  const steal = (accountId: string) => world.query(`update tenantry_account set credits = credits - 1 where id = '${accountId}'`)

  async function findings(): Promise<{ exitCode: number; statuses: Record<string, string>; fixes: string }> {
    const before = await world.dump()
    const [json, text] = [await world.cli(['doctor', '--json']), await world.cli(['doctor'])]
    expect(await world.dump()).toBe(before)
    expect(text.exitCode).toBe(json.exitCode)
    const checks: { check: string; status: string; fix: string | null }[] = json.json().checks
    for (const { check, status, fix } of checks) {
      expect(text.stdout).toMatch(new RegExp(`^${status} +${check} `, 'm'))
      expect(fix === null).toBe(status === 'ok')
    }
    const statuses = Object.fromEntries(checks.map(({ check, status }) => [check, status]))
    return { exitCode: json.exitCode, statuses, fixes: text.stdout.split('What to do:')[1] ?? '' }
  }

  describe('verify-books', () => {
    it('proves the books right', async () => {
      expect((await world.cli(['verify-books'])).stdout).toBe('0 accounts, 0 entries checked: all right\n')
      const accountId = await signUp('a@example.com')
      await signUp('b@example.com')
      const all = await world.cli(['verify-books', '--json', '--progress'])
      expect({ exitCode: all.exitCode, result: all.json() }).toEqual({
        exitCode: 0,
        result: { ok: true, accounts: 2, entries: 2, problems: [] },
      })
      expect(all.stderr).toBe('2 accounts, 2 entries checked: all right\n')
      const one = await world.cli(['verify-books', '--account', accountId])
      expect(one).toMatchObject({ exitCode: 0, stdout: '1 account, 1 entry checked: all right\n', stderr: '' })
    })

    it('names what is wrong with exit code 1', async () => {
      const [right, wrong] = [await signUp('a@example.com'), await signUp('b@example.com')]
      await steal(wrong)
      const json = await world.cli(['verify-books', '--json'])
      expect(json.exitCode).toBe(1)
      expect(json.json()).toMatchObject({ ok: false, accounts: 2 })
      expect(json.json().problems).toContainEqual({
        invariant: 'balance_is_sum_of_entries',
        accountId: wrong,
        expected: 2000,
        found: 1999,
      })
      const text = await world.cli(['verify-books', '--account', wrong])
      expect(text.exitCode).toBe(1)
      expect(text.stdout).toMatch(new RegExp(`^${wrong}  balance_is_sum_of_entries +2000 +1999$`, 'm'))
      expect(text.stdout).toMatch(/\n\n1 account, 1 entry checked: \d problems\n$/)
      expect((await world.cli(['verify-books', '--account', right])).exitCode).toBe(0)
    })

    it('refuses an account that does not exist', async () => {
      const { exitCode, stderr } = await world.cli(['verify-books', '--account', 'nobody'])
      expect(exitCode).toBe(1)
      expect(stderr).toMatch(/^account_not_found: There is no such account\. .*\n$/)
    })
  })

  describe('doctor', () => {
    it('finds nothing wrong where nothing is', async () => {
      await signUp('a@example.com')
      await world.tenantry.createAdmin({ email: 'root@example.com', password: 'a long enough secret' }, { type: 'system', id: 'test' })
      const { exitCode, statuses } = await findings()
      expect(exitCode).toBe(0)
      const { role, encryption, ...others } = statuses
      expect(Object.keys(others)).toEqual([
        'connection',
        'server version',
        'encoding',
        'date style',
        'writable',
        'durability',
        'clock',
        'migrations',
        'ledger trigger',
        'trial plan',
        'administrators',
        'books',
      ])
      expect(new Set(Object.values(others))).toEqual(new Set(['ok']))
    })

    it('warns that there is no administrator, which may be meant so', async () => {
      const { exitCode, statuses, fixes } = await findings()
      expect({ exitCode, administrators: statuses['administrators'] }).toEqual({ exitCode: 0, administrators: 'warn' })
      expect(fixes).toContain('administrators: Run: tenantry create-admin')
    })

    it('finds pending migrations, and looks no further', async () => {
      await world.cli(['rollback'])
      const { exitCode, statuses, fixes } = await findings()
      expect({ exitCode, migrations: statuses['migrations'] }).toEqual({ exitCode: 1, migrations: 'fail' })
      expect(fixes).toContain('migrations: See that --schema names the right schema, then run: tenantry migrate')
      expect(Object.keys(statuses)).not.toContain('books')
    })

    it('finds migrations of another version', async () => {
      await world.query(`insert into tenantry_migration (name, applied_at) values ('9999-later', current_timestamp)`)
      expect((await findings()).statuses['migrations']).toBe('warn')
    })

    it('finds a ledger that can be changed', async () => {
      await world.query('alter table tenantry_credit_entry disable trigger tenantry_credit_entry_append_only')
      const disabled = await findings()
      expect({ exitCode: disabled.exitCode, trigger: disabled.statuses['ledger trigger'] }).toEqual({ exitCode: 1, trigger: 'fail' })
      expect(disabled.fixes).toContain('alter table tenantry_credit_entry enable trigger tenantry_credit_entry_append_only')
      await world.query('drop trigger tenantry_credit_entry_append_only on tenantry_credit_entry')
      const dropped = await findings()
      expect({ exitCode: dropped.exitCode, trigger: dropped.statuses['ledger trigger'] }).toEqual({ exitCode: 1, trigger: 'fail' })
      expect(dropped.fixes).toMatch(/Create it anew as the migration \d{4}-\S+ does\./)
    })

    it('finds a trial plan that is off sale or missing', async () => {
      await world.tenantry.setPlanActive({ slug: 'free-trial', isActive: false }, { type: 'system', id: 'test' })
      const inactive = await findings()
      expect({ exitCode: inactive.exitCode, plan: inactive.statuses['trial plan'] }).toEqual({ exitCode: 1, plan: 'fail' })
      expect(inactive.fixes).toContain('tenantry plans --activate free-trial')
      await world.query('delete from tenantry_plan')
      expect((await findings()).fixes).toContain('tenantry create-free-trial-plan')
    })

    it('finds books that are wrong', async () => {
      await steal(await signUp('a@example.com'))
      const { exitCode, statuses, fixes } = await findings()
      expect({ exitCode, books: statuses['books'] }).toEqual({ exitCode: 1, books: 'fail' })
      expect(fixes).toContain('tenantry verify-books')
    })

    it('finds a database that cannot be written to, and one that forgets', async () => {
      const name = new URL(world.url).pathname.slice(1)
      await world.query(`alter database ${name} set default_transaction_read_only = on`)
      await world.query(`alter database ${name} set synchronous_commit = off`)
      const { exitCode, statuses, fixes } = await findings()
      expect({ exitCode, statuses }).toMatchObject({ exitCode: 1, statuses: { writable: 'fail', durability: 'fail' } })
      expect(fixes).toContain('Set synchronous_commit to on.')
    })

    it('says of what it may not see that it could not look', async () => {
      await world.query('alter table tenantry_user rename to not_tenantry_user')
      expect((await findings()).statuses['administrators']).toBe('fail')
    })
  })
})
