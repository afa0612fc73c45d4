import { PGlite } from '@electric-sql/pglite'
import { Kysely } from 'kysely'
import { createTenantry } from 'tenantry'
import { kyselyStore, migrate, type TenantryTables } from 'tenantry/kysely'
import { pgliteDialect } from 'tenantry/pglite'
import { plans } from '../shared/plans.js'
import { articlePrice, payOrder, writeArticle } from './shop.js'
import { createShopTables, type ShopTables } from './tables.js'

const db = new Kysely<ShopTables & TenantryTables>({ dialect: pgliteDialect(await PGlite.create()) })
const tenantry = createTenantry({ store: kyselyStore(db), plans })
await migrate(db)
await createShopTables(db)
await tenantry.syncPlans()

const system = { type: 'system', id: 'host-transaction' } as const
const { user: admin } = await tenantry.createAdmin({ email: 'admin@example.com', password: 'marble-otter-42' }, system)
const { account } = await tenantry.registerTrial({ email: 'ada@example.com', password: 'marble-otter-43', firstName: 'Ada' })
const accountId = account.id
console.log(`Ada has ${account.credits} credits on the plan ${account.plan?.slug}.`)

const first = await writeArticle(db, tenantry, { id: 'a1', accountId, title: 'On engines' })
console.log(`Her first article is ${first}; it cost ${articlePrice} credits.`)

await tenantry.adjustCredits({ accountId, amount: -1940, idempotencyKey: 'use-up', reason: 'to have nearly none left' }, system)
const second = await writeArticle(db, tenantry, { id: 'a2', accountId, title: 'On looms' })
console.log(`Her second article is ${second}: ${(await tenantry.creditBalance({ accountId })).balance} credits were left.`)

const order = { id: 'o1', account_id: accountId, plan_slug: 'starter', amount: '29.99', status: 'open', payment_id: null } as const
await db.insertInto('shop_order').values(order).execute()
const line = { reference: 'SEPA-2031-0001', payer: 'Ada Lovelace' }
const paid = await payOrder(db, tenantry, order.id, line, { type: 'admin', id: admin.id })
console.log(
  `Her order is paid: plan ${paid.account.plan?.slug}, ${paid.credits} credits, until ${paid.periodEnd.toISOString().slice(0, 10)}.`,
)

const books = await tenantry.verifyBooks()
console.log(`The books are ${books.ok ? 'right' : 'wrong'}: ${books.entries} entries in ${books.accounts} account.`)
await db.destroy()
