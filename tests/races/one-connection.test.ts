import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { admin, allAtOnce, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')

// A call that asks for a second connection while it holds the only one waits for ever: the test's time limit finds it.
describe.skipIf(serverUrl === null)('a pool of one connection', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '', 1)
  })
  afterAll(() => world.close())

  it('serves 32 callers of every operation', async () => {
    const { tenantry } = world
    const life = async (index: number) => {
      const { account, user, session } = await tenantry.registerTrial({ email: `c${index}@example.com`, password: 'long enough for all' })
      const accountId = account.id
      const owner = { type: 'user', id: user.id } as const
      await tenantry.login({ email: user.email, password: 'long enough for all' })
      await tenantry.authorize({ credential: session.token, scope: 'api' })
      const { apiKey, secret } = await tenantry.createApiKey({ accountId, name: 'key' }, owner)
      await tenantry.authenticate({ credential: secret })
      await tenantry.spendCredits({ accountId, amount: 5, idempotencyKey: 'a', operation: 'life' })
      await tenantry.grantCredits({ accountId, amount: 5, type: 'purchase', idempotencyKey: 'b' }, admin)
      await tenantry.confirmBankTransfer(
        { accountId, externalPaymentId: `L-${index}`, amount: '29.99', payerName: 'Ada', planSlug: 'starter' },
        admin,
      )
      await tenantry.rotateApiKey({ accountId, apiKeyId: apiKey.id, overlapSeconds: 60 }, owner)
      await tenantry.listApiKeys({ accountId })
      await tenantry.listCreditEntries({ accountId })
      await tenantry.listPayments({ accountId })
      await tenantry.listAuditEntries({ accountId })
      await tenantry.suspendAccount({ accountId, reason: 'test' }, admin)
      await tenantry.reinstateAccount({ accountId, reason: 'test' }, admin)
      await tenantry.changePassword({ userId: user.id, current: 'long enough for all', next: 'another long secret' })
      return (await tenantry.creditBalance({ accountId })).balance
    }
    const { results, codes } = await allAtOnce(times(32, (index) => () => life(index)))
    expect(codes).toEqual([])
    expect(results).toEqual(times(32, () => 5005))
    expect((await tenantry.verifyBooks()).problems).toEqual([])
  })
})
