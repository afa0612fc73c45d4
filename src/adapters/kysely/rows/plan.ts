import type { CreditRollover, Plan } from '../../../domain/plan.js'
import type { PlanContent } from '../../../ports/store/plans.js'
import { selection } from '../selections.js'
import type { NewRow, Row } from '../tables.js'
import { integer, json } from './values.js'

/** What is read of a plan. */
export type PlanColumns = Omit<Row<'tenantry_plan'>, 'created_at' | 'updated_at'>

/** The columns of a plan in a joined statement. */
export const planSelection = selection<PlanColumns>('plan', {
  id: 'plain',
  slug: 'plain',
  name: 'plain',
  prices: 'plain',
  billing_cycle: 'plain',
  included_credits: 'integer',
  limits: 'plain',
  throttles: 'plain',
  is_active: 'plain',
  credit_rollover: 'plain',
  credit_rollover_cap: 'integer',
})

/** The plan that a row holds. */
export function toPlan(row: PlanColumns): Plan {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    prices: json(row.prices),
    billingCycle: row.billing_cycle,
    includedCredits: integer(row.included_credits),
    limits: json(row.limits),
    throttles: json(row.throttles),
    isActive: row.is_active,
    creditRollover: toRollover(row),
  }
}

const toRollover = ({ credit_rollover: rollover, credit_rollover_cap: cap }: PlanColumns): CreditRollover =>
  rollover === 'cap' ? { cap: integer(cap ?? 0) } : rollover

/** What of a plan may change. */
export function planContentRow(plan: PlanContent) {
  const { creditRollover: rollover } = plan
  return {
    name: plan.name,
    prices: JSON.stringify(plan.prices),
    billing_cycle: plan.billingCycle,
    included_credits: plan.includedCredits,
    limits: JSON.stringify(plan.limits),
    throttles: JSON.stringify(plan.throttles),
    credit_rollover: typeof rollover === 'object' ? 'cap' : rollover,
    credit_rollover_cap: typeof rollover === 'object' ? rollover.cap : null,
    updated_at: plan.at,
  } satisfies Partial<NewRow<'tenantry_plan'>>
}
