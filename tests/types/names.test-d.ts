import {
  type Actor,
  createTenantry,
  definePlans,
  freeTrialPlan,
  type LimitName,
  type PlanSlug,
  type Store,
  type Tenantry,
  type ThrottleName,
} from 'tenantry'
import { claim, type Same } from './same.js'

declare const store: Store
declare const actor: Actor

const monthly = { billingCycle: 'monthly', includedCredits: 5000 } as const
const plans = definePlans({
  'free-trial': freeTrialPlan,
  starter: {
    ...monthly,
    name: 'Starter',
    prices: [{ amountMinor: 2999, currency: 'USD' }],
    limits: { maxSites: 3, maxUsers: null },
    throttles: { content: { limit: 60, windowSeconds: 60, burst: 10 } },
  },
  pro: {
    ...monthly,
    name: 'Pro',
    prices: [{ amountMinor: 9999, currency: 'USD' }],
    limits: { maxSites: 10, maxDomains: 2 },
    throttles: { content: { limit: 600, windowSeconds: 60 }, api: { limit: 6000, windowSeconds: 60 } },
  },
})
type Plans = typeof plans

claim<
  [
    Same<PlanSlug<Plans>, 'free-trial' | 'starter' | 'pro'>,
    Same<LimitName<Plans>, 'maxSites' | 'maxUsers' | 'maxIndustries' | 'maxDomains'>,
    Same<ThrottleName<Plans>, 'content' | 'api'>,
    Same<Plans['starter']['prices'][0]['amountMinor'], 2999>,
    Same<Plans['free-trial']['includedCredits'], 2000>,
    Same<(typeof freeTrialPlan)['slug'], 'free-trial'>,
  ]
>()

export const limit: LimitName<Plans> = 'maxSites'
// @ts-expect-error: no plan has such a limit
export const wrongLimit: LimitName<Plans> = 'maxSeats'

/** With a catalogue, its names are the only ones. */
export const named = createTenantry({ store, plans, throttling: { defaults: { login: { limit: 5, windowSeconds: 60 } } } })

const rule = { limit: 5, windowSeconds: 60 }
const transfer = { accountId: 'a', externalPaymentId: 'BANK 1', amount: '29.99', payerName: 'Ada' } as const

export const withKnownNames = async (): Promise<void> => {
  await named.setPlanActive({ slug: 'starter', isActive: false }, actor)
  await named.confirmBankTransfer({ ...transfer, planSlug: 'pro' }, actor)
  await named.confirmBankTransfer(transfer, actor)
  await named.requestBankTransfer({ accountId: 'a', planSlug: 'pro' }, actor)
  await named.authorize({ credential: 'c', scope: 'content' })
  await named.authorize({ accountId: 'a', scope: 'login' })
  await named.throttle({ scope: 'api', ip: '203.0.113.7' })
  await named.throttle({ scope: ['api', 'login'], accountId: 'a' })
  await named.authorize({ credential: 'c', scope: ['content', 'api'] })
  await named.setAccountThrottles({ accountId: 'a', throttles: { api: rule, content: null, login: rule } }, actor)
}

export const withUnknownNames = async (slug: string, scope: string): Promise<void> => {
  // @ts-expect-error: no plan has this slug
  await named.setPlanActive({ slug: 'enterprise', isActive: true }, actor)
  // @ts-expect-error: any text may be no plan's slug
  await named.setPlanActive({ slug, isActive: true }, actor)
  // @ts-expect-error: no plan has this slug
  await named.confirmBankTransfer({ ...transfer, planSlug: 'enterprise' }, actor)
  // @ts-expect-error: no plan has this slug
  await named.requestBankTransfer({ accountId: 'a', planSlug: 'enterprise' }, actor)
  // @ts-expect-error: neither a plan nor the host throttles this scope
  await named.authorize({ credential: 'c', scope: 'contents' })
  // @ts-expect-error: neither a plan nor the host throttles this scope
  await named.throttle({ scope: 'apis' })
  // @ts-expect-error: neither a plan nor the host throttles this scope
  await named.throttle({ scope: ['api', 'apis'] })
  // @ts-expect-error: any text may be no scope
  await named.throttle({ scope })
  // @ts-expect-error: neither a plan nor the host throttles this scope
  await named.setAccountThrottles({ accountId: 'a', throttles: { apii: rule } }, actor)
  // @ts-expect-error: also when it is to be taken away
  await named.setAccountThrottles({ accountId: 'a', throttles: { api: rule, apii: null } }, actor)
  // @ts-expect-error: a scope that is named has a rule or null
  await named.setAccountThrottles({ accountId: 'a', throttles: { api: undefined } }, actor)
  // @ts-expect-error: a limit is no scope
  await named.throttle({ scope: 'maxSites' })
}

/** What has names goes where any text will do. */
export const plain: Tenantry = named

/** The binding to another store keeps the names. */
export const joined = async (): Promise<void> => {
  await named.withStore(store).setPlanActive({ slug: 'starter', isActive: true }, actor)
  // @ts-expect-error: no plan has this slug
  await named.withStore(store).setPlanActive({ slug: 'enterprise', isActive: true }, actor)
  // @ts-expect-error: neither a plan nor the host throttles this scope
  await named.withStore(store).setAccountThrottles({ accountId: 'a', throttles: { apii: rule } }, actor)
}

/** Without a catalogue, any text is a name. */
export const unnamed = createTenantry({ store })

export const withAnyNames = async (slug: string, scope: string): Promise<void> => {
  await unnamed.setPlanActive({ slug, isActive: true }, actor)
  await unnamed.confirmBankTransfer({ ...transfer, planSlug: slug }, actor)
  await unnamed.requestBankTransfer({ accountId: 'a', planSlug: slug }, actor)
  await unnamed.authorize({ credential: null, scope })
  await unnamed.throttle({ scope })
  await unnamed.throttle({ scope: [scope] })
  await unnamed.setAccountThrottles({ accountId: 'a', throttles: { [scope]: rule, api: null } }, actor)
}

/** Scopes alone are names too. */
export const scoped = createTenantry({ store, throttling: { defaults: { login: { limit: 5, windowSeconds: 60 } } } })

export const withScopesAlone = async (slug: string): Promise<void> => {
  await scoped.throttle({ scope: 'login' })
  await scoped.setPlanActive({ slug, isActive: true }, actor)
  await scoped.setAccountThrottles({ accountId: 'a', throttles: { login: null } }, actor)
  // @ts-expect-error: the host throttles no such scope
  await scoped.setAccountThrottles({ accountId: 'a', throttles: { logon: null } }, actor)
  // @ts-expect-error: the host throttles no such scope
  await scoped.throttle({ scope: 'logon' })
}

const price = [{ amountMinor: 2999, currency: 'USD' }]

export const wrongPlans = (): void => {
  // @ts-expect-error: a plan has a name
  definePlans({ starter: { ...monthly, prices: price, limits: {} } })
  // @ts-expect-error: there is no weekly plan
  definePlans({ starter: { ...monthly, name: 'Starter', billingCycle: 'weekly', prices: price, limits: {} } })
  // @ts-expect-error: money is an integer in minor units, not a text
  definePlans({ starter: { ...monthly, name: 'Starter', prices: [{ amountMinor: '29.99', currency: 'USD' }], limits: {} } })
  // @ts-expect-error: a roll-over is 'none', 'all' or a cap
  definePlans({ starter: { ...monthly, name: 'Starter', prices: price, limits: {}, creditRollover: 'some' } })
}
