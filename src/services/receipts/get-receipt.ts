import { z } from 'zod'
import type { Receipt } from '../../domain/receipt.js'
import { TenantryError } from '../../errors.js'
import type { Context } from '../context.js'
import { invalidInput, parseInput } from '../parse-input.js'
import { id } from '../schemas.js'

const Input = z.strictObject({
  accountId: id,
  /** The receipt itself, or the payment that it is of. */
  receiptId: id.optional(),
  paymentId: id.optional(),
})

/** What `getReceipt` takes: exactly one of `receiptId` and `paymentId`. */
export type GetReceiptInput = z.input<typeof Input>
/** What `getReceipt` answers. */
export interface GetReceiptResult {
  readonly receipt: Receipt
}

/** See {@link Tenantry.getReceipt}. */
export async function getReceipt({ store }: Context, input: GetReceiptInput): Promise<GetReceiptResult> {
  const { accountId, receiptId, paymentId } = parseInput(Input, input)
  if ((receiptId === undefined) === (paymentId === undefined)) {
    throw invalidInput([{ path: 'receiptId', message: 'pass either receiptId or paymentId' }])
  }
  const receipt =
    receiptId === undefined
      ? await store.findPaymentReceipt({ accountId, paymentId: paymentId ?? '' })
      : await store.findReceipt({ accountId, receiptId })
  if (receipt === null)
    throw new TenantryError('receipt_not_found', receiptId === undefined ? { paymentId: paymentId ?? '' } : { receiptId })
  return { receipt }
}
