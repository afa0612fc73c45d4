import { type ConfirmBankTransferInput, type ConfirmBankTransferResult, createTenantry, formatMoney, type Tenantry } from '../../index.js'
import { accountIdOf, act, actorOf } from '../acts.js'
import type { Values } from '../arguments.js'
import { defineCommand } from '../command.js'
import type { Database } from '../database.js'
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
  'issuer-name': { ...text, value: 'NAME', help: 'Who issues the receipt: the name in your billing.issuer.' },
  'issuer-address': { ...text, value: 'TEXT', help: 'Its address, as in your billing.issuer.' },
  'issuer-tax-id': { ...text, value: 'ID', help: 'Its tax id, as in your billing.issuer.' },
  'issuer-email': { ...text, value: 'EMAIL', help: 'Its e-mail, as in your billing.issuer.' },
  'receipt-prefix': { ...text, value: 'PREFIX', help: 'The series of the receipt, as in your billing.issuer. R when left out.' },
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
with the same content, answers the first result. The receipt is issued for good: name the issuer and the prefix that your host has in\nbilling.issuer, or it goes into the series R of an unnamed issuer.`,
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
      act(values, asIssuer(database, values), async (tenantry) => {
        const result = await tenantry.confirmBankTransfer(await inputOf(tenantry, values), actorOf(values))
        return { ok: true, data: { ...result }, text: describe(result) }
      }),
    ),
})

/** The host's own choice of issuer, as far as it is named. */
function asIssuer(database: Database, values: Given): Database {
  const { 'issuer-name': name, 'issuer-address': address, 'issuer-tax-id': taxId, 'issuer-email': email } = values
  const issuer = { name, address, taxId, email, receiptPrefix: values['receipt-prefix'] }
  return { ...database, tenantry: createTenantry({ store: database.adapter.kyselyStore(database.db), billing: { issuer } }) }
}

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

const describe = ({
  payment,
  account,
  credits,
  creditsGranted,
  periodStart,
  periodEnd,
  receipt,
  replayed,
}: ConfirmBankTransferResult): string =>
  facts([
    ['account', account.id],
    ['name', account.name],
    ['status', account.status],
    ['plan', account.plan?.slug],
    ['amount', `${formatMoney(payment.amount)} ${payment.amount.currency}`],
    ['reference', payment.externalPaymentId],
    ['paid from', periodStart],
    ['paid until', periodEnd],
    ['receipt', `${receipt.number} of ${receipt.issuer.name}`],
    ['credits', credits],
    ['credits granted', creditsGranted],
    ['note', replayed ? 'was confirmed before; nothing was done again' : null],
  ])
