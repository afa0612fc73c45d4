import { type Catalogue, freeTrialPlan, type Plan } from '../../domain/plan.js'
import type { Context } from '../context.js'
import { parseCatalogue } from './catalogue.js'

/** What {@link syncPlans} answers: the plans of the catalogue as they now stand, in its order. */
export interface SyncPlansResult {
  readonly plans: readonly Plan[]
}

/** See {@link Tenantry.syncPlans}. */
export async function syncPlans(context: Context, catalogue: Catalogue): Promise<SyncPlansResult> {
  const contents = parseCatalogue(catalogue)
  const at = context.clock()
  const plans = await context.store.transaction(async (tx) => {
    const written: Plan[] = []
    // One after the other and in the order of their slugs, so that processes that start together never wait for each other in a circle.
    for (const content of [...contents].sort((a, b) => (a.slug < b.slug ? -1 : 1))) {
      written.push(await tx.upsertPlan({ ...content, id: context.newId(), at }))
    }
    return written
  })
  return { plans: contents.flatMap(({ slug }) => plans.filter((plan) => plan.slug === slug)) }
}

/** See {@link Tenantry.createFreeTrialPlan}. */
export async function createFreeTrialPlan(context: Context): Promise<{ plan: Plan }> {
  const { plans } = await syncPlans(context, { [freeTrialPlan.slug]: freeTrialPlan })
  return { plan: plans[0] as Plan }
}
