import assert from 'node:assert/strict'
import type { Subscription } from '../../domain/subscription.js'
import { subscriptionStatuses } from '../../domain/subscription.js'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addAccount, at, locked, type StoreCases, stateOf } from './world.js'

const elaborate = samples.subscription({
  paymentMethod: 'stripe',
  externalPaymentId: 'BANK "7" \\ ß',
  stripeSubscriptionId: 'sub_1',
  currentPeriodStart: at(1),
  currentPeriodEnd: at(2),
  billingAnchor: at(3),
  nextCreditsAt: at(4),
  cancelAtPeriodEnd: true,
  createdAt: at(5),
  updatedAt: at(6),
})

async function save(store: Store, subscription: Subscription): Promise<void> {
  await store.transaction(async (tx) => {
    await locked(tx, subscription.accountId)
    await tx.saveSubscription(subscription)
  })
}

/** Promises about the trial or paid time of an account. */
export const subscriptionCases: StoreCases = {
  'a subscription comes back with all that it is': async (store) => {
    await addAccount(store)
    for (const status of subscriptionStatuses) {
      await save(store, { ...elaborate, status })
      assert.deepEqual((await stateOf(store)).subscription, { ...elaborate, status })
    }
    await save(store, samples.subscription())
    assert.deepEqual((await stateOf(store)).subscription, samples.subscription())
  },
  'a scheduled change comes back with its plan and its moment, and goes': async (store) => {
    await addAccount(store)
    await store.upsertPlan(samples.planContent({ id: 'plan-2', slug: 'pro' }))
    for (const pendingPlanAt of [at(7), null]) {
      await save(store, { ...elaborate, pendingPlanId: 'plan-2', pendingPlanAt })
      assert.deepEqual((await stateOf(store)).subscription, { ...elaborate, pendingPlanId: 'plan-2', pendingPlanAt })
      assert.equal((await stateOf(store)).account.plan?.id, 'plan-1')
    }
    await save(store, elaborate)
    assert.deepEqual((await stateOf(store)).subscription, elaborate)
    await assert.rejects(save(store, { ...elaborate, pendingPlanId: 'no-plan' }))
  },
  'saving a subscription again replaces it': async (store) => {
    await addAccount(store)
    await store.upsertPlan(samples.planContent({ id: 'plan-2', slug: 'pro' }))
    await save(store, samples.subscription())
    const renewed = { ...elaborate, planId: 'plan-2', paymentMethod: 'paypal' } as const
    await save(store, renewed)
    assert.deepEqual((await stateOf(store)).subscription, renewed)
    assert.deepEqual((await store.findAccountAccess('account-1'))?.subscription, renewed)
    assert.equal(await store.findSubscriptionAccount('subscription-1'), 'account-1')
  },
  'an account has one subscription: one with another id takes its place': async (store) => {
    await addAccount(store)
    await save(store, samples.subscription())
    await save(store, { ...elaborate, id: 'subscription-2' })
    assert.deepEqual((await stateOf(store)).subscription, { ...elaborate, id: 'subscription-2' })
    assert.equal(await store.findSubscriptionAccount('subscription-2'), 'account-1')
    assert.equal(await store.findSubscriptionAccount('subscription-1'), null)
  },
  'a subscription leads to its account, one that is not there to none': async (store) => {
    await addAccount(store, { subscription: {} })
    await addAccount(store, { id: 'account-2', subscription: {} })
    assert.equal(await store.findSubscriptionAccount('account-1:subscription'), 'account-1')
    assert.equal(await store.findSubscriptionAccount('account-2:subscription'), 'account-2')
    assert.equal(await store.findSubscriptionAccount('account-1'), null)
  },
  'saving a subscription leaves that of another account as it is': async (store) => {
    await addAccount(store, { subscription: {} })
    await addAccount(store, { id: 'account-2', subscription: {} })
    const other = await stateOf(store, 'account-2')
    await save(store, elaborate)
    assert.deepEqual(await stateOf(store, 'account-2'), other)
  },
  'a subscription needs its account and its plan': async (store) => {
    await addAccount(store)
    await assert.rejects(store.transaction((tx) => tx.saveSubscription(samples.subscription({ accountId: 'nowhere' }))))
    await assert.rejects(save(store, samples.subscription({ planId: 'no-plan' })))
    assert.equal(await store.findSubscriptionAccount('subscription-1'), null)
    assert.equal((await stateOf(store)).subscription, null)
  },
}
