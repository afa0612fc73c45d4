import { z } from 'zod'
import { canonicalPaymentReference } from '../../domain/payment.js'
import { transferReferenceProblem } from '../../domain/transfer-reference.js'
import { currency, id, integer, line, slug } from '../schemas.js'

/** An https address without credentials, of at most 2,048 characters. It is kept and shown, never fetched. */
export const proofUrl = z
  .string()
  .refine(isProofUrl, 'must be an https address without a user name or password, of at most 2,048 characters')

function isProofUrl(address: string): boolean {
  if (address.length > 2048 || !/^https:\/\/[\x21-\x7e]+$/.test(address) || !URL.canParse(address)) return false
  const { protocol, username, password, hostname } = new URL(address)
  return (
    protocol === 'https:' && username === '' && password === '' && hostname !== '' && !address.slice(8).split(/[/?#]/)[0]?.includes('@')
  )
}

/** A bank's id of a transfer: printable, with something left once case and spaces are evened out. */
export const bankReference = line(100).refine((text) => canonicalPaymentReference(text) !== '', 'must be the reference of the transfer')

/** The reference of a requested transfer, whatever its case, spaces and hyphens. Its check digits tell what was mistyped. */
export const transferReference = line(50).superRefine((text, { addIssue }) => {
  const problem = transferReferenceProblem(text)
  if (problem !== null) addIssue({ code: 'custom', message: problem, input: text })
})

/** A decimal amount: digits, at most one point. How many decimals it may have is the currency's affair. */
const decimal = z
  .string()
  .refine((amount) => /^(0|[1-9]\d{0,14})(\.\d{1,3})?$/.test(amount), "must be a plain decimal amount, such as '29.99'")

/** What `confirmBankTransfer` takes, as a schema. */
export const confirmBankTransferInput = z.strictObject({
  /** Whose money it is: at least one of the four, and where there are several they must agree. */
  accountId: id.optional(),
  subscriptionId: id.optional(),
  /** The transfer that was requested, by its id or by the reference that the customer wrote on it. */
  paymentId: id.optional(),
  reference: transferReference.optional(),
  /** The bank's reference of the transfer; it can be confirmed once, whatever its case and spaces. */
  externalPaymentId: bankReference,
  /** What came, as a decimal such as `'29.99'`. */
  amount: decimal,
  /** ISO 4217; may be left out for a plan with one price. */
  currency: currency.optional(),
  payerName: line(200),
  proofUrl: proofUrl.nullish(),
  /** Calendar months paid for, 1 to 36; those that were requested, else one billing cycle of the plan, when left out. */
  periodMonths: integer(1, 36).optional(),
  /** The plan paid for; the one that was requested, else the account's own, when left out. */
  planSlug: slug.optional(),
  /** Takes an amount that is not the price, with the reason on record. */
  acceptAmount: z.strictObject({ reason: line(500) }).optional(),
})

/** The same, parsed. */
export type ConfirmedTransfer = z.output<typeof confirmBankTransferInput>
