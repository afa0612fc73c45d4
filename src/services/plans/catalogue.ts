import { z } from 'zod'
import type { Catalogue } from '../../domain/plan.js'
import type { PlanContent } from '../../ports/store/plans.js'
import { invalidInput, parseInput } from '../parse-input.js'
import { credits, currency, integer, line, record, slug } from '../schemas.js'

const name = z.string().refine((text) => /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(text), 'must be a name of letters, digits, "_", "." and "-"')

/** How a plan or the host throttles one scope. At most a million calls over at most a year. */
export const throttleRule = z
  .strictObject({ limit: integer(1, 1_000_000), windowSeconds: integer(1, 31_622_400), burst: integer(1, 1_000_000).optional() })
  .refine(({ limit, burst = limit }) => burst <= limit, { path: ['burst'], message: 'must be at most the limit' })

/** Throttles by scope. */
export const throttleRules = record(name, throttleRule)

const definition = z.strictObject({
  slug: slug.optional(),
  name: line(100),
  prices: z
    .array(z.strictObject({ amountMinor: integer(0), currency }))
    .max(50)
    .refine((prices) => new Set(prices.map((price) => price.currency)).size === prices.length, 'must have one price per currency'),
  billingCycle: z.enum(['monthly', 'yearly']),
  includedCredits: integer(0),
  limits: record(name, integer(0).nullable()),
  throttles: throttleRules.default({}),
  isActive: z.boolean().optional(),
  creditRollover: z.union([z.enum(['none', 'all']), z.strictObject({ cap: credits })]).default('none'),
})

/**
 * Checks a catalogue and answers its plans, ready to be written.
 *
 * @throws TenantryError `invalid_input` when a plan is not one
 */
export function parseCatalogue(catalogue: Catalogue): Omit<PlanContent, 'id' | 'at'>[] {
  return Object.entries(parseInput(record(slug, definition), catalogue)).map(([key, { slug: own, isActive, ...plan }]) => {
    if (own !== undefined && own !== key) throw invalidInput([{ path: `${key}.slug`, message: 'must be the key in the catalogue' }])
    return { ...plan, slug: key, isActive: isActive ?? null }
  })
}
