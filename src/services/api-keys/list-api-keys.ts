import { z } from 'zod'
import type { ApiKey } from '../../domain/api-key.js'
import type { Context } from '../context.js'
import { type Page, page, parsePosition, positionCursor } from '../page.js'
import { parseInput } from '../parse-input.js'
import { requireAccount } from '../require-account.js'
import { id, pageLimit } from '../schemas.js'

const Input = z.strictObject({ accountId: id, before: z.string().optional(), limit: pageLimit })

/** What `listApiKeys` takes. */
export type ListApiKeysInput = z.input<typeof Input>
/** What `listApiKeys` answers. */
export type ListApiKeysResult = Page<ApiKey>

/**
 * Lists an account's API keys, newest first, also those that were revoked or have expired.
 *
 * @throws TenantryError `account_not_found`
 */
export async function listApiKeys(context: Context, input: ListApiKeysInput): Promise<ListApiKeysResult> {
  const { accountId, before, limit } = parseInput(Input, input)
  const position = parsePosition(before)
  const result = await page(limit, (count) => context.store.listApiKeys({ accountId, before: position, limit: count }), positionCursor)
  if (result.items.length === 0) await requireAccount(context, accountId)
  return result
}
