import { z } from 'zod'
import type { CreditEntry } from '../../domain/credit.js'
import type { Context } from '../context.js'
import { type Page, page, parseSequence } from '../page.js'
import { parseInput } from '../parse-input.js'
import { requireAccount } from '../require-account.js'
import { id, pageLimit } from '../schemas.js'

const Input = z.strictObject({ accountId: id, before: z.string().optional(), limit: pageLimit })

/** What `listCreditEntries` takes. */
export type ListCreditEntriesInput = z.input<typeof Input>
/** What `listCreditEntries` answers. */
export type ListCreditEntriesResult = Page<CreditEntry>

/**
 * Lists an account's ledger, newest first. The cursor is stable: entries that come later never shift a page.
 *
 * @throws TenantryError `account_not_found`, `invalid_input`
 */
export async function listCreditEntries(context: Context, input: ListCreditEntriesInput): Promise<ListCreditEntriesResult> {
  const { accountId, before, limit } = parseInput(Input, input)
  const beforeSequence = parseSequence(before)
  const read = (count: number) => context.store.listCreditEntries({ accountId, beforeSequence, limit: count })
  const result = await page(limit, read, (entry) => String(entry.sequence))
  if (result.items.length === 0) await requireAccount(context, accountId)
  return result
}
