import { resetSeconds, retryAfterSeconds, type ShownBudget, tightest } from './shown-budget.js'

/** The names of the headers that may come; see {@link rateLimitHeaders}. */
export type RateLimitHeaderName =
  | 'RateLimit-Policy'
  | 'RateLimit'
  | 'RateLimit-Limit'
  | 'RateLimit-Remaining'
  | 'RateLimit-Reset'
  | 'X-RateLimit-Limit'
  | 'X-RateLimit-Remaining'
  | 'X-RateLimit-Reset'
  | 'Retry-After'

/** Response headers by name. Empty when nothing is throttled. */
export type RateLimitHeaders = { readonly [Name in RateLimitHeaderName]?: string }

/** In which form a client is told where it stands, newest first; see {@link rateLimitHeaders}. */
export const rateLimitFormats = ['draft-11', 'draft-7', 'draft-6', 'legacy', 'off'] as const

/** One of {@link rateLimitFormats}. */
export type RateLimitFormat = (typeof rateLimitFormats)[number]

/**
 * The response headers that tell a client where it stands. In every form, and with `off` alone, a refusal has `Retry-After` in whole
 * seconds (RFC 9110, section 10.2.3), never earlier than any reset that is shown. Seconds are rounded up.
 *
 * - `draft-11` (draft-ietf-httpapi-ratelimit-headers-11, May 2026): `RateLimit-Policy: "scope";q=100;w=60` and `RateLimit:
 *   "scope";r=50;t=30`, all budgets. A refused call lists in `RateLimit` only those that lacked it, with `r=0` and as `t` when it fits.
 * - `draft-7` (June 2023): `RateLimit-Policy: 100;w=60` and `RateLimit: limit=100, remaining=50, reset=30`.
 * - `draft-6` (December 2022): the same policy, and `RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset`.
 * - `legacy`: `X-RateLimit-Limit`, `X-RateLimit-Remaining` and `X-RateLimit-Reset`, which have no standard. The reset is in seconds from
 *   now, as in `@fastify/rate-limit`, so that no clock of a client matters; `express-rate-limit` and GitHub send a time of day instead.
 *
 * All but `draft-11` know one budget: the one that the client comes to the end of first. The quota is the limit of a whole window; what is
 * left is never more than may come now, thus never more than the burst. No form is a standard: fields may change in a minor version.
 */
export function rateLimitHeaders(budgets: readonly ShownBudget[], format: RateLimitFormat = 'draft-11'): RateLimitHeaders {
  const budget = tightest(budgets)
  if (budget === undefined) return {}
  const fields = format === 'draft-11' ? draft11(budgets, budget) : one[format](budget)
  if (budget.retryAfterMs > 0) fields['Retry-After'] = integer(retryAfterSeconds(budget))
  return fields
}

type Fields = { -readonly [Name in RateLimitHeaderName]?: string }

function draft11(budgets: readonly ShownBudget[], { retryAfterMs }: ShownBudget): Fields {
  const shown = retryAfterMs === 0 ? budgets : budgets.filter((budget) => budget.retryAfterMs > 0)
  return { 'RateLimit-Policy': list(budgets, namedPolicy), RateLimit: list(shown, standing) }
}

const namedPolicy = ({ name, limit, windowSeconds }: ShownBudget): string =>
  `${string(name)};q=${integer(limit)};w=${integer(windowSeconds)}`
const standing = (budget: ShownBudget): string => `${string(budget.name)};r=${left(budget)};t=${reset(budget)}`

/** Two policies of one quota would be an error in the older drafts, one policy never is. */
const policy = ({ limit, windowSeconds }: ShownBudget): string => `${integer(limit)};w=${integer(windowSeconds)}`

const one: Readonly<Record<Exclude<RateLimitFormat, 'draft-11'>, (budget: ShownBudget) => Fields>> = {
  'draft-7': (budget) => ({
    'RateLimit-Policy': policy(budget),
    RateLimit: `limit=${integer(budget.limit)}, remaining=${left(budget)}, reset=${reset(budget)}`,
  }),
  'draft-6': (budget) => ({
    'RateLimit-Policy': policy(budget),
    'RateLimit-Limit': integer(budget.limit),
    'RateLimit-Remaining': left(budget),
    'RateLimit-Reset': reset(budget),
  }),
  legacy: (budget) => ({
    'X-RateLimit-Limit': integer(budget.limit),
    'X-RateLimit-Remaining': left(budget),
    'X-RateLimit-Reset': reset(budget),
  }),
  off: () => ({}),
}

/** A budget that refused has nothing left for this call, although a cheaper one might fit. */
const left = ({ remaining, retryAfterMs }: ShownBudget): string => (retryAfterMs > 0 ? '0' : integer(remaining))
const reset = (budget: ShownBudget): string => integer(resetSeconds(budget))

/** The largest integer of a structured field (RFC 9651, section 3.3.1). */
const maxInteger = 999_999_999_999_999

const integer = (value: number): string => String(Math.min(value, maxInteger))

/** Nearly always of one. */
function list(budgets: readonly ShownBudget[], item: (budget: ShownBudget) => string): string {
  const [only] = budgets
  return budgets.length === 1 && only !== undefined ? item(only) : budgets.map(item).join(', ')
}

/** A string of a structured field holds printable ASCII only; other characters are percent-encoded as UTF-8. */
function string(text: string): string {
  if (/^[\w.:-]*$/.test(text)) return `"${text}"`
  const ascii = text.replace(/[^\x20-\x7e]+/g, (characters) => encodeURIComponent(Buffer.from(characters).toString()))
  return `"${ascii.replace(/["\\]/g, '\\$&')}"`
}
