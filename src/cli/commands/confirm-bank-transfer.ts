import { type ConfirmBankTransferInput, type ConfirmBankTransferResult, formatMoney, type Tenantry } from '../../index.js'
import { accountIdOf, act, actorOf } from '../acts.js'
import type { Values } from '../arguments.js'
import { defineCommand } from '../command.js'
import { accountOptions, actOptions } from '../options.js'
import { facts } from '../output.js'
import { decimal, text, wholeNumber } from '../readers.js'

const options = {
  ...accountOptions,
  subscription: { ...text, value: 'ID', help: 'The subscription that was paid for.' },
  payment: { ...text, value: 'ID', help: 'The transfer that was requested. See them with: tenantry pending-transfers' },
  'requested-reference': {
    ...text,
    value: 'REFERENCE',
    help: 'The same, by the reference that the customer wrote on it, such as RF02 KTMB NQXZ.',
  },
  reference: { ...text, value: 'REFERENCE', required: true, help: "The bank's reference of the transfer. It can be confirmed once." },
  amount: { ...decimal, value: 'AMOUNT', required: true, help: 'What came, such as 29.99.' },
  payer: { ...text, value: 'NAME', required: true, help: 'Who paid, as the bank names them.' },
  currency: { ...text, value: 'CODE', help: 'Such as USD. May be left out for a plan with one price.' },
  months: { ...wholeNumber, value: 'N', help: 'Calendar months paid for, 1 to 36. Those requested, or one billing cycle, when left out.' },
  plan: { ...text, value: 'SLUG', help: "The plan paid for. The one requested, or the account's own, when left out." },
  'proof-url': { ...text, value: 'URL', help: 'Where the proof is: an https address. It is kept, never fetched.' },
  'accept-amount-reason': { ...text, value: 'REASON', help: 'Take an amount that is not the price, and record why.' },
  ...actOptions,
} as const

type Given = Values<typeof options>

/** `tenantry confirm-bank-transfer` */
export const confirmBankTransfer = defineCommand({
  name: 'confirm-bank-transfer',
  summary: 'Confirm that the money of a bank transfer came',
  explanation: `Say whose money it is by --account, --email, --subscription, --payment or --requested-reference; several must agree.
Where the account was asked for a transfer, it is that one: plan, months and amount are those of the request.
The account becomes active, its period begins or is prolonged, and its credits come, all in one transaction. The same transfer again,
with the same content, answers the first result.`,
  options,
  conflict({ account, email, subscription, payment, 'requested-reference': requested }) {
    if (account !== undefined && email !== undefined) return 'Pass --account or --email, not both.'
    const isNamed = [account, email, subscription, payment, requested].some((value) => value !== undefined)
    return isNamed
      ? null
      : 'Say whose money it is: --account ID, --email MEMBER, --subscription ID, --payment ID or --requested-reference REFERENCE.'
  },
  run: ({ values, open }) =>
    open((database) =>
      act(values, database, async (tenantry) => {
        const result = await tenantry.confirmBankTransfer(await inputOf(tenantry, values), actorOf(values))
        return { ok: true, data: { ...result }, text: describe(result) }
      }),
    ),
})

async function inputOf(tenantry: Tenantry, values: Given): Promise<ConfirmBankTransferInput> {
  const { account, email, 'accept-amount-reason': reason } = values
  const accountId = account === undefined && email === undefined ? undefined : await accountIdOf(tenantry, { account, email })
  return {
    accountId,
    subscriptionId: values.subscription,
    paymentId: values.payment,
    reference: values['requested-reference'],
    externalPaymentId: values.reference,
    amount: values.amount,
    currency: values.currency,
    payerName: values.payer,
    proofUrl: values['proof-url'],
    periodMonths: values.months,
    planSlug: values.plan,
    acceptAmount: reason === undefined ? undefined : { reason },
  }
}

const describe = ({ payment, account, credits, creditsGranted, periodStart, periodEnd, replayed }: ConfirmBankTransferResult): string =>
  facts([
    ['account', account.id],
    ['name', account.name],
    ['status', account.status],
    ['plan', account.plan?.slug],
    ['amount', `${formatMoney(payment.amount)} ${payment.amount.currency}`],
    ['reference', payment.externalPaymentId],
    ['paid from', periodStart],
    ['paid until', periodEnd],
    ['credits', credits],
    ['credits granted', creditsGranted],
    ['note', replayed ? 'was confirmed before; nothing was done again' : null],
  ])
