import type { PlanOperations } from '../../ports/store/plans.js'
import type { Connection } from './connection.js'
import { isAfter } from './pages.js'
import { planContentRow, toPlan } from './rows/plan.js'
import { moment } from './rows/values.js'
import type { Row } from './tables.js'
import type { Verbs } from './verbs.js'

/** Questions and changes about plans. */
export const planVerbs: Verbs<PlanOperations> = {
  async upsertPlan({ build, execute }, plan) {
    const content = planContentRow(plan)
    const identity = { id: plan.id, slug: plan.slug, created_at: plan.at }
    const activity = plan.isActive === null ? {} : { is_active: plan.isActive }
    const [row] = await execute(
      build
        .insertInto('tenantry_plan')
        .values({ ...content, ...identity, is_active: plan.isActive ?? true })
        .onConflict((conflict) => conflict.column('slug').doUpdateSet({ ...content, ...activity }))
        .returningAll(),
    )
    return toPlan(row as Row<'tenantry_plan'>)
  },
  async findPlanBySlug(connection, slug) {
    const row = await findBySlug(connection, slug)
    return row && toPlan(row)
  },
  async findPlanById({ build, execute }, planId) {
    const [row] = await execute(build.selectFrom('tenantry_plan').selectAll().where('id', '=', planId))
    return row === undefined ? null : toPlan(row)
  },
  async listPlans({ build, execute }, { before, limit }) {
    const plans = build.selectFrom('tenantry_plan').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit)
    const rows = await execute(before === null ? plans : plans.where(isAfter(before)))
    return rows.map((row) => ({ plan: toPlan(row), createdAt: moment(row.created_at) }))
  },
  async setPlanActive(connection, { slug, isActive, at }) {
    const { build, execute } = connection
    const update = build.updateTable('tenantry_plan').set({ is_active: isActive, updated_at: at })
    const [changed] = await execute(update.where('slug', '=', slug).where('is_active', '=', !isActive).returningAll())
    if (changed !== undefined) return { ...toPlan(changed), isActive: !isActive }
    const same = await findBySlug(connection, slug)
    return same && { ...toPlan(same), isActive }
  },
}

async function findBySlug({ build, execute }: Connection, slug: string): Promise<Row<'tenantry_plan'> | null> {
  const [row] = await execute(build.selectFrom('tenantry_plan').selectAll().where('slug', '=', slug))
  return row ?? null
}
