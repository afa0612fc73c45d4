import { createTenantry, type Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { type ManualClock, manualClock, plainHasher } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { bookFaults } from '../support/books/faults.js'
import { openRichAccount, type RichAccount } from '../support/books/rich-account.js'
import { breaksHashes, isOfHashes, shown, type Tampering } from '../support/books/tampering.js'
import { openDatabase, run, type TestDatabase } from '../support/kysely.js'

const serverUrl = inject('postgresUrl')

type Columns = Readonly<Record<string, unknown>>

const accountColumns: Readonly<Record<string, string>> = {
  balance: 'credits',
  sequence: 'entry_sequence',
  unsettledSpend: 'unsettled_spend',
  settlesAt: 'settles_at',
}
const columnOf = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const columnValue = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !(value instanceof Date) ? JSON.stringify(value) : value

/** The row of a table that somebody tampers with. */
interface Place {
  readonly table: string
  readonly key: string
  readonly value: unknown
}

function placeOf(one: Tampering, { accountId, lots, reservations }: RichAccount): Place {
  if ('account' in one) return { table: 'tenantry_account', key: 'id', value: accountId }
  if ('entry' in one) return { table: 'tenantry_credit_entry', key: 'sequence', value: one.entry }
  if ('lot' in one) return { table: 'tenantry_credit_lot', key: 'id', value: lots[one.lot] }
  return { table: 'tenantry_credit_reservation', key: 'id', value: reservations[one.reservation] }
}

function changeOf(one: Tampering): { kind: 'update' | 'copy' | 'delete'; columns: Columns } {
  if ('account' in one) {
    return {
      kind: 'update',
      columns: Object.fromEntries(Object.entries(one.account).map(([field, value]) => [accountColumns[field], value])),
    }
  }
  const fields = 'copiedAs' in one ? one.copiedAs : one.set
  const columns = Object.fromEntries(Object.entries(fields ?? {}).map(([field, value]) => [columnOf(field), columnValue(value)]))
  return { kind: 'copiedAs' in one ? 'copy' : fields === null ? 'delete' : 'update', columns }
}

describe.skipIf(serverUrl === null)('verifyBooks on a real server, behind whose back somebody changes the tables', () => {
  let database: TestDatabase
  let tenantry: Tenantry
  let clock: ManualClock
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '', { max: 1 })
    clock = manualClock()
    tenantry = createTenantry({ store: kyselyStore(database.db), clock, passwords: plainHasher() })
    await tenantry.createFreeTrialPlan()
  })
  afterAll(() => database.close())

  let accounts = 0
  function openAccount(): Promise<RichAccount> {
    accounts += 1
    clock.set('2026-01-01T00:00:00.000Z')
    return openRichAccount(tenantry, clock, `customer-${accounts}@example.com`)
  }

  /** With every trigger switched off, those of foreign keys too, as the owner of a database can. */
  async function tamper(one: Tampering, names: RichAccount): Promise<void> {
    const { table, key, value } = placeOf(one, names)
    const { kind, columns } = changeOf(one)
    const own = table === 'tenantry_account' ? 'true' : 'account_id = $2'
    const where = `where ${key} = $1 and ${own}`
    const given = table === 'tenantry_account' ? [value] : [value, names.accountId]
    const assignments = Object.keys(columns).map((column, index) => `${column} = $${given.length + 1 + index}`)
    await run(database.db, 'set session_replication_role = replica')
    try {
      if (kind === 'delete') return void (await run(database.db, `delete from ${table} ${where}`, ...given))
      const change = `update ${table} set ${assignments.join(', ')} ${where}`
      if (kind === 'update') return void (await run(database.db, change, ...given, ...Object.values(columns)))
      await run(database.db, `create temporary table copied as select * from ${table} ${where}`, ...given)
      if (assignments.length > 0) await run(database.db, change.replace(table, 'copied'), ...given, ...Object.values(columns))
      await run(database.db, `insert into ${table} select * from copied`)
    } finally {
      await run(database.db, 'drop table if exists copied')
      await run(database.db, 'set session_replication_role = origin')
    }
  }

  it('finds nothing wrong with what the library has written', async () => {
    const { accountId } = await openAccount()
    expect(await tenantry.verifyBooks({ accountId })).toEqual({ ok: true, accounts: 1, entries: 16, problems: [] })
  })

  it.each(bookFaults.filter(({ isRefusedBySql }) => isRefusedBySql !== true))('finds $name', async ({ tampering, problems }) => {
    const names = await openAccount()
    for (const one of tampering(names)) await tamper(one, names)
    const result = await tenantry.verifyBooks({ accountId: names.accountId })
    const others = result.problems.filter((problem) => !isOfHashes(problem))
    expect(shown(others, names)).toEqual(problems)
    expect(others.length < result.problems.length).toBe(breaksHashes(tampering(names)))
    expect(result.ok).toBe(false)
  })

  it.each(bookFaults.filter(({ isRefusedBySql }) => isRefusedBySql === true))(
    'need not look for $name, which the tables refuse',
    async (fault) => {
      const names = await openAccount()
      const tampered = async (): Promise<void> => {
        for (const one of fault.tampering(names)) await tamper(one, names)
      }
      await expect(tampered()).rejects.toMatchObject({ code: expect.stringMatching(/^23(?:505|514)$/) })
      expect(await tenantry.verifyBooks({ accountId: names.accountId })).toMatchObject({ ok: true })
    },
  )

  /** Each changes one byte, or the little that a column of its kind can change by, of an entry with something in all columns. */
  const changes: Readonly<Record<string, string>> = {
    id: `overlay(id placing chr(ascii(id) + 1) from 1 for 1)`,
    type: `case type when 'usage' then 'reservation' else 'usage' end`,
    amount: 'amount - 1',
    operation: `coalesce(operation, '') || 'x'`,
    description: `overlay(description placing 'X' from 1 for 1)`,
    idempotency_key: `idempotency_key || 'x'`,
    fingerprint: `coalesce(fingerprint, '') || 'x'`,
    metadata: `metadata || '{"x": 1}'`,
    user_id: `coalesce(user_id, '') || 'x'`,
    api_key_id: `coalesce(api_key_id, '') || 'x'`,
    refunds_entry_id: `coalesce(refunds_entry_id, '') || 'x'`,
    actor_id: `coalesce(actor_id, '') || 'x', actor_type = coalesce(actor_type, 'user')`,
    created_at: `created_at + interval '1 millisecond'`,
    hash: 'set_byte(hash, 31, get_byte(hash, 31) # 1)',
  }

  it.each(Object.entries(changes))('finds and locates a changed byte in the column %s', async (column, change) => {
    const { accountId } = await openAccount()
    for (const sequence of [1, 8, 16]) {
      await run(database.db, 'set session_replication_role = replica')
      await run(database.db, 'create temporary table kept as select * from tenantry_credit_entry where account_id = $1', accountId)
      try {
        const update = `update tenantry_credit_entry set ${column} = ${change} where account_id = $1 and sequence = $2`
        // What the tables refuse needs no looking for.
        const isRefused = await run(database.db, update, accountId, sequence).then(
          () => false,
          (error: { code?: string }) => error.code?.startsWith('23') ?? false,
        )
        const { problems } = await tenantry.verifyBooks({ accountId })
        const places = problems.filter(isOfHashes).map((problem) => [problem.invariant, problem.sequence])
        expect(places).toEqual(isRefused ? [] : [['hash_is_of_its_entry', sequence]])
      } finally {
        await run(database.db, 'delete from tenantry_credit_entry where account_id = $1', accountId)
        await run(database.db, 'insert into tenantry_credit_entry select * from kept')
        await run(database.db, 'drop table kept')
        await run(database.db, 'set session_replication_role = origin')
      }
    }
    expect(await tenantry.verifyBooks({ accountId })).toMatchObject({ ok: true })
  })

  /** What the library never writes, and cannot even read; and where in the books it shows. */
  const impossible: readonly (readonly [table: string, change: string, shown: string])[] = [
    ['tenantry_credit_entry', 'amount = amount + 4611686018427387904', 'hash_is_of_its_entry 8'],
    ['tenantry_credit_entry', 'balance_after = balance_after + 4611686018427387904', 'entries_chain 8'],
    ['tenantry_credit_entry', `metadata = 'null'`, 'hash_is_of_its_entry 8'],
    ['tenantry_credit_entry', `metadata = '"x"'`, 'hash_is_of_its_entry 8'],
    ['tenantry_credit_entry', `created_at = 'infinity'`, 'hash_is_of_its_entry 8'],
    ['tenantry_credit_entry', `created_at = '290000-01-01'`, 'hash_is_of_its_entry 8'],
    ['tenantry_account', 'credits = credits + 4611686018427387904', 'balance_is_sum_of_entries'],
    ['tenantry_account', 'unsettled_spend = unsettled_spend + 4611686018427387904', 'balance_is_sum_of_lots'],
    ['tenantry_account', `settles_at = '-infinity'`, 'settles_in_time'],
    ['tenantry_credit_lot', 'granted = granted + 4611686018427387904', 'lot_has_its_entry 14'],
    ['tenantry_credit_reservation', 'amount = amount + 4611686018427387904', 'reservation_is_its_parts'],
    ['tenantry_credit_reservation', `parts = 'null'`, 'reservation_is_its_parts'],
    ['tenantry_credit_reservation', `parts = '[null, {}]'`, 'reservation_is_its_parts'],
  ]

  it.each(impossible)('finds what cannot be: %s with %s', async (table, change, place) => {
    const { accountId } = await openAccount()
    const own = table === 'tenantry_account' ? 'id = $1' : 'account_id = $1'
    const one = table === 'tenantry_credit_entry' ? `${own} and sequence = 8` : own
    await run(database.db, 'set session_replication_role = replica')
    try {
      await run(database.db, `update ${table} set ${change} where ${one}`, accountId)
    } finally {
      await run(database.db, 'set session_replication_role = origin')
    }
    const { problems } = await tenantry.verifyBooks()
    const places = problems.filter((problem) => problem.accountId === accountId)
    expect(places.map(({ invariant, sequence }) => [invariant, sequence].join(' ').trim())).toContain(place)
  })

  it('finds a changed byte in the hash that the account keeps', async () => {
    const { accountId } = await openAccount()
    await run(
      database.db,
      `update tenantry_account set entry_hash = set_byte(entry_hash, 0, get_byte(entry_hash, 0) # 1) where id = $1`,
      accountId,
    )
    const { problems } = await tenantry.verifyBooks({ accountId })
    expect(problems.map(({ invariant }) => invariant)).toEqual(['hash_is_the_newest'])
  })

  it('vouches for every column of an entry', async () => {
    const columns = await run<{ name: string }>(
      database.db,
      `select attname as name from pg_attribute where attrelid = 'tenantry_credit_entry'::regclass and attnum > 0 and not attisdropped`,
    )
    // The others follow from the entries before, which other rules see to.
    const known = [...Object.keys(changes), 'account_id', 'sequence', 'balance_after', 'actor_type']
    expect(columns.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([])
  })

  it('finds a key that is there twice once the index that forbids it is gone', async () => {
    const names = await openAccount()
    const [index] = await run<{ name: string }>(
      database.db,
      `select conname as name from pg_constraint where conrelid = 'tenantry_credit_entry'::regclass and contype = 'u'
        and pg_get_constraintdef(oid) like '%idempotency_key%'`,
    )
    await run(database.db, `alter table tenantry_credit_entry drop constraint ${index?.name}`)
    await tamper({ entry: 15, set: { idempotencyKey: 'spend-1' } }, names)
    const { problems } = await tenantry.verifyBooks()
    expect(
      shown(
        problems.filter((problem) => problem.accountId === names.accountId && !isOfHashes(problem)),
        names,
      ),
    ).toEqual([['keys_are_unique', 'entry 15', 1, 2]])
  })
})
