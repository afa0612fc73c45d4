import type { Plan } from '../../domain/plan.js'
import type { Position } from './position.js'

/** Questions and guarded changes about plans. Plans are global: they belong to no account. */
export interface PlanOperations {
  /**
   * Adds the plan, or gives the plan of the same slug the new content while its id stays. `isActive: null` is active for a new plan and
   * leaves a known one as it is. Any number of processes may do it at once. Answers the plan as it stands.
   */
  upsertPlan(plan: PlanContent): Promise<Plan>
  findPlanBySlug(slug: string): Promise<Plan | null>
  findPlanById(planId: string): Promise<Plan | null>
  /** Newest first: by `createdAt`, then id, both descending. */
  listPlans(page: { before: Position | null; limit: number }): Promise<readonly DatedPlan[]>
  /** Answers the plan before the change, `null` when there is no such plan. */
  setPlanActive(change: { slug: string; isActive: boolean; at: Date }): Promise<Plan | null>
}

/** A plan to be written. `id` is used when it is new. */
export type PlanContent = Omit<Plan, 'isActive'> & { readonly isActive: boolean | null; readonly at: Date }

/** A plan with its place in a list. */
export interface DatedPlan {
  readonly plan: Plan
  readonly createdAt: Date
}
