import { formatMoney, type Payment, printedTransferReference } from '../../index.js'
import { act, actorOf } from '../acts.js'
import { defineCommand } from '../command.js'
import { actOptions } from '../options.js'
import { facts } from '../output.js'
import { text } from '../readers.js'

/** `tenantry reject-bank-transfer` */
export const rejectBankTransfer = defineCommand({
  name: 'reject-bank-transfer',
  summary: 'Turn down a bank transfer that was requested or submitted',
  explanation:
    'The account stays as it is, and the customer may submit the transfer again. See what waits with: tenantry pending-transfers',
  options: {
    payment: { ...text, value: 'ID', required: true, help: 'The payment.' },
    reason: { ...text, value: 'REASON', required: true, help: 'Why, for the customer and for the audit log.' },
    ...actOptions,
  },
  run: ({ values, open }) =>
    open((database) =>
      act(values, database, async (tenantry) => {
        const { payment } = await tenantry.rejectBankTransfer({ paymentId: values.payment, reason: values.reason }, actorOf(values))
        return { ok: true, data: { payment }, text: describe(payment) }
      }),
    ),
})

const describe = (payment: Payment): string =>
  facts([
    ['payment', payment.id],
    ['account', payment.accountId],
    ['status', payment.status],
    ['reason', payment.reason],
    ['amount', `${formatMoney(payment.amount)} ${payment.amount.currency}`],
    ['reference', printedTransferReference(payment.reference)],
  ])
