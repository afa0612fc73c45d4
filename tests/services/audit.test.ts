import type { Actor, AuditEntry } from 'tenantry'
import { memoryStore } from 'tenantry/memory'
import { describe, expect, test } from 'vitest'
import { makeWorld, operationCases, type World } from '../support/operation-cases.js'
import { watchedStore } from '../support/watched-store.js'

type Cases = Readonly<
  Record<string, { fields: (world: World) => Record<string, unknown>; together?: readonly string[][]; actor?: (world: World) => Actor }>
>
const cases = operationCases as unknown as Cases

/** Every operation that asks who does it. One that is new is here at once, because it cannot be missing in the table of operations. A preview changes nothing. */
const actions = Object.keys(cases).filter((name) => cases[name]?.actor !== undefined && name !== 'previewPlanChange')

/** What an entry must say of its act. */
interface Expected {
  /** `null` for an act that is not of one account. */
  readonly accountId?: null
  readonly reason?: string
  readonly before: (world: World) => object
  readonly after: (world: World) => object
  /** What must have happened for the act to change something. */
  readonly prepare?: (world: World) => Promise<unknown>
  /** Fields of the input that are not sent. */
  readonly without?: readonly string[]
}

const expected: Readonly<Record<string, Expected>> = {
  setPlanActive: { accountId: null, before: () => ({ slug: 'pro', isActive: true }), after: () => ({ slug: 'pro', isActive: true }) },
  createAdmin: { accountId: null, before: () => ({ platformRole: null }), after: () => ({ platformRole: 'admin' }) },
  revokeSessions: { accountId: null, before: ({ own }) => ({ userId: own.userId }), after: () => ({ revoked: 1 }) },
  suspendAccount: {
    reason: 'Asked for it',
    before: () => ({ status: 'active', statusReason: null }),
    after: () => ({ status: 'suspended', statusReason: 'Asked for it' }),
  },
  reinstateAccount: {
    reason: 'Paid',
    before: () => ({ status: 'suspended', statusReason: 'Did not pay' }),
    after: () => ({ status: 'active', statusReason: null }),
  },
  cancelAccount: {
    reason: 'Asked for it',
    before: () => ({ status: 'active', statusReason: null }),
    after: () => ({ status: 'cancelled', statusReason: 'Asked for it' }),
  },
  setAccountThrottles: {
    reason: 'Asked for it',
    before: () => ({ throttles: {} }),
    after: () => ({ throttles: { api: { limit: 10, windowSeconds: 60, burst: 5 } } }),
  },
  createApiKey: { before: () => ({}), after: () => ({ name: 'Importer', scopes: ['sites:read'] }) },
  revokeApiKey: {
    before: ({ own }) => ({ apiKeyId: own.apiKeyId, name: 'First' }),
    after: ({ own, host }) => ({ apiKeyId: own.apiKeyId, revokedAt: host.clock().toISOString() }),
  },
  rotateApiKey: {
    before: ({ own }) => ({ apiKeyId: own.apiKeyId, expiresAt: null }),
    after: ({ own }) => ({ old: { apiKeyId: own.apiKeyId }, new: { name: 'First' } }),
  },
  grantCredits: { reason: 'A pack', before: () => ({ credits: 4990 }), after: () => ({ credits: 4995, amount: 5 }) },
  refundCredits: { reason: 'It failed', before: () => ({ credits: 4990 }), after: () => ({ credits: 4993, amount: 3 }) },
  adjustCredits: { reason: 'A mistake', before: () => ({ credits: 4990 }), after: () => ({ credits: 4985, amount: -5 }) },
  requestBankTransfer: {
    before: () => ({ status: 'active', subscription: 'active' }),
    after: ({ own }) => ({ status: 'active', planSlug: 'starter', periodMonths: 2, amountMinor: 5998, replaced: own.paymentId }),
  },
  submitBankTransfer: {
    before: () => ({ status: 'requested', externalPaymentId: null }),
    after: ({ own }) => ({ status: 'submitted', paymentId: own.paymentId, payerName: 'Ada Lovelace' }),
  },
  rejectBankTransfer: {
    reason: 'Nothing came',
    before: () => ({ status: 'requested' }),
    after: ({ own }) => ({ status: 'rejected', paymentId: own.paymentId }),
  },
  confirmBankTransfer: {
    reason: 'Bank fees',
    before: () => ({ status: 'active', plan: 'starter', credits: 4990 }),
    after: () => ({ status: 'active', plan: 'starter', credits: 9990, paymentId: expect.any(String) }),
  },
  changePlan: {
    reason: 'Asked for it',
    before: () => ({ plan: 'starter', scheduledPlan: null }),
    after: () => ({ plan: 'starter', scheduledPlan: 'saver', when: 'period_end', amountsDue: [] }),
  },
  cancelSubscription: {
    reason: 'Too dear',
    before: () => ({ status: 'active', cancelAtPeriodEnd: false }),
    after: () => ({ status: 'active', cancelAtPeriodEnd: true }),
  },
  resumeSubscription: {
    before: () => ({ cancelAtPeriodEnd: true }),
    after: () => ({ cancelAtPeriodEnd: false }),
    prepare: ({ host, own }) =>
      host.tenantry.cancelSubscription({ accountId: own.accountId, when: 'period_end' }, { type: 'user', id: own.userId }),
  },
  retryEvent: {
    before: ({ own }) => ({ eventId: own.eventId, status: 'dead', attempts: 1 }),
    after: ({ own }) => ({ eventId: own.eventId, status: 'pending', attempts: 0 }),
    prepare: ({ host, own }) =>
      host.tenantry.deliverEvents((event) => (event.id === own.eventId ? { giveUp: 'for the test' } : undefined), { limit: 1000 }),
  },
}

/** Calls an operation with its valid input; answers the entries that came of it. */
async function act(name: string, world: World): Promise<{ entries: AuditEntry[]; actor: Actor }> {
  const { tenantry, clock } = world.host
  await expected[name]?.prepare?.(world)
  clock.advance({ seconds: 1 })
  const { fields, together, actor } = cases[name] as Required<Cases[string]>
  const all = fields(world)
  const input = Object.fromEntries((together?.[0] ?? Object.keys(all)).map((field) => [field, all[field]]))
  const by = actor(world)
  await (tenantry as unknown as Record<string, (input: object, actor: Actor) => Promise<unknown>>)[name]?.(input, by)
  const { items } = await tenantry.listAuditEntries({ limit: 200 })
  return { entries: items.filter(({ createdAt }) => createdAt >= clock()), actor: by }
}

describe('every operation that asks who does it', () => {
  test('is known here with what it writes down', () => {
    expect(Object.keys(expected).sort()).toEqual(actions.toSorted())
  })

  test.each(actions)('%s writes down who did what, why, and what changed', async (name) => {
    const world = await makeWorld((store) => store)
    const { entries, actor } = await act(name, world)
    const what = expected[name] as Expected
    const about = cases[name]?.fields(world) as { accountId?: string }
    expect(entries).toEqual([
      {
        id: expect.any(String),
        accountId: what.accountId === null ? null : (about.accountId ?? world.own.accountId),
        actor,
        action: name,
        reason: what.reason ?? null,
        before: expect.objectContaining(what.before(world)),
        after: expect.anything(),
        createdAt: world.host.clock(),
      },
    ])
    expect(entries[0]?.after).toMatchObject(what.after(world))
  })

  test.each(actions)('%s changes nothing when it cannot be written down', async (name) => {
    let isFull = false
    const { store, writes } = watchedStore(memoryStore())
    const full: typeof store = {
      ...store,
      transaction: (work) =>
        store.transaction((tx) => {
          const addAuditEntry = async () => {
            throw new Error('the disk is full')
          }
          return work(isFull ? { ...tx, addAuditEntry } : tx)
        }),
    }
    const world = await makeWorld(() => full)
    await expected[name]?.prepare?.(world)
    isFull = true
    const before = writes()
    await expect(act(name, world)).rejects.toThrow('the disk is full')
    expect(writes()).toBe(before)
  })
})
