import { type Actor, type ConfirmBankTransferResult, isTenantryError, type Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import type { ShopDatabase } from './tables.js'

/** What the bank says of a transfer. */
export interface BankLine {
  readonly reference: string
  readonly payer: string
}

/**
 * Marks an order as paid and gives the customer what was paid for, in one commit: there is never a paid order without the plan, nor a plan
 * without the paid order. Whatever throws in here undoes both.
 */
export async function payOrder(
  db: ShopDatabase,
  tenantry: Tenantry,
  orderId: string,
  line: BankLine,
  admin: Actor,
): Promise<ConfirmBankTransferResult> {
  return db.transaction().execute(async (trx) => {
    const order = await trx.selectFrom('shop_order').selectAll().where('id', '=', orderId).forUpdate().executeTakeFirstOrThrow()
    const confirmed = await tenantry.withStore(kyselyStore(trx)).confirmBankTransfer(
      {
        accountId: order.account_id,
        planSlug: order.plan_slug,
        amount: order.amount,
        externalPaymentId: line.reference,
        payerName: line.payer,
      },
      admin,
    )
    await trx.updateTable('shop_order').set({ status: 'paid', payment_id: confirmed.payment.id }).where('id', '=', orderId).execute()
    return confirmed
  })
}

/** What an article costs, in credits. */
export const articlePrice = 50

/**
 * Writes an article and takes its credits, in one commit. Without enough credits it is kept as waiting: the refusal leaves nothing of
 * tenantry's behind, and the host's transaction goes on.
 */
export async function writeArticle(
  db: ShopDatabase,
  tenantry: Tenantry,
  article: { id: string; accountId: string; title: string },
): Promise<'written' | 'waiting'> {
  return db.transaction().execute(async (trx) => {
    const status = await payForArticle(tenantry.withStore(kyselyStore(trx)), article)
    const { id, accountId, title } = article
    await trx.insertInto('shop_article').values({ id, account_id: accountId, title, status }).execute()
    return status
  })
}

async function payForArticle(tenantry: Tenantry, { id, accountId }: { id: string; accountId: string }): Promise<'written' | 'waiting'> {
  const spend = { accountId, amount: articlePrice, operation: 'article.write', idempotencyKey: `article:${id}` }
  try {
    await tenantry.spendCredits(spend)
    return 'written'
  } catch (error) {
    if (isTenantryError(error, 'insufficient_credits')) return 'waiting'
    throw error
  }
}
