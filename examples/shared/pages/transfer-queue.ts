import { formatMoney, type Payment } from 'tenantry'
import { date, daysBetween, money, months } from './format.js'
import { type Html, html, isolated } from './html.js'
import { formField, type Problem, plainForm } from './plain-form.js'
import { fact, proof, referenceOf } from './transfer-parts.js'

/** A payment with the names of its account and plan. */
export interface NamedPayment {
  readonly payment: Payment
  readonly accountName: string
  readonly planName: string | null
}

/** A part of a list, newest first. */
export interface Queue {
  readonly items: readonly NamedPayment[]
  /** Where the older ones begin. */
  readonly next: string | null
}

interface Desk {
  readonly token: string
  readonly now: Date
  readonly problem: Problem | null
}

/** Transfers that can be confirmed or rejected. */
export const transferQueue = (desk: Desk, { items }: Queue, nothing: string): Html =>
  items.length === 0 ? html`<p class="quiet">${nothing}</p>` : html`<ul class="queue">${items.map((named) => item(desk, named))}</ul>`

const item = (desk: Desk, { payment, accountName, planName }: NamedPayment): Html => html`<li class="card">
<h3>${isolated(accountName)}</h3>
<p class="quiet">Asked for ${daysBetween(payment.createdAt, desk.now)} ago${due(payment, desk.now)}</p>
<dl class="pairs">
${fact('Amount', html`<span class="large">${money(payment.amount)}</span>`)}
${fact('Reference', referenceOf(payment))}
${fact('For', html`${planName === null ? null : html`${planName}, `}${months(payment.periodMonths)}`)}
${payment.payerName === null ? null : fact('Payer', isolated(payment.payerName))}
${payment.externalPaymentId === null ? null : fact('Payment id, as the customer says', isolated(payment.externalPaymentId))}
${payment.proofUrl === null ? null : fact('Proof', proof(payment.proofUrl))}
</dl>
${confirmation(desk, payment)}
${rejection(desk, payment)}
</li>`

const due = ({ dueAt }: Payment, now: Date): Html | null => {
  if (dueAt === null) return null
  if (dueAt > now) return html` · due by ${date(dueAt)}`
  return html` · due by ${date(dueAt)} <strong class="overdue">Overdue by ${daysBetween(dueAt, now)}</strong>`
}

/** Lets the page that comes after the form find the transfer again. */
const hiddenAccount = ({ accountId }: Payment): Html => html`<input type="hidden" name="account_id" value="${accountId}">`

function confirmation({ token, problem }: Desk, payment: Payment): Html {
  const id = `confirm-${payment.id}`
  const form = plainForm({
    id,
    action: `/admin/transfers/${payment.id}/confirm`,
    token,
    button: 'Confirm',
    problem,
    content: html`${hiddenAccount(payment)}
${formField(id, problem, {
  name: 'amount',
  label: 'Amount that came',
  value: formatMoney(payment.amount),
  more: html`inputmode="decimal"`,
})}
${formField(id, problem, {
  name: 'external_payment_id',
  label: "The bank's payment id",
  value: payment.externalPaymentId ?? '',
  hint: 'It counts once.',
  more: html`maxlength="100"`,
})}
${formField(id, problem, {
  name: 'payer_name',
  label: 'Payer on the statement',
  value: payment.payerName ?? '',
  more: html`maxlength="200"`,
})}
${formField(id, problem, {
  name: 'accept_reason',
  label: 'Reason to take another amount',
  required: false,
  hint: `Only if it is not ${money(payment.amount)}. It goes on record.`,
  more: html`maxlength="500"`,
})}`,
  })
  return html`<details${problem?.form === id ? html` open` : null}><summary>Confirm</summary>${form}</details>`
}

function rejection({ token, problem }: Desk, payment: Payment): Html {
  const id = `reject-${payment.id}`
  const form = plainForm({
    id,
    action: `/admin/transfers/${payment.id}/reject`,
    token,
    button: 'Reject',
    isPlain: true,
    problem,
    content: html`${hiddenAccount(payment)}
${formField(id, problem, { name: 'reason', label: 'Reason', hint: 'The customer reads it.', more: html`maxlength="500"` })}`,
  })
  return html`<details${problem?.form === id ? html` open` : null}><summary>Reject</summary>${form}</details>`
}
