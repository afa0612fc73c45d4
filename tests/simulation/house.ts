import { type Actor, type Catalogue, type Clock, createTenantry, freeTrialPlan, type Store, type Tenantry } from 'tenantry'
import { plainHasher } from 'tenantry/testing'

const monthly = { billingCycle: 'monthly', limits: {} } as const

/** The plans of the simulated platform, by price in cents a month: one that forgets unused credits, one that keeps some, one that keeps all. */
export const pricesOf = { small: 1000, middle: 2500, large: 6000 } as const

const plans: Catalogue = {
  'free-trial': freeTrialPlan,
  small: { ...monthly, name: 'Small', prices: [usd(pricesOf.small)], includedCredits: 700 },
  middle: { ...monthly, name: 'Middle', prices: [usd(pricesOf.middle)], includedCredits: 2500, creditRollover: { cap: 400 } },
  large: { ...monthly, name: 'Large', prices: [usd(pricesOf.large)], includedCredits: 9000, creditRollover: 'all' },
}

function usd(amountMinor: number): { amountMinor: number; currency: string } {
  return { amountMinor, currency: 'USD' }
}

/** Who works for the platform. */
export const staff: Actor = { type: 'admin', id: 'staff-1' }

/** Tenantry as the platform has it, in the parent and in every worker alike. */
export const openTenantry = (store: Store, clock: Clock): Tenantry => createTenantry({ store, plans, clock, passwords: plainHasher() })
