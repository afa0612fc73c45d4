import { z } from 'zod'
import type { Receipt } from '../../domain/receipt.js'
import type { Context } from '../context.js'
import { type Page, page, parsePosition, positionCursor } from '../page.js'
import { parseInput } from '../parse-input.js'
import { requireAccount } from '../require-account.js'
import { id, pageLimit } from '../schemas.js'

const Input = z.strictObject({ accountId: id, before: z.string().optional(), limit: pageLimit })

/** What `listReceipts` takes. */
export type ListReceiptsInput = z.input<typeof Input>
/** What `listReceipts` answers. */
export type ListReceiptsResult = Page<Receipt>

/** See {@link Tenantry.listReceipts}. */
export async function listReceipts(context: Context, input: ListReceiptsInput): Promise<ListReceiptsResult> {
  const { accountId, before, limit } = parseInput(Input, input)
  const position = parsePosition(before)
  const result = await page(limit, (count) => context.store.listReceipts({ accountId, before: position, limit: count }), positionCursor)
  if (result.items.length === 0) await requireAccount(context, accountId)
  return result
}
