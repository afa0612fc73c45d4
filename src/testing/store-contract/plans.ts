import assert from 'node:assert/strict'
import type { Plan } from '../../domain/plan.js'
import type { PlanContent } from '../../ports/store/plans.js'
import { samples } from '../samples.js'
import { at, atOnce, readPages, type StoreCases } from './world.js'

const elaborate = samples.plan({
  id: 'plan-9',
  slug: 'größer-2',
  name: `Zoë's "Größer" \\ plan 漢字 🦊`,
  prices: [
    { amountMinor: 29900, currency: 'USD' },
    { amountMinor: Number.MAX_SAFE_INTEGER, currency: 'JPY' },
  ],
  billingCycle: 'yearly',
  includedCredits: Number.MAX_SAFE_INTEGER,
  limits: { maxSites: null, maxUsers: 0, 'max.industries': 12 },
  throttles: { content: { limit: 60, windowSeconds: 60 }, 'bulk:import': { limit: 5, windowSeconds: 3600 } },
  creditRollover: { cap: 7000 },
})

const bare = samples.plan({ prices: [], limits: {}, throttles: {}, includedCredits: 0, creditRollover: 'all' })

const content = (plan: Plan, overrides: Partial<PlanContent> = {}): PlanContent => samples.planContent({ ...plan, ...overrides })

/** Promises about plans. */
export const planCases: StoreCases = {
  'a new plan is answered as it stands, with the id it brought': async (store) => {
    assert.deepEqual(await store.upsertPlan(content(elaborate)), elaborate)
    assert.deepEqual(await store.upsertPlan(content(bare)), bare)
  },
  'a plan comes back by slug and by id with all that it is': async (store) => {
    await store.upsertPlan(content(elaborate))
    await store.upsertPlan(content(bare))
    assert.deepEqual(await store.findPlanBySlug('größer-2'), elaborate)
    assert.deepEqual(await store.findPlanById('plan-9'), elaborate)
    assert.deepEqual(await store.findPlanBySlug('starter'), bare)
    assert.deepEqual(await store.findPlanById('plan-1'), bare)
  },
  'a plan that is not there is null': async (store) => {
    await store.upsertPlan(content(elaborate))
    assert.equal(await store.findPlanBySlug('starter'), null)
    assert.equal(await store.findPlanBySlug('plan-9'), null)
    assert.equal(await store.findPlanById('größer-2'), null)
  },
  'the plan of a known slug gets the new content and keeps its id': async (store) => {
    await store.upsertPlan(content(samples.plan()))
    const changed = { ...elaborate, slug: 'starter' }
    assert.deepEqual(await store.upsertPlan(content(changed)), { ...changed, id: 'plan-1' })
    assert.deepEqual(await store.findPlanById('plan-1'), { ...changed, id: 'plan-1' })
    assert.equal(await store.findPlanById('plan-9'), null)
  },
  'upserting leaves the other plans as they are': async (store) => {
    await store.upsertPlan(content(bare))
    await store.upsertPlan(content(elaborate))
    await store.upsertPlan(content({ ...elaborate, name: 'Renamed' }))
    assert.deepEqual(await store.findPlanById('plan-1'), bare)
  },
  'isActive null is active for a new plan': async (store) => {
    assert.equal((await store.upsertPlan(content(bare, { isActive: null }))).isActive, true)
  },
  'isActive null leaves a known plan as it is, whether active or not': async (store) => {
    await store.upsertPlan(content(bare, { isActive: false }))
    assert.equal((await store.upsertPlan(content(bare, { isActive: null, name: 'Renamed' }))).isActive, false)
    await store.setPlanActive({ slug: 'starter', isActive: true, at: at() })
    assert.equal((await store.upsertPlan(content(bare, { isActive: null }))).isActive, true)
    assert.deepEqual(await store.findPlanBySlug('starter'), bare)
  },
  'isActive true or false is written, over what an administrator set too': async (store) => {
    assert.equal((await store.upsertPlan(content(bare, { isActive: false }))).isActive, false)
    assert.equal((await store.upsertPlan(content(bare, { isActive: true }))).isActive, true)
    assert.equal((await store.upsertPlan(content(bare, { isActive: false }))).isActive, false)
    assert.equal((await store.findPlanBySlug('starter'))?.isActive, false)
  },
  'many processes that add one plan at once make one plan': async (store) => {
    const plans = await atOnce(8, (index) => store.upsertPlan(content(bare, { id: `plan-${index}` })))
    const kept = plans[0]?.id
    assert.deepEqual(
      plans.map(({ id }) => id),
      plans.map(() => kept),
    )
    assert.equal((await store.listPlans({ before: null, limit: 10 })).length, 1)
  },
  'setPlanActive answers the plan before the change and changes nothing else': async (store) => {
    await store.upsertPlan(content(elaborate))
    await store.upsertPlan(content(bare))
    const answered = await store.setPlanActive({ slug: 'größer-2', isActive: false, at: at(1) })
    assert.deepEqual(answered, elaborate)
    assert.deepEqual(await store.findPlanBySlug('größer-2'), { ...elaborate, isActive: false })
    assert.deepEqual(await store.setPlanActive({ slug: 'größer-2', isActive: true, at: at(2) }), { ...elaborate, isActive: false })
    assert.deepEqual(await store.findPlanBySlug('größer-2'), elaborate)
    assert.deepEqual(await store.findPlanBySlug('starter'), bare)
  },
  'setPlanActive of a plan that is not there answers null': async (store) => {
    assert.equal(await store.setPlanActive({ slug: 'starter', isActive: false, at: at() }), null)
    assert.equal(await store.findPlanBySlug('starter'), null)
  },
  'listPlans gives the plans newest first, each with the moment it was added': async (store) => {
    await store.upsertPlan(content({ ...bare, id: 'plan-1', slug: 'b' }, { at: at(5) }))
    await store.upsertPlan(content({ ...elaborate, id: 'plan-2', slug: 'a' }, { at: at(6) }))
    await store.upsertPlan(content({ ...bare, id: 'plan-3', slug: 'c' }, { at: at(4), isActive: false }))
    await store.upsertPlan(content({ ...bare, id: 'plan-4', slug: 'b', name: 'Later' }, { at: at(7) }))
    assert.deepEqual(await store.listPlans({ before: null, limit: 10 }), [
      { plan: { ...elaborate, id: 'plan-2', slug: 'a' }, createdAt: at(6) },
      { plan: { ...bare, id: 'plan-1', slug: 'b', name: 'Later' }, createdAt: at(5) },
      { plan: { ...bare, id: 'plan-3', slug: 'c', isActive: false }, createdAt: at(4) },
    ])
  },
  'listPlans pages without a gap or a repeat, also among plans of one moment': async (store) => {
    for (const [id, moment] of Object.entries({ p3: 1, p1: 1, p5: 1, p2: 1, p4: 0, p0: 2 })) {
      await store.upsertPlan(content({ ...bare, id, slug: `slug-${id}` }, { at: at(moment) }))
    }
    const pages = await readPages(2, store.listPlans, ({ plan, createdAt }) => ({ id: plan.id, createdAt }))
    assert.deepEqual(
      pages.map((page) => page.map(({ plan }) => plan.id)),
      [
        ['p0', 'p5'],
        ['p3', 'p2'],
        ['p1', 'p4'],
      ],
    )
  },
  'listPlans of an empty store is empty': async (store) => {
    assert.deepEqual(await store.listPlans({ before: null, limit: 10 }), [])
  },
}
