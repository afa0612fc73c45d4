import { formatMoney, type Plan, type Tenantry } from '../index.js'
import { table } from './output.js'

/** Plans, one a line. */
export const planTable = (plans: readonly Plan[]): string =>
  table(
    ['slug', 'name', 'price', 'cycle', 'credits a month', 'state', 'limits'],
    plans.map((plan) => [
      plan.slug,
      plan.name,
      plan.prices.map((price) => `${formatMoney(price)} ${price.currency}`).join(', ') || 'none',
      plan.billingCycle,
      plan.includedCredits,
      plan.isActive ? 'active' : 'inactive',
      limitsOf(plan),
    ]),
  )

const limitsOf = ({ limits }: Plan): string =>
  Object.entries(limits)
    .map(([name, max]) => `${name} ${max ?? 'unlimited'}`)
    .join(', ')

/** All pages of the list of plans, newest first. */
export async function allPlans(tenantry: Tenantry): Promise<readonly Plan[]> {
  const plans: Plan[] = []
  let before: string | undefined
  do {
    const page = await tenantry.listPlans({ before, limit: 200 })
    plans.push(...page.items)
    before = page.next ?? undefined
  } while (before !== undefined)
  return plans
}
