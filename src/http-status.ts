import type { RefusalCode } from './errors.js'

const statuses: Record<RefusalCode, number> = {
  invalid_input: 400,
  invalid_subject: 400,
  invalid_credentials: 401,
  invalid_credential: 401,
  plan_missing: 402,
  plan_inactive: 402,
  trial_expired: 402,
  payment_overdue: 402,
  insufficient_credits: 402,
  account_missing: 403,
  account_suspended: 403,
  account_cancelled: 403,
  forbidden: 403,
  limit_reached: 403,
  scope_missing: 403,
  account_not_found: 404,
  user_not_found: 404,
  plan_not_found: 404,
  subscription_not_found: 404,
  payment_not_found: 404,
  api_key_not_found: 404,
  reservation_not_found: 404,
  invitation_not_found: 404,
  entry_not_found: 404,
  email_taken: 409,
  external_user_id_taken: 409,
  payment_reference_conflict: 409,
  payment_closed: 409,
  reservation_closed: 409,
  invitation_closed: 409,
  already_subscribed: 409,
  last_owner: 409,
  conflict: 409,
  idempotency_mismatch: 422,
  amount_mismatch: 422,
  currency_mismatch: 422,
  invalid_transition: 422,
  throttled: 429,
  store_unavailable: 503,
  outcome_unknown: 503,
}

/** The HTTP status (RFC 9110) with which a refusal is answered. */
export function httpStatus(code: RefusalCode): number {
  return statuses[code]
}
