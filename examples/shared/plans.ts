import { definePlans, freeTrialPlan, isFree, type Plan } from 'tenantry'

/** What the examples sell. Slugs and throttled scopes become types. */
export const plans = definePlans({
  'free-trial': freeTrialPlan,
  starter: {
    name: 'Starter',
    prices: [{ amountMinor: 2999, currency: 'USD' }],
    billingCycle: 'monthly',
    includedCredits: 5000,
    limits: { maxSites: 5, maxUsers: 3, maxIndustries: 10 },
    throttles: { api: { limit: 600, windowSeconds: 60 } },
  },
})

/** Those of the plans that money can buy now. */
export const onSale = (all: readonly Plan[]): Plan[] => all.filter((plan) => plan.isActive && !isFree(plan))
