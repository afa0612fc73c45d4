import { describe, expect, test } from 'vitest'
import {
  admin,
  cleanRefusalOf,
  contentsOf,
  createHost,
  refusalOf,
  signUp,
  subscribe,
  system,
  type WrongInputs,
  wrongFieldsOf,
} from '../support/host.js'

const reason = 'chargeback'

async function customer() {
  const host = await createHost()
  const { account, user, session } = await signUp(host)
  const accountId = account.id
  const owner = { type: 'user', id: user.id } as const
  const { secret, apiKey } = await host.tenantry.createApiKey({ accountId, name: 'CI' }, owner)
  const answers = async () => {
    const answers = await Promise.all([
      host.tenantry.validateAccountAndPlan({ accountId }),
      host.tenantry.validateAccountAndPlan({ userId: user.id }),
      host.tenantry.authenticate({ credential: session.token }),
      host.tenantry.authenticate({ credential: secret }),
      host.tenantry.authorize({ credential: secret, scope: 'api' }),
      host.tenantry.authorize({ accountId, scope: 'api' }),
    ])
    return [...new Set(answers.map((answer) => (answer.ok ? 'ok' : answer.code)))]
  }
  return { host, account, accountId, owner, apiKey, answers, input: { accountId, reason }, ...host }
}

describe('suspendAccount', () => {
  test('stops the account from the very next call on, by session, key and job', async () => {
    const { tenantry, account, accountId, answers, input } = await customer()
    expect(await answers()).toEqual(['ok'])
    expect(await tenantry.suspendAccount(input, admin)).toEqual({ account: { ...account, status: 'suspended', statusReason: reason } })
    expect(await answers()).toEqual(['account_suspended'])
    expect((await refusalOf(tenantry.spendCredits({ accountId, amount: 1, idempotencyKey: 'k', operation: 'o' }))).code).toBe(
      'account_suspended',
    )
  })

  test('writes down who did it, why, and what was before', async () => {
    const { tenantry, clock, accountId, input } = await customer()
    clock.advance({ days: 1 })
    await tenantry.suspendAccount(input, system)
    expect((await tenantry.listAuditEntries({ accountId, limit: 1 })).items).toEqual([
      {
        id: expect.any(String),
        accountId,
        actor: system,
        action: 'suspendAccount',
        reason,
        before: { status: 'trial', statusReason: null },
        after: { status: 'suspended', statusReason: reason },
        createdAt: clock(),
      },
    ])
  })

  test('changes nothing about a suspended account', async () => {
    const { host, tenantry, input } = await customer()
    const first = await tenantry.suspendAccount(input, admin)
    const before = await contentsOf(host)
    expect(await tenantry.suspendAccount({ ...input, reason: 'another' }, admin)).toEqual(first)
    expect(await contentsOf(host)).toEqual(before)
  })

  test('refuses a cancelled account', async () => {
    const { host, tenantry, input } = await customer()
    await tenantry.cancelAccount(input, admin)
    expect(await cleanRefusalOf(host, () => tenantry.suspendAccount(input, admin))).toEqual({
      code: 'invalid_transition',
      details: { from: 'cancelled', event: 'be suspended' },
    })
  })
})

describe('reinstateAccount', () => {
  test('gives a trial account its status back, and the gate lets it go on', async () => {
    const { tenantry, account, accountId, answers, input } = await customer()
    await tenantry.suspendAccount(input, admin)
    expect(await tenantry.reinstateAccount({ ...input, reason: 'paid' }, admin)).toEqual({ account })
    expect(await answers()).toEqual(['ok'])
    expect((await tenantry.listAuditEntries({ accountId, limit: 1 })).items[0]).toMatchObject({
      action: 'reinstateAccount',
      reason: 'paid',
      before: { status: 'suspended', statusReason: reason },
      after: { status: 'trial', statusReason: null },
    })
  })

  test('gives a paid account back as active, also after it was cancelled', async () => {
    const host = await createHost()
    const { accountId } = await subscribe(host)
    await host.tenantry.suspendAccount({ accountId, reason }, admin)
    await host.tenantry.cancelAccount({ accountId, reason }, admin)
    expect((await host.tenantry.reinstateAccount({ accountId, reason }, system)).account).toMatchObject({
      status: 'active',
      statusReason: null,
    })
  })

  test('gives an account that owes a payment back as pending', async () => {
    const { tenantry, store, accountId, input } = await customer()
    await store.transaction(async (tx) => {
      const held = await tx.lockAccount(accountId)
      if (held?.subscription) await tx.saveSubscription({ ...held.subscription, status: 'pending_payment' })
    })
    await tenantry.suspendAccount(input, admin)
    expect((await tenantry.reinstateAccount(input, admin)).account.status).toBe('pending_payment')
  })

  test('does not lift what time has done', async () => {
    const { tenantry, clock, answers, input } = await customer()
    await tenantry.suspendAccount(input, admin)
    clock.advance({ days: 15 })
    await tenantry.reinstateAccount(input, admin)
    expect(await answers()).toEqual(['trial_expired'])
  })

  test('refuses an account that is neither suspended nor cancelled', async () => {
    const { host, tenantry, input } = await customer()
    expect(await cleanRefusalOf(host, () => tenantry.reinstateAccount(input, admin))).toEqual({
      code: 'invalid_transition',
      details: { from: 'trial', event: 'be reinstated' },
    })
  })
})

describe('cancelAccount', () => {
  test.each(['owner', 'admin', 'system'])('closes the account at the wish of the %s, and deletes nothing', async (who) => {
    const { tenantry, accountId, owner, answers, input } = await customer()
    const actor = { owner, admin, system }[who] ?? admin
    const { account } = await tenantry.cancelAccount(input, actor)
    expect(account).toMatchObject({ status: 'cancelled', statusReason: reason, credits: 2000, deletedAt: null })
    expect(await answers()).toEqual(['account_cancelled'])
    expect((await tenantry.listAuditEntries({ accountId, limit: 1 })).items[0]).toMatchObject({ action: 'cancelAccount', actor, reason })
    expect((await tenantry.listApiKeys({ accountId })).items).toHaveLength(1)
  })

  test('changes nothing about a cancelled account', async () => {
    const { host, tenantry, owner, input } = await customer()
    const first = await tenantry.cancelAccount(input, owner)
    const before = await contentsOf(host)
    expect(await tenantry.cancelAccount({ ...input, reason: 'again' }, owner)).toEqual(first)
    expect(await contentsOf(host)).toEqual(before)
  })

  test('lets members who manage the account do it, and no others', async () => {
    const { host, tenantry, store, clock, accountId, apiKey, input } = await customer()
    const [plain, manager] = [await signUp(host, { email: 'plain@example.com' }), await signUp(host, { email: 'manager@example.com' })]
    await store.addMembership({ accountId, userId: plain.user.id, role: 'member', createdAt: clock() })
    await store.addMembership({ accountId, userId: manager.user.id, role: 'admin', createdAt: clock() })
    for (const actor of [{ type: 'user', id: plain.user.id } as const, { type: 'api_key', id: apiKey.id } as const]) {
      expect(await cleanRefusalOf(host, () => tenantry.cancelAccount(input, actor))).toEqual({
        code: 'forbidden',
        details: { action: 'cancel this account' },
      })
    }
    expect((await tenantry.cancelAccount(input, { type: 'user', id: manager.user.id })).account.status).toBe('cancelled')
  })

  test('answers a stranger as if the account were not there', async () => {
    const { host, tenantry, accountId, input } = await customer()
    const stranger = await signUp(host, { email: 'grace@example.com' })
    const key = await tenantry.createApiKey({ accountId: stranger.account.id, name: 'CI' }, admin)
    for (const actor of [{ type: 'user', id: stranger.user.id } as const, { type: 'api_key', id: key.apiKey.id } as const]) {
      expect(await cleanRefusalOf(host, () => tenantry.cancelAccount(input, actor))).toEqual({
        code: 'account_not_found',
        details: { accountId },
      })
    }
  })
})

describe.each(['suspendAccount', 'reinstateAccount', 'cancelAccount'] as const)('%s refuses', (operation) => {
  test('an account that is not there', async () => {
    const { host, tenantry } = await customer()
    expect(await cleanRefusalOf(host, () => tenantry[operation]({ accountId: 'nobody', reason }, admin))).toEqual({
      code: 'account_not_found',
      details: { accountId: 'nobody' },
    })
  })

  const wrong: WrongInputs = [
    ['no reason', { reason: undefined }],
    ['a blank reason', { reason: ' ' }],
    ['a reason of 501 characters', { reason: 'x'.repeat(501) }],
    ['no account', { accountId: undefined }],
    ['a field that it does not know', { status: 'active' }],
  ]
  test.each(wrong)('%s', async (_, input) => {
    const { host, tenantry, input: good } = await customer()
    expect(await wrongFieldsOf(host, () => tenantry[operation]({ ...good, ...input } as never, admin))).toEqual(Object.keys(input))
  })
})

test.each(['suspendAccount', 'reinstateAccount'] as const)('%s refuses the owner and the account’s keys', async (operation) => {
  const { host, tenantry, owner, apiKey, input } = await customer()
  for (const actor of [owner, { type: 'api_key', id: apiKey.id } as const]) {
    expect((await cleanRefusalOf(host, () => tenantry[operation](input, actor))).code).toBe('forbidden')
  }
})
