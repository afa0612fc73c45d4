import fc from 'fast-check'
import { type Actor, isTenantryError, type PlanChangeResult, type Tenantry } from 'tenantry'
import type { ManualClock } from 'tenantry/testing'
import { admin, transfer } from './host.js'

/** Plans that a test changes between, with a paid month's price. */
export const slugs = ['starter', 'pro', 'saver', 'capped', 'annual', 'global'] as const
type Slug = (typeof slugs)[number]

/** Things that happen to an account before or between changes of its plan. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.oneof(fc.nat(24 * 12), fc.nat(24 * 50)) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('change' as const), slug: fc.constantFrom(...slugs), now: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('pay' as const),
      slug: fc.constantFrom(...slugs, 'due' as const, 'due' as const),
      months: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('spend' as const), amount: fc.integer({ min: 1, max: 9000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'resume' as const, 'go inactive' as const) }) },
)

/** One of them. */
export type PlanStep = typeof step extends fc.Arbitrary<infer Step> ? Step : never

/** What a customer has been through, and the change of plan that comes then. */
export const planCase = fc.record({
  steps: fc.array(step, { maxLength: 8 }),
  slug: fc.constantFrom(...slugs, 'free-trial', 'nowhere'),
  when: fc.constantFrom('now' as const, 'period_end' as const),
  byOwner: fc.boolean(),
})
export type PlanCase = typeof planCase extends fc.Arbitrary<infer Case> ? Case : never

/** Steps alone. */
export const planSteps = fc.array(step, { minLength: 4, maxLength: 16 })

/** Where a case takes place. */
export interface PlanWorld {
  readonly tenantry: Tenantry
  readonly clock: ManualClock
  readonly accountId: string
  /** Tells the payments of one case from those of another. */
  readonly tag: string
}

/** Does a step. What the library refuses is passed over. */
export async function doStep({ tenantry, clock, accountId, tag }: PlanWorld, given: PlanStep, number: number): Promise<void> {
  const acts: { readonly [Do in PlanStep['do']]: () => Promise<unknown> } = {
    wait: async () => given.do === 'wait' && clock.set(new Date(clock().getTime() + given.hours * 3_600_000)),
    change: async () =>
      given.do === 'change' && tenantry.changePlan({ accountId, planSlug: given.slug, when: given.now ? 'now' : 'period_end' }, admin),
    pay: async () => given.do === 'pay' && pay({ tenantry, clock, accountId, tag }, given.slug, given.months, number),
    spend: async () =>
      given.do === 'spend' && tenantry.spendCredits({ accountId, amount: given.amount, idempotencyKey: `spend ${number}`, operation: 'o' }),
    cancel: () => tenantry.cancelSubscription({ accountId, when: number % 3 === 0 ? 'now' : 'period_end' }, admin),
    resume: () => tenantry.resumeSubscription({ accountId }, admin),
    'go inactive': () => (number % 2 === 0 ? tenantry.suspendAccount({ accountId, reason: 'r' }, admin) : Promise.resolve()),
  }
  await refusalOr(acts[given.do])
}

async function pay(world: PlanWorld, slug: Slug | 'due', months: number, number: number): Promise<unknown> {
  const { tenantry, accountId, tag } = world
  const paidFor = slug === 'due' ? await slugDue(world) : slug
  const periodMonths = paidFor === 'annual' ? 12 : months
  return tenantry.confirmBankTransfer({ ...transfer(accountId, paidFor, periodMonths), externalPaymentId: `${tag} ${number}` }, admin)
}

/** The plan that a customer pays for next: the scheduled one, or the present one. */
async function slugDue({ tenantry, accountId }: PlanWorld): Promise<Slug> {
  const { account, subscription } = await tenantry.getAccount({ accountId })
  const { items } = await tenantry.listPlans()
  const due = items.find(({ id }) => id === (subscription?.pendingPlanId ?? account.plan?.id))
  return slugs.find((slug) => slug === due?.slug) ?? 'starter'
}

/** What a call answers, or the code with which it is refused. */
export async function refusalOr<Result>(
  call: () => Promise<Result>,
): Promise<Result | { readonly code: string; readonly details: object }> {
  try {
    return await call()
  } catch (error) {
    if (!isTenantryError(error)) throw error
    return { code: error.code, details: error.details }
  }
}

/** Previews a change, makes it, and answers both. */
export async function previewAndChange(
  { tenantry, accountId }: Pick<PlanWorld, 'tenantry' | 'accountId'>,
  { slug: planSlug, when }: Pick<PlanCase, 'slug' | 'when'>,
  actor: Actor,
): Promise<{ preview: unknown; applied: unknown; again: unknown }> {
  const wish = { accountId, planSlug, when }
  const preview = await refusalOr(() => tenantry.previewPlanChange(wish, actor))
  const again = await refusalOr(() => tenantry.previewPlanChange(wish, actor))
  const applied = await refusalOr(() => tenantry.changePlan(wish, actor))
  return { preview, again, applied }
}

/** Is it refused only because it has to be paid for? A preview tells what is due instead. */
export const isToBePaid = (
  applied: unknown,
): applied is { code: 'payment_required'; details: { amountsDue: PlanChangeResult['amountsDue'] } } =>
  (applied as { code?: string }).code === 'payment_required'
