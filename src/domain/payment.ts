import type { PaymentMethod } from './account.js'
import type { Actor } from './actor.js'
import type { Money } from './money.js'

/** Where a payment is in its life. */
export type PaymentStatus = 'requested' | 'submitted' | 'confirmed' | 'rejected' | 'refunded'

/** Every {@link PaymentStatus}. */
export const paymentStatuses = ['requested', 'submitted', 'confirmed', 'rejected', 'refunded'] as const satisfies readonly PaymentStatus[]

/** Money that came, or should come. */
export interface Payment {
  readonly id: string
  readonly accountId: string
  readonly method: PaymentMethod
  readonly status: PaymentStatus
  /** What the customer writes on the transfer; of one that was not asked for, the bank's reference. */
  readonly reference: string
  /** The bank's or provider's own id of the payment, as it was given. */
  readonly externalPaymentId: string | null
  readonly amount: Money
  readonly periodMonths: number
  /** The plan that it pays for. */
  readonly planId: string | null
  /** Until when a requested transfer should come; `null` for a payment that nobody was asked for. */
  readonly dueAt: Date | null
  readonly payerName: string | null
  readonly proofUrl: string | null
  readonly decidedBy: Actor | null
  readonly decidedAt: Date | null
  readonly reason: string | null
  readonly createdAt: Date
}

/** Spaces, format characters, and what is drawn as nothing: ignorable code points, and the blank Braille pattern. */
export const unseen = /[\s\p{Cf}\p{DI}\u2800]+/gu

/**
 * One spelling for a bank reference, so that case, width, spaces and characters that nobody sees, such as those that come with copied text, do
 * not make two payments of one.
 */
export function canonicalPaymentReference(reference: string): string {
  if (typeof reference !== 'string') return ''
  return reference.normalize('NFKC').replace(unseen, '').toUpperCase().normalize('NFKC')
}
