import { randomBytes } from 'node:crypto'
import { CamelCasePlugin } from 'kysely'
import { kyselyStore, kyselyThrottleStore, migrate, migrationStatus, migrations, rollback } from 'tenantry/kysely'
import { samples } from 'tenantry/testing'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { type Database, openDatabase, run, type TestDatabase } from '../support/kysely.js'

const serverUrl = inject('postgresUrl')
const names = migrations.map(({ name }) => name)

describe.skipIf(serverUrl === null)('migrations on a server', () => {
  let database: TestDatabase
  let db: Database
  beforeEach(async () => {
    database = await openDatabase(serverUrl ?? '', { migrated: false })
    db = database.db
  })
  afterEach(() => database.close())

  it('are applied in order, each told of when it is done, and only once', async () => {
    const told: string[] = []
    expect(await migrate(db, { onProgress: (name) => told.push(name) })).toEqual(names)
    expect(told).toEqual(names)
    expect(await migrate(db)).toEqual([])
    expect(await migrationStatus(db)).toEqual({ applied: names, pending: [] })
  })

  it('are only named in a dry run', async () => {
    expect(await migrate(db, { dryRun: true })).toEqual(names)
    expect(await objectsOf(db, 'public')).toEqual([])
    await migrate(db)
    expect(await rollback(db, { dryRun: true, steps: 2 })).toEqual(names.slice(-2).reverse())
    expect(await migrationStatus(db)).toEqual({ applied: names, pending: [] })
  })

  it('are not undone where that would lose rows, unless it is forced', async () => {
    await migrate(db)
    await kyselyStore(db).upsertPlan({ ...samples.plan(), at: new Date(0) })
    const all = { steps: Number.POSITIVE_INFINITY }
    await expect(rollback(db, all)).rejects.toMatchObject({ code: 'invalid_input', details: { issues: [{ path: 'force' }] } })
    expect((await kyselyStore(db).listPlans({ before: null, limit: 9 })).map(({ plan }) => plan.id)).toEqual([samples.plan().id])
    await rollback(db, { ...all, force: true })
    expect(await objectsOf(db, 'public')).toEqual([])
  })

  it('are undone although budgets of the throttle are lost, which come back by themselves', async () => {
    await migrate(db)
    await kyselyThrottleStore(db).take([{ key: 'api:ada', limit: 1, windowSeconds: 3600 }], 1, Date.now())
    expect(await rollback(db, { steps: Number.POSITIVE_INFINITY })).toEqual(names.toReversed())
  })

  it('are undone without a trace, and applied again give the same tables', async () => {
    await migrate(db)
    const first = await objectsOf(db, 'public')
    expect(await rollback(db, { steps: Number.POSITIVE_INFINITY })).toEqual(names.toReversed())
    expect(await objectsOf(db, 'public')).toEqual([])
    await migrate(db)
    expect(await objectsOf(db, 'public')).toEqual(first)
  })

  it('are undone one at a time unless more are asked for', async () => {
    await migrate(db)
    expect(await rollback(db)).toEqual(names.slice(-1))
    expect(await rollback(db, { steps: 2 })).toEqual(names.slice(-3, -1).reverse())
    expect(await migrationStatus(db)).toEqual({ applied: names.slice(0, -3), pending: names.slice(-3) })
  })

  it.each([0, -1, Number.NaN])('are not undone %s at a time', async (steps) => {
    await expect(rollback(db, { steps })).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('of a later version are left to that version', async () => {
    await migrate(db)
    await run(db, `insert into tenantry_migration values ('9999-later', now())`)
    expect(await migrate(db)).toEqual([])
    await expect(rollback(db)).rejects.toThrow(/"9999-later" belongs to another version/)
  })

  it('are applied once each when twenty starters come at once', async () => {
    const starters = Array.from({ length: 20 }, () => database.connect({ max: 1 }))
    const applied = await Promise.all(starters.map((starter) => migrate(starter)))
    expect(applied.flat().sort()).toEqual(names)
    expect(await migrationStatus(db)).toEqual({ applied: names, pending: [] })
  })

  it('go where withSchema says, and nowhere else', async () => {
    await run(db, 'create schema "their ""own"""')
    const home = db.withSchema('their "own"')
    expect(await migrate(home)).toEqual(names)
    expect(await objectsOf(db, 'public')).toEqual([])
    await migrate(db)
    expect(await objectsOf(db, 'their "own"')).toEqual(await objectsOf(db, 'public'))
    await kyselyStore(home).upsertPlan(samples.planContent())
    expect(await kyselyStore(home).listPlans({ before: null, limit: 5 })).toHaveLength(1)
    expect(await kyselyStore(db).listPlans({ before: null, limit: 5 })).toEqual([])
  })

  it('say what to do when the schema is not there', async () => {
    await expect(migrate(db.withSchema('nowhere'))).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('The schema does not exist.'),
    })
  })

  it('need a role that may use its own schema and nothing else', async () => {
    const role = `tenantry_test_${randomBytes(6).toString('hex')}`
    await run(db, `create role ${role}`)
    try {
      await run(db, `create schema limited authorization ${role}`)
      await run(db, 'revoke all on schema public from public')
      const url = new URL(database.url)
      url.searchParams.set('options', `-c role=${role}`)
      const limited = database.connect({ url: url.href })
      expect(await migrate(limited.withSchema('limited'))).toEqual(names)
      await kyselyStore(limited.withSchema('limited')).upsertPlan(samples.planContent())
      const throttle = kyselyThrottleStore(limited.withSchema('limited'))
      expect(await throttle.take([{ key: 'api:ada', limit: 1, windowSeconds: 60 }], 1, Date.now())).toMatchObject({ allowed: true })
      await expect(migrate(limited.withSchema('public'))).rejects.toMatchObject({
        code: 'store_unavailable',
        message: expect.stringContaining('The role may not'),
      })
    } finally {
      await run(db, `drop owned by ${role}`)
      await run(db, `drop role ${role}`)
    }
  })

  it('that fail leave nothing of themselves, and are taken up again', async () => {
    await run(db, 'create table tenantry_payment_reference (id text)')
    await expect(migrate(db)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('nothing of it remains'),
    })
    const { applied, pending } = await migrationStatus(db)
    expect(pending[0]).toBe('0005-payments')
    expect(await run(db, `select to_regclass('tenantry_payment') as found`)).toEqual([{ found: null }])
    await run(db, 'drop table tenantry_payment_reference')
    expect(await migrate(db)).toEqual(pending)
    expect([...applied, ...pending]).toEqual(names)
  })

  it('give up when the host holds a table for long', async () => {
    await migrate(db)
    await db.transaction().execute(async (trx) => {
      await trx.selectFrom('tenantry_known_address').selectAll().execute()
      await expect(rollback(db)).rejects.toMatchObject({ code: 'conflict', details: { operation: 'rollback' } })
    })
    expect(await migrationStatus(db)).toEqual({ applied: names, pending: [] })
  })

  it('have no place in a transaction', async () => {
    await db.transaction().execute((trx) => expect(migrate(trx)).rejects.toThrow(TypeError))
  })

  it('that have not been run are what the store asks for', async () => {
    await expect(kyselyStore(db).findUser('nobody')).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('Run the migrations'),
      cause: expect.objectContaining({ code: '42P01' }),
    })
  })

  it('leave it to their owner what others may do, and the store says so', async () => {
    const role = `tenantry_test_${randomBytes(6).toString('hex')}`
    await migrate(db)
    await run(db, `create role ${role}`)
    try {
      await run(db, `grant select, insert, update on all tables in schema public to ${role}`)
      await run(db, 'revoke execute on all functions in schema public from public')
      const url = new URL(database.url)
      url.searchParams.set('options', `-c role=${role}`)
      const guest = kyselyStore(database.connect({ url: url.href }))
      const spends = ['a', 'b'].map((id) => guest.spendCredits(samples.spend({ id, idempotencyKey: id })))
      for (const spend of spends)
        await expect(spend).rejects.toMatchObject({
          code: 'store_unavailable',
          message: expect.stringContaining('grant it what it lacks'),
          cause: expect.objectContaining({ code: '42501' }),
        })
      await run(db, `grant execute on function tenantry_chain_hash(bytea) to ${role}`)
      const again = ['a', 'b'].map((id) => guest.spendCredits(samples.spend({ id, idempotencyKey: id })))
      expect(await Promise.all(again)).toEqual([null, null])
    } finally {
      await run(db, `drop owned by ${role}`)
      await run(db, `drop role ${role}`)
    }
  })

  it("are not disturbed by the host's plugins, nor is the store", async () => {
    await run(db, 'create schema camel_case')
    const camel = database.connect({ plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: false })] }).withSchema('camelCase')
    await migrate(camel)
    const store = kyselyStore(camel)
    const plan = samples.planContent({ limits: { max_sites: 3, maxUsers: null } })
    expect(await store.upsertPlan(plan)).toMatchObject({ limits: { max_sites: 3, maxUsers: null } })
    const user = samples.newUser()
    await camel.transaction().execute(async (trx) => {
      expect(await kyselyStore(trx).addUser(user)).toBe('added')
      expect(await kyselyStore(trx).findUserAccess(user.user.id)).toEqual({ user: user.user, access: null })
    })
    expect(await run(db, 'select email from camel_case.tenantry_user')).toEqual([{ email: user.user.email }])
  })
})

/** All that there is of tenantry in a schema: tables and their storage, columns, constraints, indexes, triggers, functions. */
async function objectsOf(db: Database, schema: string): Promise<string[]> {
  const rows = await run<{ description: string }>(
    db,
    `with tables as (
      select c.oid, c.relname, c.reloptions from pg_class c where c.relnamespace = $1::text::regnamespace and c.relkind = 'r'
    )
    select 'table ' || relname || coalesce(' ' || reloptions::text, '') as description from tables
    union all select 'column ' || relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end
      || ' ' || attcollation::regcollation
      from pg_attribute join tables on tables.oid = attrelid where attnum > 0 and not attisdropped
    union all select 'constraint ' || relname || '.' || conname || ' ' || pg_get_constraintdef(pg_constraint.oid)
      from pg_constraint join tables on tables.oid = conrelid
    union all select 'index ' || pg_get_indexdef(indexrelid) from pg_index join tables on tables.oid = indrelid
    union all select 'trigger ' || pg_get_triggerdef(pg_trigger.oid) from pg_trigger join tables on tables.oid = tgrelid where not tgisinternal
    union all select 'function ' || pg_get_functiondef(oid) from pg_proc where pronamespace = $1::text::regnamespace and prokind <> 'a'
    union all select 'aggregate ' || oid::regprocedure || ' ' || aggtransfn::regprocedure from pg_proc join pg_aggregate on aggfnoid = pg_proc.oid
      where pronamespace = $1::text::regnamespace
    order by description`,
    `"${schema.replaceAll('"', '""')}"`,
  )
  return rows.map(({ description }) => description.replaceAll(/(?:public|"their ""own""")\./g, ''))
}
