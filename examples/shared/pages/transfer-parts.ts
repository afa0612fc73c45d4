import { type Payment, printedTransferReference, type User } from 'tenantry'
import { date, money } from './format.js'
import { type Html, html, isolated } from './html.js'
import { formField, type Problem, plainForm } from './plain-form.js'

/** A line of facts about a transfer. */
export const fact = (name: string, value: Html | string): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`

/** The reference as people copy it; of a transfer that nobody was asked for, the bank's. */
export const referenceOf = ({ reference, dueAt }: Payment): Html =>
  html`<span class="reference">${isolated(dueAt === null ? reference : printedTransferReference(reference))}</span>`

/** What to transfer, where to, under which reference and until when. */
export const instructions = (
  payment: Payment,
  bankDetails: Readonly<Record<string, string>>,
  now: Date,
): Html => html`<dl class="pairs paying">
${fact('Amount', html`<span class="large">${money(payment.amount)}</span>`)}
${payment.dueAt && fact(payment.dueAt <= now ? 'Was due on' : 'Due by', html`<span class="large">${date(payment.dueAt)}</span>`)}
${fact('Reference', html`<span class="large">${referenceOf(payment)}</span>`)}
${Object.entries(bankDetails).map(([name, value]) => fact(name, value))}
</dl>
<p class="hint">Transfer exactly this amount, and write the reference on the transfer: by it we know whose money it is.</p>`

/** Somebody wrote it, and it may lead anywhere: only https can be followed, its host is named, and it learns nothing of us. */
export function proof(url: string): Html {
  const host = hostOf(url)
  return host === null
    ? html`Proof: ${isolated(url)}`
    : html`<a href="${url}" rel="noopener noreferrer nofollow" target="_blank">Proof on ${isolated(host)}</a>`
}

function hostOf(url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null
  return parsed?.protocol === 'https:' ? parsed.hostname : null
}

/** A person's whole name. */
export const nameOf = ({ firstName, lastName }: User): string => `${firstName} ${lastName}`.trim()

/** The form by which a customer says that a transfer is sent. */
export function sentForm(of: { payment: Payment; token: string; payerName: string; problem: Problem | null; button: string }): Html {
  const { payment, token, problem, button } = of
  const id = `sent-${payment.id}`
  return plainForm({
    id,
    action: `/billing/payments/${payment.id}/submit`,
    token,
    button,
    problem,
    content: html`${formField(id, problem, {
      name: 'payer_name',
      label: 'Name of the payer',
      value: payment.payerName ?? of.payerName,
      hint: 'Whose bank account the money comes from.',
      more: html`maxlength="200"`,
    })}
${formField(id, problem, {
  name: 'external_payment_id',
  label: 'Payment id from your bank',
  value: payment.externalPaymentId ?? '',
  hint: 'Your bank shows it with the transfer.',
  more: html`maxlength="100"`,
})}
${formField(id, problem, {
  name: 'proof_url',
  label: 'Link to a proof of payment',
  type: 'url',
  value: payment.proofUrl ?? '',
  required: false,
  hint: 'An https address, such as a shared file.',
  more: html`maxlength="2048" inputmode="url"`,
})}`,
  })
}
