import { type ColumnType, type Insertable, Kysely, type Selectable, sql } from 'kysely'
import { newDb } from 'pg-mem'
import { pgMemDialect } from 'tenantry/testing'
import { beforeEach, describe, expect, it } from 'vitest'

interface Tables {
  note: { id: number; text: string; data: ColumnType<unknown, string>; at: Date | null; parent: number | null }
}

describe('the dialect for pg-mem', () => {
  let db: Kysely<Tables>
  beforeEach(async () => {
    db = new Kysely<Tables>({ dialect: pgMemDialect(newDb()) })
    await sql`create table note (
      id int primary key, text text not null check (text <> ''), data jsonb not null, at timestamptz, parent int references note (id)
    )`.execute(db)
  })

  const note = (content: Partial<Selectable<Tables['note']>>) => ({ text: 'x', data: {}, at: null, parent: null, ...content })
  const add = (where: Kysely<Tables>, id: number, content: Partial<Insertable<Tables['note']>> = {}) =>
    where
      .insertInto('note')
      .values({ id, text: 'x', data: '{}', at: null, parent: null, ...content })
      .execute()
  const ids = async () => (await db.selectFrom('note').select('id').orderBy('id').execute()).map(({ id }) => id)

  it.each([`it's`, 'back\\slash', `\\'`, '$1 and $2', `$$`, `'; drop table note; --`, '漢字 🦊', `"quoted"`, 'two\nlines', '/* */'])(
    'carries %j unchanged',
    async (text) => {
      await add(db, 1, { text, data: JSON.stringify({ [text]: text }) })
      const found = await db.selectFrom('note').selectAll().where('text', '=', text).execute()
      expect(found).toEqual([note({ id: 1, text, data: { [text]: text } })])
    },
  )

  it('carries times to the millisecond, negative numbers, truth values and lists', async () => {
    const at = new Date('2026-01-31T10:20:30.456Z')
    await add(db, -5, { at })
    expect(await db.selectFrom('note').selectAll().where('at', '=', at).where('id', '=', -5).execute()).toEqual([note({ id: -5, at })])
    const listed = db
      .selectFrom('note')
      .select('id')
      .where(sql<boolean>`${true}`)
      .where(sql<boolean>`text = any(${['x', 'y']})`)
    expect(await listed.execute()).toEqual([{ id: -5 }])
  })

  it('leaves a dollar sign inside a literal alone', async () => {
    const { rows } = await sql<{ a: string; b: string }>`select '$1' as a, ${'value'}::text as b`.execute(db)
    expect(rows).toEqual([{ a: '$1', b: 'value' }])
  })

  it('hands out rows that may be changed without changing the table', async () => {
    await add(db, 1, { data: '{"list":[1]}' })
    const [first] = (await db.selectFrom('note').select('data').execute()) as { data: { list: number[] } }[]
    first?.data.list.push(2)
    expect(await db.selectFrom('note').select('data').execute()).toEqual([{ data: { list: [1] } }])
  })

  it('undoes a transaction that throws', async () => {
    const failing = db.transaction().execute(async (trx) => {
      await add(trx, 1)
      throw new Error('undone')
    })
    await expect(failing).rejects.toThrow('undone')
    expect(await ids()).toEqual([])
  })

  it('lets a failed statement spoil its transaction, which then commits nothing', async () => {
    const trx = await db.startTransaction().execute()
    await add(trx, 1)
    await expect(add(trx, 1)).rejects.toMatchObject({ code: '23505' })
    await expect(add(trx, 2)).rejects.toMatchObject({ code: '25P02' })
    await trx.commit().execute()
    expect(await ids()).toEqual([])
    await add(db, 3)
    expect(await ids()).toEqual([3])
  })

  it('goes back to a savepoint, as often as asked, and mends a spoiled transaction by it', async () => {
    const trx = await db.startTransaction().execute()
    await add(trx, 1)
    const inner = await trx.savepoint('here').execute()
    await add(inner, 2)
    await inner.rollbackToSavepoint('here').execute()
    await expect(add(trx, 1)).rejects.toMatchObject({ code: '23505' })
    await inner.rollbackToSavepoint('here').execute()
    await add(trx, 3)
    await trx.commit().execute()
    expect(await ids()).toEqual([1, 3])
  })

  it('understands savepoints as statements', async () => {
    await db.transaction().execute(async (trx) => {
      await sql`savepoint "outer"`.execute(trx)
      await add(trx, 1)
      await sql`savepoint "inner"`.execute(trx)
      await add(trx, 2)
      await sql`ROLLBACK TO SAVEPOINT "inner"`.execute(trx)
      await sql`release savepoint "outer"`.execute(trx)
      await expect(sql`rollback to savepoint "inner"`.execute(trx)).rejects.toMatchObject({ code: '3B001' })
    })
    expect(await ids()).toEqual([1])
  })

  const failures: [code: string, what: string, fail: (db: Kysely<Tables>) => Promise<unknown>][] = [
    ['23505', 'a second row with a key', (where) => add(where, 1)],
    ['23514', 'a value that a check forbids', (where) => add(where, 2, { text: '' })],
    ['23503', 'a reference to nothing', (where) => add(where, 2, { parent: 99 })],
    ['23502', 'a missing value', (where) => sql`insert into note (id, data) values (2, '{}')`.execute(where)],
    ['42P01', 'a table that is not there', (where) => sql`select * from nowhere`.execute(where)],
    ['XX000', 'what pg-mem cannot do', (where) => sql`select string_agg(text, ',') over () from note`.execute(where)],
  ]
  it.each(failures)('answers with %s to %s', async (code, _what, fail) => {
    await add(db, 1)
    await expect(fail(db)).rejects.toMatchObject({ code })
  })

  it('makes nothing of locks, for everybody waits anyway', async () => {
    await add(db, 1)
    const notes = db.selectFrom('note').select('id')
    for (const locked of [notes.forUpdate(), notes.forNoKeyUpdate().skipLocked(), notes.forShare().noWait(), notes.forKeyShare()]) {
      expect(await locked.execute()).toEqual([{ id: 1 }])
    }
  })

  it('lets others wait until a transaction has ended', async () => {
    let meanwhile: Promise<unknown> = Promise.resolve()
    await db.transaction().execute(async (trx) => {
      await add(trx, 1)
      meanwhile = ids()
      await add(trx, 2)
    })
    expect(await meanwhile).toEqual([1, 2])
  })
})
