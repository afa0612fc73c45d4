import { z } from 'zod'
import type { Actor } from '../../domain/actor.js'
import type { Plan } from '../../domain/plan.js'
import { TenantryError } from '../../errors.js'
import { recordAct } from '../audit/record-act.js'
import { requireOperator } from '../authority.js'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { slug } from '../schemas.js'

const Input = z.strictObject({ slug, isActive: z.boolean() })

/** What `setPlanActive` takes. */
export type SetPlanActiveInput = z.input<typeof Input>
/** What `setPlanActive` answers. */
export interface SetPlanActiveResult {
  readonly plan: Plan
}

/** See {@link Tenantry.setPlanActive}. */
export async function setPlanActive(context: Context, input: SetPlanActiveInput, actor: Actor): Promise<SetPlanActiveResult> {
  const change = parseInput(Input, input)
  const operator = requireOperator(actor, 'change plans')
  const at = context.clock()
  return context.store.transaction(async (tx) => {
    const before = await tx.setPlanActive({ ...change, at })
    if (before === null) throw new TenantryError('plan_not_found', { planSlug: change.slug })
    await recordAct(context, tx, {
      action: 'setPlanActive',
      accountId: null,
      actor: operator,
      before: { slug: change.slug, isActive: before.isActive },
      after: { slug: change.slug, isActive: change.isActive },
      at,
    })
    return { plan: { ...before, isActive: change.isActive } }
  })
}
