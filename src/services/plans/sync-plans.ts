import { type Catalogue, freeTrialPlan, type Plan } from '../../domain/plan.js'
import type { Context } from '../context.js'
import { parseCatalogue } from './catalogue.js'

/** What {@link syncPlans} answers: the plans of the catalogue as they now stand, in its order. */
export interface SyncPlansResult {
  readonly plans: readonly Plan[]
}

/**
 * Writes the catalogue's plans into the store: inserts those it does not know and updates the rest, by slug. Safe to run at every start
 * and in many processes at once. Plans that are not in the catalogue stay as they are.
 *
 * @throws TenantryError `invalid_input` when a plan of the catalogue is not one; nothing is written then
 */
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

/** Writes the plan of the free trial, see {@link freeTrialPlan}; if it exists, it is brought up to date. */
export async function createFreeTrialPlan(context: Context): Promise<{ plan: Plan }> {
  const { plans } = await syncPlans(context, { [freeTrialPlan.slug]: freeTrialPlan })
  return { plan: plans[0] as Plan }
}
