import { z } from 'zod'
import type { AuditEntry } from '../../domain/audit.js'
import type { Context } from '../context.js'
import { type Page, page, parsePosition, positionCursor } from '../page.js'
import { parseInput } from '../parse-input.js'
import { requireAccount } from '../require-account.js'
import { id, pageLimit } from '../schemas.js'

const Input = z.strictObject({
  /** Left out, the acts on all accounts and on the platform. */
  accountId: id.optional(),
  before: z.string().optional(),
  limit: pageLimit,
})

/** What `listAuditEntries` takes. */
export type ListAuditEntriesInput = z.input<typeof Input>
/** What `listAuditEntries` answers. */
export type ListAuditEntriesResult = Page<AuditEntry>

/**
 * Lists administrative acts, newest first: who did what, why, and what changed.
 *
 * @throws TenantryError `account_not_found`, `invalid_input`
 */
export async function listAuditEntries(context: Context, input: ListAuditEntriesInput = {}): Promise<ListAuditEntriesResult> {
  const { accountId, before, limit } = parseInput(Input, input)
  const position = parsePosition(before)
  const read = (count: number) => context.store.listAuditEntries({ accountId: accountId ?? null, before: position, limit: count })
  const result = await page(limit, read, positionCursor)
  if (result.items.length === 0 && accountId !== undefined) await requireAccount(context, accountId)
  return result
}
