import type { PlanOperations } from '../../ports/store/plans.js'
import { placeInTime } from './groups.js'
import { everything, type Tables } from './tables.js'
import type { Verbs } from './verbs.js'

/** Questions and changes about plans. */
export const planVerbs = (tables: Tables): Verbs<PlanOperations> => ({
  upsertPlan({ at, isActive, ...content }) {
    const known = tables.planBySlug(content.slug)
    const plan = { ...content, id: known?.plan.id ?? content.id, isActive: isActive ?? known?.plan.isActive ?? true }
    tables.plans.put({ plan, createdAt: known?.createdAt ?? at })
    return plan
  },
  findPlanBySlug: (slug) => tables.planBySlug(slug)?.plan ?? null,
  findPlanById: (planId) => tables.plans.find(planId)?.plan ?? null,
  listPlans: ({ before, limit }) => tables.plansInTime.descending(everything, { before: before && placeInTime(before), limit }),
  setPlanActive({ slug, isActive }) {
    const known = tables.planBySlug(slug)
    if (known === null) return null
    tables.plans.put({ ...known, plan: { ...known.plan, isActive } })
    return known.plan
  },
})
