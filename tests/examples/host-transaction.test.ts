import { PGlite } from '@electric-sql/pglite'
import { Kysely, sql } from 'kysely'
import { createTenantry, type Tenantry } from 'tenantry'
import { kyselyStore, migrate, type TenantryTables } from 'tenantry/kysely'
import { pgliteDialect } from 'tenantry/pglite'
import { plainHasher } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { articlePrice, payOrder, writeArticle } from '../../examples/host-transaction/shop.js'
import { createShopTables, type ShopTables } from '../../examples/host-transaction/tables.js'
import { plans } from '../../examples/shared/plans.js'
import { startExample } from './program.js'

const admin = { type: 'admin', id: 'bookkeeper' } as const
const system = { type: 'system', id: 'tests' } as const

describe('a host with tables of its own', () => {
  let db: Kysely<ShopTables & TenantryTables>
  let tenantry: Tenantry
  let people = 0
  beforeAll(async () => {
    db = new Kysely({ dialect: pgliteDialect(await PGlite.create()) })
    tenantry = createTenantry({ store: kyselyStore(db), plans, passwords: plainHasher() })
    await migrate(db)
    await createShopTables(db)
    await tenantry.syncPlans()
  }, 60_000)
  afterAll(async () => {
    expect(await tenantry.verifyBooks()).toMatchObject({ ok: true })
    await db.destroy()
  })

  async function customerWithOrder(): Promise<{ accountId: string; orderId: string }> {
    const { account } = await tenantry.registerTrial({ email: `customer${++people}@example.com` })
    const orderId = `order-${people}`
    const order = { id: orderId, account_id: account.id, plan_slug: 'starter', amount: '29.99', status: 'open', payment_id: null } as const
    await db.insertInto('shop_order').values(order).execute()
    return { accountId: account.id, orderId }
  }

  const orderOf = (id: string) => db.selectFrom('shop_order').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const articlesOf = (id: string) => db.selectFrom('shop_article').selectAll().where('account_id', '=', id).execute()
  const balanceOf = async (accountId: string) => (await tenantry.creditBalance({ accountId })).balance

  it('pays an order and gives the plan in one commit', async () => {
    const { accountId, orderId } = await customerWithOrder()
    const { payment } = await payOrder(db, tenantry, orderId, { reference: 'SEPA-1', payer: 'Ada' }, admin)
    expect(await orderOf(orderId)).toMatchObject({ status: 'paid', payment_id: payment.id })
    expect((await tenantry.getAccount({ accountId })).account).toMatchObject({ status: 'active', credits: 5000 })
  })

  it('gives no plan when its own write fails afterwards', async () => {
    const { accountId, orderId } = await customerWithOrder()
    await sql`alter table shop_order add constraint never_paid check (id <> ${sql.lit(orderId)} or status = 'open')`.execute(db)
    await expect(payOrder(db, tenantry, orderId, { reference: 'SEPA-2', payer: 'Ada' }, admin)).rejects.toThrow('never_paid')
    expect((await tenantry.getAccount({ accountId })).account).toMatchObject({ status: 'trial', credits: 2000 })
    expect((await tenantry.listPayments({ accountId })).items).toEqual([])
    expect(await orderOf(orderId)).toMatchObject({ status: 'open', payment_id: null })

    await sql`alter table shop_order drop constraint never_paid`.execute(db)
    await payOrder(db, tenantry, orderId, { reference: 'SEPA-2', payer: 'Ada' }, admin)
    expect(await orderOf(orderId)).toMatchObject({ status: 'paid' })
  })

  it('leaves the order open when the transfer is refused', async () => {
    const { orderId } = await customerWithOrder()
    await db.updateTable('shop_order').set({ amount: '1.00' }).where('id', '=', orderId).execute()
    await expect(payOrder(db, tenantry, orderId, { reference: 'SEPA-3', payer: 'Ada' }, admin)).rejects.toMatchObject({
      code: 'amount_mismatch',
    })
    expect(await orderOf(orderId)).toMatchObject({ status: 'open' })
  })

  it('writes an article and takes its credits together', async () => {
    const { accountId } = await customerWithOrder()
    expect(await writeArticle(db, tenantry, { id: `a-${accountId}`, accountId, title: 'On engines' })).toBe('written')
    expect(await balanceOf(accountId)).toBe(2000 - articlePrice)
  })

  it('takes nothing for an article that cannot be written', async () => {
    const { accountId } = await customerWithOrder()
    const article = { id: `b-${accountId}`, accountId, title: 'On engines' }
    await db.insertInto('shop_article').values({ id: article.id, account_id: 'another', title: '', status: 'waiting' }).execute()
    await expect(writeArticle(db, tenantry, article)).rejects.toThrow('shop_article')
    expect(await balanceOf(accountId)).toBe(2000)
  })

  it('keeps an article as waiting, in the same transaction, when there are too few credits', async () => {
    const { accountId } = await customerWithOrder()
    await tenantry.adjustCredits({ accountId, amount: -1990, idempotencyKey: 'down', reason: 'for the test' }, system)
    expect(await writeArticle(db, tenantry, { id: `c-${accountId}`, accountId, title: 'On looms' })).toBe('waiting')
    expect(await articlesOf(accountId)).toMatchObject([{ title: 'On looms', status: 'waiting' }])
    expect(await balanceOf(accountId)).toBe(10)
  })

  it('runs as a program', { timeout: 120_000 }, async () => {
    const program = startExample('host-transaction/main.ts')
    expect(await program.ended()).toBe(0)
    expect(program.output()).toMatch(
      /first article is written.*second article is waiting: 10 credits.*order is paid: plan starter, 5000 credits.*books are right/s,
    )
  })
})
