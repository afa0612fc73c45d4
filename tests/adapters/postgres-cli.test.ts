import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { migrations } from 'tenantry/kysely'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { type CliWorld, openCliWorld } from '../cli/world.js'

const serverUrl = inject('postgresUrl')
const names = migrations.map(({ name }) => name)

describe.skipIf(serverUrl === null)('the command line on a new database of a real server', () => {
  let world: CliWorld
  beforeEach(async () => {
    world = await openCliWorld(serverUrl ?? '', { migrated: false })
  })
  afterEach(() => world.close())

  it('shows what is pending, migrates, and shows that nothing is', async () => {
    const before = await world.cli(['status', '--json'])
    expect({ exitCode: before.exitCode, status: before.json() }).toEqual({ exitCode: 1, status: { applied: [], pending: names } })

    const migrated = await world.cli(['migrate', '--json'])
    expect({ exitCode: migrated.exitCode, result: migrated.json() }).toEqual({ exitCode: 0, result: { applied: names, dryRun: false } })
    expect((await world.cli(['migrate', '--json'])).json()).toEqual({ applied: [], dryRun: false })

    const after = await world.cli(['status', '--json'])
    expect({ exitCode: after.exitCode, status: after.json() }).toEqual({ exitCode: 0, status: { applied: names, pending: [] } })
  })

  it('writes the same for people, with progress on stderr where that is asked for', async () => {
    const status = await world.cli(['status'])
    expect(status.stdout).toMatch(new RegExp(`^migration +state\n${names[0]} +pending\n`))
    expect(status.stdout).toContain('Apply what is pending with: tenantry migrate')

    const migrated = await world.cli(['migrate', '--progress'])
    expect(migrated.stdout).toBe(`Applied ${names.length} migrations:\n  ${names.join('\n  ')}\n`)
    expect(migrated.stderr).toBe(names.map((name) => `applied ${name}\n`).join(''))
    expect(await world.cli(['migrate'])).toMatchObject({ exitCode: 0, stdout: 'The tables are up to date.\n', stderr: '' })
  })

  it('tells beforehand what a migration would do, and changes nothing', async () => {
    const empty = await world.dump()
    const { exitCode, stdout } = await world.cli(['migrate', '--dry-run'])
    expect(exitCode).toBe(0)
    expect(stdout).toBe(`To be applied:\n  ${names.join('\n  ')}\ndry run: nothing was changed\n`)
    expect(await world.dump()).toBe(empty)
  })

  it('undoes migrations, the newest first, and tells that beforehand too', async () => {
    const empty = await world.dump()
    await world.cli(['migrate'])
    const full = await world.dump()
    const newest = names.toReversed()

    const dry = await world.cli(['rollback', '--steps', '2', '--dry-run', '--json'])
    expect(dry.json()).toEqual({ undone: newest.slice(0, 2), dryRun: true })
    expect(await world.dump()).toBe(full)

    const one = await world.cli(['rollback', '--progress'])
    expect({ exitCode: one.exitCode, stdout: one.stdout }).toEqual({ exitCode: 0, stdout: `Undid 1 migration:\n  ${newest[0]}\n` })
    expect(one.stderr).toBe(`undid ${newest[0]}\n`)
    expect((await world.cli(['status', '--json'])).json()).toEqual({ applied: names.slice(0, -1), pending: names.slice(-1) })

    expect((await world.cli(['rollback', '--steps', '99', '--json'])).json()).toEqual({ undone: newest.slice(1), dryRun: false })
    expect((await world.cli(['rollback'])).stdout).toBe('There is no migration to undo.\n')
    expect(await world.dump()).toBe(empty)
  })

  it('says what to do where the tables are missing', async () => {
    for (const argv of [
      ['plans'],
      ['verify-books'],
      ['suspend', '--account', 'a', '--reason', 'r'],
      ['create-free-trial-plan', '--dry-run'],
    ]) {
      const { exitCode, stdout, stderr } = await world.cli(argv)
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
      expect(stderr).toMatch(/^store_unavailable: .*`tenantry migrate`.* \(SQLSTATE 42P01\)\n$/)
    }
  })

  it('keeps everything in another schema', async () => {
    await world.query('create schema "Billing ""1"""')
    const inSchema = (...argv: string[]) => world.cli([...argv, '--schema', 'Billing "1"'])
    expect((await inSchema('migrate')).exitCode).toBe(0)
    expect((await inSchema('create-free-trial-plan')).exitCode).toBe(0)
    const doctor = await inSchema('doctor', '--json')
    expect(doctor.json().checks.filter(({ status }: { status: string }) => status === 'fail')).toEqual([])
    expect((await inSchema('status')).exitCode).toBe(0)
    expect((await world.cli(['status'])).exitCode).toBe(1)

    const before = await world.dump()
    const dry = await inSchema('plans', '--deactivate', 'free-trial', '--dry-run', '--json')
    expect(dry.json()).toMatchObject({ plans: [{ slug: 'free-trial', isActive: false }], dryRun: true })
    expect(await world.dump()).toBe(before)
    const tables = await world.query(`select distinct schemaname from pg_tables where tablename like 'tenantry%'`)
    expect(tables).toEqual([{ schemaname: 'Billing "1"' }])
  })

  it('says so when the schema is missing', async () => {
    const { exitCode, stderr } = await world.cli(['migrate', '--schema', 'nowhere'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^store_unavailable: .*schema/)
  })

  it('works as a role that owns one schema and nothing more, and prints nowhere what lets it in', async () => {
    const role = `tenantry_cli_${randomBytes(6).toString('hex')}`
    const password = 'p@ss word'
    await world.query(`create role ${role} login password '${password}'`)
    try {
      await world.query(`create schema billing authorization ${role}`)
      const url = new URL(world.url)
      url.username = role
      url.password = password
      const env = { DATABASE_URL: url.href }
      const printed: string[] = []
      for (const argv of [
        ['migrate', '--progress'],
        ['create-free-trial-plan', '--json'],
        ['create-admin', '--email', 'root@example.com'],
        ['verify-books'],
        ['doctor'],
      ]) {
        const { exitCode, stdout, stderr } = await world.cli([...argv, '--schema', 'billing'], {
          env: { ...env, TENANTRY_ADMIN_PASSWORD: 'sesame, open' },
        })
        expect({ argv, exitCode }).toEqual({ argv, exitCode: 0 })
        printed.push(stdout, stderr)
      }
      // In the schema of somebody else it is refused.
      const refused = await world.cli(['migrate', '--schema', 'pg_catalog'], { env })
      expect(refused.exitCode).toBe(1)
      const all = [...printed, refused.stdout, refused.stderr].join('\n')
      expect(all).toContain(`${role}, an ordinary role`)
      for (const secret of [password, encodeURIComponent(password), 'p%40ss', 'sesame']) expect(all).not.toContain(secret)
    } finally {
      await world.query(`drop owned by ${role}`)
      await world.query(`drop role ${role}`)
    }
  })

  it('says that a database does not exist', async () => {
    const url = new URL(world.url)
    url.pathname = '/tenantry_no_such_database'
    const { exitCode, stderr } = await world.cli(['migrate', '--url', url.href])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^The database tenantry_no_such_database at \S+ cannot be reached: there is no such database\.\n$/)
  })

  it('ends by itself as a program, with nothing but the document on stdout', async () => {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const argv = ['--import', 'tsx', 'src/cli/main.ts', 'create-admin', '--email', 'root@example.com', '--dry-run', '--json']
    await world.cli(['migrate'])
    const env = { ...process.env, DATABASE_URL: world.url, TENANTRY_ADMIN_PASSWORD: 'sesame, open' }
    const ended = await new Promise<{ error: unknown; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, argv, { cwd: root, env, timeout: 30_000 }, (error, stdout, stderr) => resolve({ error, stdout, stderr }))
    })
    expect({ error: ended.error, stderr: ended.stderr }).toEqual({ error: null, stderr: '' })
    expect(JSON.parse(ended.stdout)).toMatchObject({ created: true, dryRun: true, user: { email: 'root@example.com' } })
  })
})
