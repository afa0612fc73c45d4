import { httpStatus, isTenantryError, type Money, type RefusalCode, TenantryError } from 'tenantry'
import { claim, type Same } from './same.js'

/** One code: its details. */
export function narrowedByCode(error: unknown): number {
  if (!isTenantryError(error, 'insufficient_credits')) return 0
  claim<[Same<typeof error.code, 'insufficient_credits'>]>()
  // @ts-expect-error: these details belong to another code
  error.details.retryAfterSeconds
  return error.details.requested - error.details.balance
}

/** Any code: the details follow it. */
export function narrowedBySwitch(error: unknown): Money | number | string | null {
  if (!isTenantryError(error)) return null
  // @ts-expect-error: which details there are is not known yet
  error.details.retryAfterSeconds
  switch (error.code) {
    case 'throttled':
      return error.details.retryAfterSeconds
    case 'amount_mismatch':
      return error.details.expected
    case 'invalid_input':
      return error.details.issues[0]?.message ?? null
    case 'trial_expired':
      // @ts-expect-error: these details belong to another code
      error.details.retryAfterSeconds
      return error.details.endedAt.toISOString()
    // @ts-expect-error: there is no such code
    case 'out_of_credits':
      return null
    default:
      return error.message
  }
}

export const refusal = new TenantryError('throttled', { retryAfterSeconds: 3 })
// @ts-expect-error: these details belong to another code
export const wrongDetails = new TenantryError('throttled', { balance: 3 })
// @ts-expect-error: there is no such code
export const wrongCode = isTenantryError(new Error(), 'out_of_credits')
export const status: number = httpStatus('throttled')
// @ts-expect-error: there is no such code
export const wrongStatus = httpStatus('out_of_credits')

export const known: Record<'throttled' | 'conflict', RefusalCode> = { throttled: 'throttled', conflict: 'conflict' }
