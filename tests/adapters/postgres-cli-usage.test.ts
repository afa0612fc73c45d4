import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type CliWorld, openCliWorld } from '../cli/world.js'

const serverUrl = inject('postgresUrl')
const admin = { type: 'admin', id: 'staff-1' } as const

describe.skipIf(serverUrl === null)('usage and entries on a real server', () => {
  let world: CliWorld
  let accountId: string
  let before: string
  /** When everything is used: on one day, also when midnight passes meanwhile. */
  const now = new Date()
  beforeAll(async () => {
    world = await openCliWorld(serverUrl ?? '', { clock: () => now })
    await world.tenantry.createFreeTrialPlan()
    const { account, user } = await world.tenantry.registerTrial({ email: 'ada@example.com' })
    accountId = account.id
    const spend = (amount: number, operation: string, userId?: string) =>
      world.tenantry.spendCredits({ accountId, amount, operation, idempotencyKey: `${operation} ${amount}`, userId })
    for (let amount = 1; amount <= 3; amount++) await spend(amount, 'page.generate', user.id)
    const { entry } = await spend(100, '=HYPERLINK("http://x","y")')
    await world.tenantry.refundCredits({ entryId: entry.id, amount: 40, idempotencyKey: 'back', reason: 'half, or so' }, admin)
    before = await world.dump()
  })
  afterAll(async () => {
    expect(await world.dump()).toBe(before) // neither command changes anything
    await world.close()
  })

  const account = () => ['--account', accountId]
  const today = now.toISOString().slice(0, 10)

  it('adds up by day when nothing else is said, and tells the same to machines', async () => {
    const { exitCode, stdout, stderr } = await world.cli(['usage', ...account()])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^account  ${accountId}\nfrom     \\S+T00:00:00.000Z\nbefore   \\S+T00:00:00.000Z\n\nday `))
    expect(stdout).toMatch(new RegExp(`\n${today}    106        40       4\n-+\ntotal         106        40       4\n$`))
    const item = { spent: 106, refunded: 40, count: 4 }
    const { json } = await world.cli(['usage', '--email', 'ada@example.com', '--json'])
    expect(json()).toMatchObject({ accountId, by: 'day', items: [{ key: today, ...item }], total: item })
    expect(Date.parse(json().to) - Date.parse(json().from)).toBe(30 * 86_400_000)
  })

  it('adds up by operation and user, also as CSV', async () => {
    const operations = await world.cli(['usage', ...account(), '--by', 'operation', '--csv'])
    expect(operations).toMatchObject({ exitCode: 0, stderr: '' })
    expect(operations.stdout).toBe(
      `operation,spent,refunded,count\r\n"'=HYPERLINK(""http://x"",""y"")",100,40,1\r\npage.generate,6,0,3\r\n`,
    )
    const users = await world.cli(['usage', ...account(), '--by', 'user'])
    expect(users.stdout).toMatch(/\n\(none\) +100 +40 +1\n-+\ntotal +106 +40 +4\n$/)
    const keys = await world.cli(['usage', ...account(), '--by', 'api_key', '--csv'])
    expect(keys.stdout).toBe('api_key,spent,refunded,count\r\n,106,40,4\r\n')
  })

  it('says so when nothing was used', async () => {
    const january = ['--from', '2026-01-01', '--to', '2026-02-01']
    expect((await world.cli(['usage', ...account(), ...january])).stdout).toMatch(/\n\nNothing was used in this time\.\n$/)
    expect((await world.cli(['usage', ...account(), ...january, '--csv'])).stdout).toBe('day,spent,refunded,count\r\n')
  })

  it('prints the ledger as a table, one document, lines and CSV', async () => {
    const text = await world.cli(['entries', ...account()])
    expect(text).toMatchObject({ exitCode: 0, stderr: '' })
    expect(text.stdout).toMatch(/\n +6 +\S+ +refund +40 +1934 +=HYPERLINK.*: half, or so\n/)
    expect(text.stdout).toMatch(/\n\n6 entries: 2040 credits came, 106 went\n$/)
    const json = (await world.cli(['entries', ...account(), '--json', '--limit', '2'])).json()
    expect(json).toMatchObject({ accountId, entries: [{ sequence: 6 }, { sequence: 5 }], next: '5' })
    const older = (await world.cli(['entries', ...account(), '--json', '--before', json.next])).json()
    expect(older.entries.map(({ sequence }: { sequence: number }) => sequence)).toEqual([4, 3, 2, 1])
    expect(older.next).toBeNull()
    const lines = (await world.cli(['entries', ...account(), '--ndjson'])).stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).balanceAfter)).toEqual([1934, 1894, 1994, 1997, 1999, 2000])
    const csv = (await world.cli(['entries', ...account(), '--csv'])).stdout.split('\r\n')
    expect([csv.length, csv.at(-1)]).toEqual([8, ''])
    expect(csv[2]).toContain(`,usage,-100,1894,"'=HYPERLINK(""http://x"",""y"")",`)
  })

  it('tells on a terminal how far it is, on stderr alone', async () => {
    const { stdout, stderr } = await world.cli(['entries', ...account(), '--ndjson', '--limit', '4'], { stderrIsTTY: true })
    expect(stdout.trimEnd().split('\n')).toHaveLength(4)
    expect(stderr).toBe('\r\u001b[2K4 of 4 entries\r\u001b[2K')
    expect((await world.cli(['entries', ...account(), '--csv', '--progress'])).stderr).toBe('6 of 6 entries\n')
    const both = await world.cli(['entries', ...account()], { stderrIsTTY: true, stdoutIsTTY: true })
    expect(both.stderr).toBe('')
  })

  it.each(['usage', 'entries'])('refuses an account that does not exist: %s', async (command) => {
    const refused = await world.cli([command, '--account', 'nobody'])
    expect(refused).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^account_not_found: There is no such account\. .*\n$/),
    })
    expect((await world.cli([command, '--email', 'nobody@example.com', '--json'])).json()).toMatchObject({
      error: { code: 'account_not_found' },
    })
    expect(await world.cli([command, '--account', 'nobody', '--csv'])).toMatchObject({ exitCode: 1, stdout: '' })
  })

  it('leaves what the library alone can judge to the library', async () => {
    const long = await world.cli(['usage', ...account(), '--from', '2001-01-01', '--to', '2020-01-01'])
    expect(long).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(/^invalid_input: .*at most ten years after from/) })
    const cursor = await world.cli(['entries', ...account(), '--before', 'yesterday', '--json'])
    expect({ exitCode: cursor.exitCode, error: cursor.json().error.code }).toEqual({ exitCode: 1, error: 'invalid_input' })
  })

  it.each(['--csv', '--ndjson', '--json'])('ends cleanly when whoever reads has seen enough: %s', async (format) => {
    const metadata = { filling: 'x'.repeat(15_000) }
    const { account: long } = await world.tenantry.registerTrial({ email: `long${format}@example.com` })
    const fill = async (key: number) =>
      world.tenantry.grantCredits({ accountId: long.id, amount: 1, type: 'promotion', idempotencyKey: `k${key}`, metadata }, admin)
    for (let key = 0; key < 210; key++) await fill(key)
    before = await world.dump()
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const argv = ['--import', 'tsx', 'src/cli/main.ts', 'entries', '--account', long.id, format, '--limit', 'all']
    const child = spawn(process.execPath, argv, { cwd: root, env: { ...process.env, DATABASE_URL: world.url } })
    let complaints = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
    await once(child.stdout, 'data')
    child.stdout.destroy()
    const [exitCode] = await once(child, 'close')
    expect({ exitCode, complaints }).toEqual({ exitCode: 0, complaints: '' })
  })
})
