import { type Tenantry, uuidv7 } from 'tenantry'

const operator = { type: 'system', id: 'bench' } as const

/** Signs up so many accounts on trial, each with an API key, and answers the keys' secrets. */
export async function addTenants(tenantry: Tenantry, count: number): Promise<string[]> {
  await tenantry.createFreeTrialPlan()
  return makeMany(count, async () => {
    const { account } = await tenantry.registerTrial({ email: `${uuidv7()}@example.com` })
    return (await tenantry.createApiKey({ accountId: account.id, name: 'bench' }, operator)).secret
  })
}

/** Makes so many of something, some at once. */
export async function makeMany<Item>(count: number, make: () => Promise<Item>): Promise<Item[]> {
  const made: Item[] = []
  while (made.length < count) {
    const next = Array.from({ length: Math.min(10, count - made.length) }, make)
    made.push(...(await Promise.all(next)))
  }
  return made
}
