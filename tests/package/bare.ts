import { createTenantry, definePlans, freeTrialPlan, isTenantryError } from 'tenantry'
import { memoryStore, memoryThrottleStore } from 'tenantry/memory'
import { redisThrottleStore } from 'tenantry/redis'
import { manualClock, samples, sequentialIds, storeContract, throttleStoreContract } from 'tenantry/testing'

// A host without a database, and without any of the packages that the package can do without.

export const plans = definePlans({
  'free-trial': freeTrialPlan,
  starter: {
    name: 'Starter',
    prices: [{ amountMinor: 2999, currency: 'USD' }],
    billingCycle: 'monthly',
    includedCredits: 5000,
    limits: { maxSites: 3, maxUsers: null },
    throttles: { api: { limit: 60, windowSeconds: 60 } },
  },
})

// With the hasher that is the default: bcrypt in worker threads.
export const tenantry = createTenantry({
  store: memoryStore(),
  plans,
  throttles: memoryThrottleStore(),
  throttling: { defaults: { login: { limit: 5, windowSeconds: 60 } } },
})

export const onRedis = createTenantry({
  store: memoryStore(),
  throttles: redisThrottleStore({ eval: async (_, keys) => keys.map(() => 0) }),
})

export const forTests = createTenantry({ store: memoryStore(), clock: manualClock(), newId: sequentialIds() })

export const promises = [...storeContract(async () => memoryStore()), ...throttleStoreContract(async () => memoryThrottleStore())]

const person = { email: 'Ada@Example.com', password: 'correct horse battery' }

async function main(): Promise<void> {
  await tenantry.syncPlans()
  const { account } = await tenantry.registerTrial(person)
  const wrong: unknown = await tenantry.login({ ...person, password: 'wrong horse battery' }).catch((error: unknown) => error)
  const { session } = await tenantry.login(person)
  const answer = await tenantry.authorize({ credential: session.token, scope: 'api' })
  console.log(
    JSON.stringify({
      status: account.status,
      credits: account.credits,
      refused: isTenantryError(wrong, 'invalid_credentials'),
      passes: answer.ok,
      sample: samples.account().id,
      contract: promises.length > 50,
    }),
  )
}

void main()
