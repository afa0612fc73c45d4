import { z } from 'zod'
import type { Plan } from '../../domain/plan.js'
import type { Context } from '../context.js'
import { type Page, page, parsePosition, positionCursor } from '../page.js'
import { parseInput } from '../parse-input.js'
import { pageLimit } from '../schemas.js'

const Input = z.strictObject({ before: z.string().optional(), limit: pageLimit })

/** What `listPlans` takes. */
export type ListPlansInput = z.input<typeof Input>
/** What `listPlans` answers. */
export type ListPlansResult = Page<Plan>

/** See {@link Tenantry.listPlans}. */
export async function listPlans(context: Context, input: ListPlansInput = {}): Promise<ListPlansResult> {
  const { before, limit } = parseInput(Input, input)
  const position = parsePosition(before)
  const { items, next } = await page(
    limit,
    (count) => context.store.listPlans({ before: position, limit: count }),
    ({ plan, createdAt }) => positionCursor({ createdAt, id: plan.id }),
  )
  return { items: items.map(({ plan }) => plan), next }
}
