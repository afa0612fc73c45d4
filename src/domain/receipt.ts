import type { PaymentMethod } from './account.js'
import type { Money } from './money.js'

/** Who issues receipts, as it is to be read on them. */
export interface Issuer {
  readonly name: string
  readonly address: string | null
  readonly taxId: string | null
  readonly email: string | null
}

/** What a confirmed payment was for, as it was when the receipt was issued: what changes later does not change it. */
export interface Receipt {
  readonly id: string
  readonly accountId: string
  readonly paymentId: string
  /** Such as `R-2026-000001`; see {@link receiptNumber}. */
  readonly number: string
  readonly issuer: Issuer
  readonly accountName: string
  readonly plan: { readonly slug: string; readonly name: string }
  readonly periodMonths: number
  /** The time that was paid for, `[periodStart, periodEnd)`. */
  readonly periodStart: Date
  readonly periodEnd: Date
  readonly amount: Money
  readonly method: PaymentMethod
  /** The bank's or provider's own id of the payment, as it was given. */
  readonly reference: string | null
  readonly payerName: string | null
  /** When it was issued. */
  readonly createdAt: Date
}

/**
 * The series in which a receipt is numbered: one for each prefix and year (UTC) of issue, so that a number tells its year, and an auditor
 * who checks a year finds it whole, from 1 to its last number.
 */
export const receiptSeries = (prefix: string, issuedAt: Date): string => `${prefix}-${issuedAt.getUTCFullYear()}`

/** The `count`th number of a series: `R-2026-000001`. */
export const receiptNumber = (series: string, count: number): string => `${series}-${String(count).padStart(6, '0')}`
