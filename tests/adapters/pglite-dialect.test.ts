import { PGlite } from '@electric-sql/pglite'
import { Kysely, sql } from 'kysely'
import { pgliteDialect } from 'tenantry/pglite'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

interface Tables {
  note: { id: number; text: string }
}

describe('the dialect for PGlite', () => {
  const pglite = new PGlite()
  const db = new Kysely<Tables>({ dialect: pgliteDialect(pglite) })
  const add = (where: Kysely<Tables>, id: number) => where.insertInto('note').values({ id, text: 'x' }).executeTakeFirst()
  const ids = async () => (await db.selectFrom('note').select('id').orderBy('id').execute()).map(({ id }) => id)

  beforeAll(async () => {
    await sql`create table note (id int primary key, text text not null)`.execute(db)
  })
  beforeEach(async () => {
    await db.deleteFrom('note').execute()
  })
  afterAll(() => db.destroy())

  it('tells how many rows a statement changed', async () => {
    expect(await add(db, 1)).toMatchObject({ numInsertedOrUpdatedRows: 1n })
    expect(await db.updateTable('note').set({ text: 'y' }).executeTakeFirst()).toMatchObject({ numUpdatedRows: 1n })
  })

  it('survives a parameter that cannot be bound and a statement that fails', async () => {
    await expect(sql`select ${'x'}::int`.execute(db)).rejects.toMatchObject({ code: '22P02' })
    await expect(sql`select nothing from nowhere`.execute(db)).rejects.toMatchObject({ code: '42P01' })
    await add(db, 1)
    expect(await ids()).toEqual([1])
  })

  it('undoes a transaction that fails, and goes on', async () => {
    const failing = db.transaction().execute(async (trx) => {
      await add(trx, 1)
      await sql`select ${'x'}::int`.execute(trx)
    })
    await expect(failing).rejects.toMatchObject({ code: '22P02' })
    await add(db, 2)
    expect(await ids()).toEqual([2])
  })

  it('keeps a transaction apart from what is asked meanwhile, also through another Kysely over the same PGlite', async () => {
    const other = new Kysely<Tables>({ dialect: pgliteDialect(pglite) })
    let meanwhile: Promise<unknown>[] = []
    const failing = db.transaction().execute(async (trx) => {
      await add(trx, 1)
      meanwhile = [add(db, 2), add(other, 3)]
      await add(trx, 4)
      throw new Error('undone')
    })
    await expect(failing).rejects.toThrow('undone')
    await Promise.all(meanwhile)
    expect(await ids()).toEqual([2, 3])
  })

  it('has savepoints and controlled transactions', async () => {
    const trx = await db.startTransaction().setIsolationLevel('serializable').execute()
    await add(trx, 1)
    const inner = await trx.savepoint('in"ner').execute()
    await add(inner, 2)
    await inner.rollbackToSavepoint('in"ner').execute()
    await add(trx, 3)
    await (await trx.savepoint('kept').execute()).releaseSavepoint('kept').execute()
    await trx.commit().execute()
    expect(await ids()).toEqual([1, 3])
  })

  it('refuses to write in a transaction that only reads', async () => {
    const reading = db.transaction().setAccessMode('read only')
    await expect(reading.execute((trx) => add(trx, 1))).rejects.toMatchObject({ code: '25006' })
  })

  it('says that it cannot stream', async () => {
    const stream = async () => {
      for await (const _row of db.selectFrom('note').selectAll().stream()) break
    }
    await expect(stream()).rejects.toThrow(/cannot stream/)
    await add(db, 1)
  })
})
