import type { ConfirmBankTransferResult, Payment, Tenantry } from 'tenantry'

const system = { type: 'system', id: 'jobs' } as const
const admin = { type: 'admin', id: 'staff-1' } as const

/** A customer on trial who was asked for a transfer. */
export async function requestTransfer(tenantry: Tenantry, name: string): Promise<Payment> {
  const { account } = await tenantry.registerTrial({ email: `${name}@example.com` })
  const asked = { accountId: account.id, planSlug: 'basic', periodMonths: 2 }
  return (await tenantry.requestBankTransfer(asked, system)).payment
}

/** Confirms it; asked again, it is the same confirmation. */
export const confirmRequested = (tenantry: Tenantry, paymentId: string): Promise<ConfirmBankTransferResult> =>
  tenantry.confirmBankTransfer({ paymentId, externalPaymentId: `BT ${paymentId}`, amount: '20.00', payerName: 'Ada' }, admin)
