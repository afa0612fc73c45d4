import type { Money } from './money.js'

/** What becomes of unused plan credits when their month ends: they lapse, all stay, or up to `cap` stay. */
export type CreditRollover = 'none' | 'all' | { readonly cap: number }

/** How many calls a scope allows: `limit` over each `windowSeconds`, and `burst` of them at once. */
export interface ThrottleRule {
  readonly limit: number
  readonly windowSeconds: number
  /** How many calls may come at once, 1 to `limit`; all of `limit` when left out. */
  readonly burst?: number | undefined
}

/** How many calls a rule allows at once. */
export const burstOf = ({ limit, burst }: ThrottleRule): number => burst ?? limit

/** What an account can buy: a price, credits a month, limits and throttles. */
export interface Plan {
  readonly id: string
  readonly slug: string
  readonly name: string
  /** At most one price per currency, each for one billing cycle. */
  readonly prices: readonly Money[]
  readonly billingCycle: 'monthly' | 'yearly'
  /** Credits granted for each calendar month of the subscription. */
  readonly includedCredits: number
  /** Upper bounds by name; `null` is unlimited. */
  readonly limits: Readonly<Record<string, number | null>>
  readonly throttles: Readonly<Record<string, ThrottleRule>>
  readonly isActive: boolean
  readonly creditRollover: CreditRollover
}

/** A plan as it is declared in code; the key in the catalogue is its slug. */
export interface PlanDefinition {
  readonly name: string
  readonly prices: readonly Money[]
  readonly billingCycle: 'monthly' | 'yearly'
  readonly includedCredits: number
  readonly limits: Readonly<Record<string, number | null>>
  readonly throttles?: Readonly<Record<string, ThrottleRule>>
  /** Left out, a new plan is active and a known one keeps what an administrator set. */
  readonly isActive?: boolean
  /** `'none'` when left out. */
  readonly creditRollover?: CreditRollover
}

/** Plans by slug. */
export type Catalogue = Readonly<Record<string, PlanDefinition>>

/** The slugs of a catalogue. */
export type PlanSlug<C extends Catalogue> = Extract<keyof C, string>

/** The names of the limits that the plans of a catalogue have. */
export type LimitName<C extends Catalogue> = { [Slug in keyof C]: Extract<keyof C[Slug]['limits'], string> }[keyof C]

/** The scopes that the plans of a catalogue throttle. */
export type ThrottleName<C extends Catalogue> = {
  [Slug in keyof C]: C[Slug] extends { readonly throttles: infer Throttles } ? Extract<keyof Throttles, string> : never
}[keyof C]

/** Declares a catalogue: the value comes back unchanged, its slugs, limits and throttles become types. */
export function definePlans<const C extends Catalogue>(catalogue: C): C {
  return catalogue
}

/** The plan of a free trial: 2,000 credits and room for one site. Its slug is `free-trial`. */
export const freeTrialPlan = {
  slug: 'free-trial',
  name: 'Free Trial',
  prices: [{ amountMinor: 0, currency: 'USD' }],
  billingCycle: 'monthly',
  includedCredits: 2000,
  limits: { maxSites: 1, maxUsers: 1, maxIndustries: 3 },
  throttles: {},
  isActive: true,
  creditRollover: 'none',
} as const

/** Months in one billing cycle of the plan. */
export const cycleMonths = (plan: Plan): number => (plan.billingCycle === 'yearly' ? 12 : 1)

/** Does the plan cost nothing? */
export const isFree = (plan: Plan): boolean => plan.prices.every((price) => price.amountMinor === 0)

/** The price of one billing cycle in a currency, or `null` when the plan is not sold in it. */
export function priceIn(plan: Plan, currency: string): Money | null {
  return plan.prices.find((price) => price.currency === currency) ?? null
}

/** What a month of the plan costs in minor units of a currency; 0 where it is not sold in it. Only for comparing plans. */
export function monthlyPrice(plan: Plan, currency: string): number {
  return (priceIn(plan, currency)?.amountMinor ?? 0) / cycleMonths(plan)
}
