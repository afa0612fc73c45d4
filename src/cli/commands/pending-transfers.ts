import { formatMoney, type Payment, printedTransferReference, type Tenantry } from '../../index.js'
import { defineCommand } from '../command.js'
import { table } from '../output.js'
import { allPlans } from '../plan-table.js'
import { oneOf } from '../readers.js'

/** A transfer that waits, with what a reviewer wants to know of it. */
interface Pending {
  readonly payment: Payment
  readonly accountName: string
  readonly planSlug: string | null
}

const open = ['submitted', 'requested'] as const

/** `tenantry pending-transfers` */
export const pendingTransfers = defineCommand({
  name: 'pending-transfers',
  summary: 'List the bank transfers that wait for their money or for a decision',
  explanation: `Oldest first. "requested": the customer was told what to transfer. "submitted": the customer says it is sent.
Decide with: tenantry confirm-bank-transfer --payment ID …, or: tenantry reject-bank-transfer --payment ID --reason …`,
  options: {
    status: { ...oneOf(open), value: 'STATUS', help: 'submitted or requested. Both when left out.' },
  },
  run: ({ values, open: openDatabase }) =>
    openDatabase(async ({ tenantry }) => {
      const transfers = await findPending(tenantry, values.status === undefined ? open : [values.status])
      return { ok: true, data: { transfers }, text: transfers.length === 0 ? 'No transfer waits.' : pendingTable(transfers) }
    }),
})

async function findPending(tenantry: Tenantry, statuses: readonly (typeof open)[number][]): Promise<Pending[]> {
  const payments: Payment[] = []
  for (const status of statuses) payments.push(...(await allPayments(tenantry, status)))
  const slugs = new Map((await allPlans(tenantry)).map(({ id, slug }) => [id, slug]))
  const names = new Map<string, string>()
  for (const accountId of new Set(payments.map((payment) => payment.accountId))) {
    names.set(accountId, (await tenantry.getAccount({ accountId })).account.name)
  }
  return payments
    .filter(({ method }) => method === 'bank_transfer')
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
    .map((payment) => ({
      payment,
      accountName: names.get(payment.accountId) ?? '',
      planSlug: slugs.get(payment.planId ?? '') ?? null,
    }))
}

async function allPayments(tenantry: Tenantry, status: (typeof open)[number]): Promise<Payment[]> {
  const payments: Payment[] = []
  let before: string | undefined
  do {
    const page = await tenantry.listPayments({ status, before, limit: 200 })
    payments.push(...page.items)
    before = page.next ?? undefined
  } while (before !== undefined)
  return payments
}

const day = (moment: Date | null): string => moment?.toISOString().slice(0, 10) ?? ''

const pendingTable = (transfers: readonly Pending[]): string =>
  table(
    ['payment', 'status', 'asked', 'due', 'account', 'name', 'plan', 'months', 'amount', 'reference', 'bank reference', 'payer'],
    transfers.map(({ payment, accountName, planSlug }) => [
      payment.id,
      payment.status,
      day(payment.createdAt),
      day(payment.dueAt),
      payment.accountId,
      accountName,
      planSlug ?? '',
      payment.periodMonths,
      `${formatMoney(payment.amount)} ${payment.amount.currency}`,
      printedTransferReference(payment.reference),
      payment.externalPaymentId ?? '',
      payment.payerName ?? '',
    ]),
  )
