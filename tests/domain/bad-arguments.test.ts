import fc from 'fast-check'
import {
  canonicalEmail,
  canonicalPaymentReference,
  clientKey,
  credentialKind,
  decideAccess,
  isTenantryError,
  parseMoney,
  throttleKey,
} from 'tenantry'
import { samples } from 'tenantry/testing'
import { describe, expect, it } from 'vitest'
import { badText, badValues } from '../support/bad-values.js'

// By index, so that a failure prints short.
const values: readonly unknown[] = [
  ...Object.values(badValues).flat(),
  ...Object.values(badText).flatMap((rewrites) => rewrites.map((to) => to('abc'))),
]
const anything = fc.nat(values.length - 1).map((index) => ({ index, value: values[index] }))

const now = new Date('2026-02-01T00:00:00Z')
const account = samples.account({ plan: samples.plan() })
const subscription = samples.subscription()

type Loose = (...values: unknown[]) => unknown

/** Calls that pass what no compiler lets through. */
const calls: readonly (readonly [name: string, call: Loose])[] = [
  ['throttleKey', (a) => (throttleKey as Loose)(a)],
  ['throttleKey of fields', (scope, accountId, ip) => (throttleKey as Loose)({ scope, accountId, ip })],
  ['throttleKey of an account', (accountId, ip) => (throttleKey as Loose)({ scope: 'api', accountId, ip })],
  ['clientKey', (a) => (clientKey as Loose)(a)],
  ['canonicalEmail', (a) => (canonicalEmail as Loose)(a)],
  ['canonicalPaymentReference', (a) => (canonicalPaymentReference as Loose)(a)],
  ['credentialKind', (a) => (credentialKind as Loose)(a)],
  ['parseMoney', (a, b) => (parseMoney as Loose)(a, b)],
  ['parseMoney of an amount', (a) => (parseMoney as Loose)(a, 'USD')],
  ['decideAccess', (a, b) => (decideAccess as Loose)(a, b)],
  ['decideAccess at a moment', (a) => (decideAccess as Loose)({ account, subscription }, a)],
  ['decideAccess of objects', (a, b, c) => (decideAccess as Loose)({ account: a, plan: b, subscription: c }, now)],
  ['decideAccess of an account', (status, plan) => (decideAccess as Loose)({ account: { ...account, status, plan } }, now)],
  ['decideAccess of a plan', (isActive) => (decideAccess as Loose)({ account, plan: { ...samples.plan(), isActive } }, now)],
  [
    'decideAccess of a subscription',
    (status, end) => (decideAccess as Loose)({ account, subscription: { ...subscription, status, currentPeriodEnd: end } }, now),
  ],
]

describe('the pure rules', () => {
  it.each(calls)('%s answers, or refuses in our own words', (_name, call) => {
    const property = fc.property(anything, anything, anything, (a, b, c) => {
      try {
        call(a.value, b.value, c.value)
      } catch (error) {
        expect(error).toSatisfy(isTenantryError)
      }
    })
    fc.assert(property, { seed: 20_260_101, numRuns: 1_000 })
  })

  it('let nothing through the gate that is no account, plan or subscription', () => {
    const passes = (state: unknown): boolean => (decideAccess as (state: unknown, now: Date) => { ok: boolean })(state, now).ok
    const passing = values.filter(
      (value) =>
        passes(value) ||
        passes({ account: value }) ||
        passes({ account: { ...account, status: value } }) ||
        passes({ account, plan: { ...samples.plan(), isActive: value } }) ||
        passes({ account, subscription: { ...subscription, status: value } }) ||
        passes({ account, subscription: { ...subscription, currentPeriodEnd: value } }),
    )
    const isActive = true
    const yearTenThousand = badValues.dates[1]
    expect(passing).toEqual([isActive, yearTenThousand])
  })
})
