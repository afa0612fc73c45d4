import { z } from 'zod'
import { type EventRecord, eventStatuses } from '../../domain/event.js'
import type { Context } from '../context.js'
import { type Page, page, parsePosition, positionCursor } from '../page.js'
import { parseInput } from '../parse-input.js'
import { requireAccount } from '../require-account.js'
import { id, pageLimit } from '../schemas.js'

const Input = z.strictObject({
  /** Left out, the events of all accounts. */
  accountId: id.optional(),
  status: z.enum(eventStatuses).optional(),
  before: z.string().optional(),
  limit: pageLimit,
})

/** What `listEvents` takes. */
export type ListEventsInput = z.input<typeof Input>
/** What `listEvents` answers. */
export type ListEventsResult = Page<EventRecord>

/** See {@link Tenantry.listEvents}. */
export async function listEvents(context: Context, input: ListEventsInput = {}): Promise<ListEventsResult> {
  const { accountId, status, before, limit } = parseInput(Input, input)
  const filter = { accountId: accountId ?? null, status: status ?? null, before: parsePosition(before) }
  const result = await page(
    limit,
    (count) => context.store.listEvents({ ...filter, limit: count }),
    ({ event }) => positionCursor(event),
  )
  if (result.items.length === 0 && accountId !== undefined) await requireAccount(context, accountId)
  return result
}
