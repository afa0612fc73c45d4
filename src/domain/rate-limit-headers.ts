import type { ThrottleRule } from './plan.js'

/** A budget as it is shown to the client: its rule, and where it stands after the decision. */
export interface ShownBudget extends ThrottleRule {
  /** The client sees it; a scope, not a key. */
  readonly name: string
  /** Whole calls left. */
  readonly remaining: number
  /** Milliseconds until the budget is whole again. */
  readonly resetMs: number
  /** Milliseconds until the call fits; 0 when it fitted. */
  readonly retryAfterMs: number
}

/** Response headers by name. Empty when nothing is throttled. */
export type RateLimitHeaders = {
  readonly 'RateLimit-Policy'?: string
  readonly RateLimit?: string
  readonly 'Retry-After'?: string
}

/** The largest integer of a structured field (RFC 9651, section 3.3.1). */
const maxInteger = 999_999_999_999_999

/**
 * The response headers that tell a client where it stands: `RateLimit-Policy: "scope";q=100;w=60` and `RateLimit: "scope";r=50;t=30` as
 * in draft-ietf-httpapi-ratelimit-headers-11, and on refusal `Retry-After` in whole seconds (RFC 9110, section 10.2.3).
 *
 * A refused call lists in `RateLimit` only the budgets that lacked it, with `r=0` and as `t` when the call fits, so that `Retry-After`
 * is never earlier than any `t`. Seconds are rounded up. The draft is not a standard yet: its fields may change in a minor version.
 */
export function rateLimitHeaders(budgets: readonly ShownBudget[]): RateLimitHeaders {
  if (budgets.length === 0) return {}
  const policies = budgets.map(({ name, limit, windowSeconds }) => `${string(name)};q=${integer(limit)};w=${integer(windowSeconds)}`)
  const lacking = budgets.filter(({ retryAfterMs }) => retryAfterMs > 0)
  const policy = { 'RateLimit-Policy': policies.join(', ') }
  if (lacking.length === 0) return { ...policy, RateLimit: budgets.map(standing).join(', ') }
  return { ...policy, RateLimit: lacking.map(exhausted).join(', '), 'Retry-After': integer(retryAfterSeconds(lacking)) }
}

/** Whole seconds until a call fits into all of these budgets, at least 1; 0 when it fitted. */
export function retryAfterSeconds(budgets: readonly { readonly retryAfterMs: number }[]): number {
  return Math.ceil(Math.max(0, ...budgets.map(({ retryAfterMs }) => retryAfterMs)) / 1000)
}

const standing = ({ name, remaining, resetMs }: ShownBudget): string =>
  `${string(name)};r=${integer(remaining)};t=${integer(Math.ceil(resetMs / 1000))}`

const exhausted = (budget: ShownBudget): string => `${string(budget.name)};r=0;t=${integer(retryAfterSeconds([budget]))}`

const integer = (value: number): string => String(Math.min(value, maxInteger))

/** A string of a structured field holds printable ASCII only; other characters are percent-encoded as UTF-8. */
function string(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]+/g, (characters) => encodeURIComponent(Buffer.from(characters).toString()))
  return `"${ascii.replace(/["\\]/g, '\\$&')}"`
}
