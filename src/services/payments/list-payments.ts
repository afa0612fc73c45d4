import { z } from 'zod'
import { type Payment, paymentStatuses } from '../../domain/payment.js'
import type { Context } from '../context.js'
import { type Page, page, parsePosition, positionCursor } from '../page.js'
import { parseInput } from '../parse-input.js'
import { requireAccount } from '../require-account.js'
import { id, pageLimit } from '../schemas.js'

const Input = z.strictObject({
  /** Left out, the payments of all accounts. */
  accountId: id.optional(),
  status: z.enum(paymentStatuses).optional(),
  before: z.string().optional(),
  limit: pageLimit,
})

/** What `listPayments` takes. */
export type ListPaymentsInput = z.input<typeof Input>
/** What `listPayments` answers. */
export type ListPaymentsResult = Page<Payment>

/**
 * Lists payments, newest first.
 *
 * @throws TenantryError `account_not_found`, `invalid_input`
 */
export async function listPayments(context: Context, input: ListPaymentsInput = {}): Promise<ListPaymentsResult> {
  const { accountId = null, status = null, before, limit } = parseInput(Input, input)
  const position = parsePosition(before)
  const result = await page(
    limit,
    (count) => context.store.listPayments({ accountId, status, before: position, limit: count }),
    positionCursor,
  )
  if (result.items.length === 0 && accountId !== null) await requireAccount(context, accountId)
  return result
}
