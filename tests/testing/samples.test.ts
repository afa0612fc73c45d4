import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/adapters/memory/index.js'
import { decideAccess } from '../../src/domain/access.js'
import { samples } from '../../src/testing/samples.js'

describe('samples', () => {
  test('take what the test is about and fill in the rest', () => {
    expect(samples.account({ status: 'suspended' })).toEqual({ ...samples.account(), status: 'suspended' })
    expect(samples.newUser({ lastName: 'Hopper', externalUserId: 'idp|1' })).toEqual({
      user: samples.user({ lastName: 'Hopper' }),
      passwordHash: null,
      externalUserId: 'idp|1',
    })
  })

  test('give a person an e-mail of their own by their id', () => {
    expect(samples.user({ id: 'user-2' }).email).toBe('user-2@example.com')
  })

  test('make an account that the gate lets pass', () => {
    const decision = decideAccess({ account: samples.account(), subscription: samples.subscription() }, samples.account().createdAt)
    expect(decision.ok).toBe(true)
  })

  test('fit together, so that a store takes them all', async () => {
    const store = memoryStore()
    await store.upsertPlan(samples.planContent())
    await store.addUser(samples.newUser())
    await store.transaction(async (tx) => {
      await tx.addAccount(samples.newAccount())
      await tx.addMembership(samples.membership())
      await tx.saveSubscription(samples.subscription())
      await tx.savePayment(samples.recordedPayment())
    })
    await store.addSession(samples.session())
    await store.addApiKey({ apiKey: samples.apiKey(), secretHash: 'f'.repeat(64) })
    await store.addAuditEntry(samples.auditEntry())
    expect(await store.findAccountAccess('account-1')).toEqual({
      account: samples.account({ credits: 0 }),
      subscription: samples.subscription(),
    })
  })
})
