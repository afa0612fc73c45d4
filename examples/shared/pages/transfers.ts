import type { Plan } from 'tenantry'
import { field } from './field.js'
import { date, money, months } from './format.js'
import { type Html, html, isolated } from './html.js'
import { announcements, layout, navigation } from './layout.js'
import { type Problem, problemBox } from './plain-form.js'
import { proof } from './transfer-parts.js'
import { type NamedPayment, type Queue, transferQueue } from './transfer-queue.js'

/** What the administrator's page shows. */
export interface TransfersView {
  readonly plans: readonly Plan[]
  /** What customers say to have sent. */
  readonly submitted: Queue
  /** What customers were asked for and have not sent yet. */
  readonly requested: Queue
  readonly confirmed: Queue
  readonly token: string
  readonly now: Date
  readonly problem: Problem | null
  /** What has become of a transfer that somebody has just tried to decide. */
  readonly outcome: Html | null
}

/** The administrator's page: what waits for a decision, a form for transfers that nobody was asked for, and what was confirmed. */
export const transfersPage = (view: TransfersView): string =>
  layout({
    title: 'Transfers',
    script: 'transfers.js',
    navigation: navigation(true),
    main: html`<h1>Bank transfers</h1>
${view.outcome && html`<p class="message good" role="status">${view.outcome}</p>`}
${view.problem && !isShown(view) ? problemBox(view.problem) : null}
<section aria-labelledby="submitted">
<h2 id="submitted">To decide</h2>
${transferQueue(view, view.submitted, 'Nothing waits for a decision.')}
${older('submitted', view.submitted.next)}
</section>
<section aria-labelledby="requested">
<h2 id="requested">Asked for, not sent yet</h2>
${transferQueue(view, view.requested, 'Nobody has been asked for a transfer.')}
${older('requested', view.requested.next)}
</section>
${confirmForm(view.plans)}
<section aria-labelledby="confirmed">
<h2 id="confirmed">Confirmed transfers</h2>
${view.confirmed.items.length === 0 ? html`<p class="quiet">None yet.</p>` : html`<ul class="list">${view.confirmed.items.map(confirmed)}</ul>`}
${older('before', view.confirmed.next)}
</section>`,
  })

/** Does the transfer whose form was refused still stand in the queue, with its problem? */
const isShown = ({ problem, submitted, requested }: TransfersView): boolean =>
  [...submitted.items, ...requested.items].some(
    ({ payment: { id } }) => problem?.form === `confirm-${id}` || problem?.form === `reject-${id}`,
  )

const older = (name: string, next: string | null): Html | null =>
  next === null ? null : html`<p><a href="/admin/transfers?${name}=${encodeURIComponent(next)}">Older transfers</a></p>`

const confirmForm = (plans: readonly Plan[]): Html => html`<section aria-labelledby="confirm">
<h2 id="confirm">Confirm a transfer that nobody was asked for</h2>
<form class="card grid" method="post" data-form novalidate>
${announcements}
<div>${field({ name: 'account', label: 'Account', hint: 'The e-mail of a member, or the id.' })}
<p class="found" role="status" data-account></p></div>
${field({ name: 'external_payment_id', label: 'External payment id', hint: "The bank's reference. It counts once.", more: html`maxlength="100"` })}
${field({ name: 'amount', label: 'Amount', hint: 'As it came in, such as 29.99', more: html`inputmode="decimal"` })}
${field({ name: 'payer_name', label: 'Payer', more: html`maxlength="200"` })}
${field({ name: 'period_months', label: 'Months', type: 'number', more: html`min="1" max="36" value="1"` })}
<div class="field">
<label for="plan_slug">Plan</label>
<select id="plan_slug" name="plan_slug" aria-describedby="plan_slug-error">${plans.map(
  (plan) => html`<option value="${plan.slug}">${plan.name} (${plan.prices.map(money).join(', ')})</option>`,
)}</select>
<p class="error" id="plan_slug-error"></p>
</div>
${field({ name: 'proof_url', label: 'Proof URL', type: 'url', required: false, hint: 'https only. It is shown, never fetched.' })}
<button type="submit">Confirm transfer</button>
</form>
</section>`

const confirmed = ({ payment, accountName }: NamedPayment): Html => html`<li>
<div><strong>${money(payment.amount)}</strong> for <strong>${isolated(accountName)}</strong></div>
<div class="quiet">${isolated(payment.externalPaymentId ?? payment.reference)} · from ${isolated(payment.payerName ?? 'nobody named')} · ${months(
  payment.periodMonths,
)} · ${date(payment.decidedAt ?? payment.createdAt)}</div>
${payment.proofUrl === null ? null : html`<div>${proof(payment.proofUrl)}</div>`}
</li>`
