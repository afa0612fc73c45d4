import { type Kysely, sql } from 'kysely'
import type { TenantryTables } from 'tenantry/kysely'

/** The host's own tables: an order that a customer pays by bank transfer, and what customers write. */
export interface ShopTables {
  shop_order: {
    id: string
    account_id: string
    plan_slug: string
    /** A decimal, as the bank writes it. */
    amount: string
    status: 'open' | 'paid'
    /** The payment in tenantry's books. */
    payment_id: string | null
  }
  shop_article: {
    id: string
    account_id: string
    title: string
    /** `waiting` until there are credits for it. */
    status: 'written' | 'waiting'
  }
}

/** One database holds the host's tables and tenantry's. */
export type ShopDatabase = Kysely<ShopTables & TenantryTables>

/** Creates the host's tables. Those of tenantry are made by its own `migrate`. */
export async function createShopTables(db: ShopDatabase): Promise<void> {
  await db.schema
    .createTable('shop_order')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('account_id', 'text', (column) => column.notNull())
    .addColumn('plan_slug', 'text', (column) => column.notNull())
    .addColumn('amount', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull().check(sql`status in ('open', 'paid')`))
    .addColumn('payment_id', 'text')
    .execute()
  await db.schema
    .createTable('shop_article')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('account_id', 'text', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull().check(sql`status in ('written', 'waiting')`))
    .execute()
}
