import type { Actor } from 'tenantry'
import { expect, test } from 'vitest'
import { admin, createHost, subscribe, transfer } from '../support/host.js'

test('changes of a subscription are told, each once, and what changes nothing is not', async () => {
  const host = await createHost({ start: '2026-03-01T00:00:00.000Z' })
  const { tenantry, clock } = host
  const { accountId, user, subscription } = await subscribe(host, 'pro')
  const owner: Actor = { type: 'user', id: user.id }
  let told = (await tenantry.listEvents({ accountId, limit: 200 })).items.length
  const news = async () => {
    const { items } = await tenantry.listEvents({ accountId, limit: 200 })
    const fresh = items.slice(0, items.length - told).map(({ event }) => event)
    told = items.length
    const inOrder = fresh.sort((a, b) => a.sequence - b.sequence)
    return inOrder
      .filter(({ name }) => name.startsWith('subscription.') || name === 'credits.granted')
      .map(({ name, data }) => [name, data])
  }
  const change = (planSlug: string, when: 'now' | 'period_end') => tenantry.changePlan({ accountId, planSlug, when }, admin)
  const ids = { subscriptionId: subscription.id }
  const end = '2026-04-01T00:00:00.000Z'

  await change('starter', 'now')
  expect(await news()).toEqual([['subscription.changed', { ...ids, fromPlanSlug: 'pro', toPlanSlug: 'starter' }]])
  await change('starter', 'now')
  expect(await news()).toEqual([])
  await change('saver', 'period_end')
  await change('saver', 'period_end')
  expect(await news()).toEqual([
    ['subscription.change_scheduled', { ...ids, fromPlanSlug: 'starter', toPlanSlug: 'saver', effectiveAt: end }],
  ])
  await change('starter', 'period_end')
  expect(await news()).toEqual([['subscription.change_withdrawn', { ...ids, fromPlanSlug: 'starter', toPlanSlug: 'saver' }]])
  for (const again of [1, 2]) {
    expect(again).toBeGreaterThan(0)
    await tenantry.cancelSubscription({ accountId, when: 'period_end' }, owner)
  }
  expect(await news()).toEqual([['subscription.cancel_scheduled', { ...ids, endsAt: end }]])
  await tenantry.resumeSubscription({ accountId }, owner)
  await tenantry.resumeSubscription({ accountId }, owner)
  expect(await news()).toEqual([['subscription.resumed', { ...ids, periodEnd: end }]])
  await expect(change('nowhere', 'now')).rejects.toThrow()
  await tenantry.previewPlanChange({ accountId, planSlug: 'pro', when: 'now' }, owner)
  expect(await news()).toEqual([])

  await change('saver', 'period_end')
  await tenantry.confirmBankTransfer({ ...transfer(accountId, 'saver'), externalPaymentId: 'early' }, admin)
  expect((await news()).map(([name, data]) => [name, (data as { planSlug?: string }).planSlug])).toEqual([
    ['subscription.change_scheduled', undefined],
    ['credits.granted', undefined],
    ['subscription.renewed', 'saver'],
  ])
  clock.set(end)
  expect(await news()).toEqual([])
  await tenantry.grantCredits({ accountId, amount: 1, type: 'purchase', idempotencyKey: 'any' }, admin)
  const [begun] = await news()
  expect(begun).toEqual(['subscription.changed', { ...ids, fromPlanSlug: 'starter', toPlanSlug: 'saver' }])
  await tenantry.cancelSubscription({ accountId, when: 'now' }, owner)
  expect(await news()).toEqual([['subscription.canceled', { ...ids, endedAt: end }]])
  expect((await tenantry.verifyBooks({ accountId })).problems).toEqual([])
})
