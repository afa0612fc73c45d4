import fc from 'fast-check'
import { createTenantry, isTenantryError, type TenantryOptions } from 'tenantry'
import { memoryStore } from 'tenantry/memory'
import { describe, expect, it } from 'vitest'
import { badCalls, foreignWording } from '../support/bad-calls.js'
import type { World } from '../support/operation-cases.js'
import { canSpoil, type Draft, type SpoilKind, spoil, spoilKinds } from '../support/spoil.js'

const store = memoryStore()
const nobody = {} as World

const settings = (): Omit<TenantryOptions, 'store'> => ({
  trial: { planSlug: 'free-trial', days: 14, claimSecret: 's'.repeat(32), eligibility: () => ({ eligible: true }) },
  billing: { pricingUrl: '/pricing', supportContact: 'help@example.com', graceDays: 7 },
  sessions: { ttlDays: 30 },
  passwordPolicy: { minLength: 8 },
  throttling: {
    defaults: { api: { limit: 3, windowSeconds: 60 } },
    fallback: { limit: 3, windowSeconds: 60 },
    headers: 'draft-11',
    bypass: () => false,
  },
  signIn: { perPerson: [{ limit: 3, windowSeconds: 60, burst: 2 }], perClient: [{ limit: 3, windowSeconds: 60 }], knownAddressDays: 9 },
})

/** Options that throw when they are read are the host's own affair, and so is its own error. */
const throwing: readonly SpoilKind[] = ['a getter that throws', 'a proxy that throws']
const kinds = spoilKinds.filter((kind) => !throwing.includes(kind) && canSpoil(kind, { input: settings(), actor: null }))

describe('createTenantry', () => {
  it('takes the settings that the cases below spoil', () => {
    expect(() => createTenantry({ store, ...settings() })).not.toThrow()
  })

  it('names what is wrong of what the gate is made of', () => {
    const wrong: [object, string][] = [
      [
        { throttles: {} },
        'throttles: must be a throttle store: pass redisThrottleStore(…), kyselyThrottleStore(db) or memoryThrottleStore()',
      ],
      [
        { throttles: null },
        'throttles: must be a throttle store: pass redisThrottleStore(…), kyselyThrottleStore(db) or memoryThrottleStore()',
      ],
      [{ signIn: { perClient: [] } }, 'signIn.perClient: must be a list of 1 to 5 rules'],
      [{ gateCache: { notices: {} } }, 'gateCache.notices: must be what postgresAccessNotices or redisAccessNotices answers'],
    ]
    for (const [options, message] of wrong) expect(() => createTenantry({ store, ...options })).toThrow(`Invalid input. ${message}`)
  })

  it('takes an option that is undefined as one that is left out', () => {
    const none = {
      plans: undefined,
      throttling: undefined,
      throttles: undefined,
      signIn: undefined,
      gateCache: undefined,
      logger: undefined,
    }
    expect(() => createTenantry({ store, ...none })).not.toThrow()
  })

  it.each(kinds)('answers settings with %s in our own words', (kind) => {
    const property = fc.property(badCalls(kind), (call) => {
      const draft: Draft = { input: settings(), actor: null }
      spoil(kind, call, draft, nobody)
      if (typeof draft.input !== 'object') return
      try {
        createTenantry({ store, ...draft.input })
      } catch (error) {
        expect(error).toSatisfy(isTenantryError)
        expect(String(error)).not.toMatch(foreignWording)
      }
    })
    fc.assert(property, { seed: 20_260_101, numRuns: 60 })
  })
})
