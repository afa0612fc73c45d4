import type { Payment, Plan } from 'tenantry'
import { field } from './field.js'
import { date, money } from './format.js'
import { type Html, html } from './html.js'
import { announcements, layout, navigation } from './layout.js'

/** A confirmed payment with the name of the account it was for. */
export interface NamedPayment {
  readonly payment: Payment
  readonly accountName: string
}

/** What the administrator's page shows. */
export interface TransfersView {
  readonly plans: readonly Plan[]
  readonly payments: readonly NamedPayment[]
  /** Where the next page of payments begins. */
  readonly next: string | null
}

/** The administrator's page: confirms a transfer, and lists those that were confirmed. */
export const transfersPage = (view: TransfersView): string =>
  layout({
    title: 'Transfers',
    script: 'transfers.js',
    navigation: navigation(true),
    main: html`<h1>Bank transfers</h1>
${confirmForm(view.plans)}
<section aria-labelledby="confirmed">
<h2 id="confirmed">Confirmed transfers</h2>
${view.payments.length === 0 ? html`<p class="quiet">None yet.</p>` : html`<ul class="list">${view.payments.map(confirmed)}</ul>`}
${view.next === null ? null : html`<p><a href="/admin/transfers?before=${encodeURIComponent(view.next)}">Older transfers</a></p>`}
</section>`,
  })

const confirmForm = (plans: readonly Plan[]): Html => html`<section aria-labelledby="confirm">
<h2 id="confirm">Confirm a transfer</h2>
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
<div><strong>${money(payment.amount)}</strong> for <strong>${accountName}</strong></div>
<div class="quiet">${payment.externalPaymentId ?? payment.reference} · from ${payment.payerName ?? 'nobody named'} · ${months(payment)} · ${date(
  payment.decidedAt ?? payment.createdAt,
)}</div>
${payment.proofUrl === null ? null : html`<div>${proof(payment.proofUrl)}</div>`}
</li>`

const months = ({ periodMonths }: Payment): string => (periodMonths === 1 ? '1 month' : `${periodMonths} months`)

/** Somebody wrote it, and it may lead anywhere: only https can be followed, its host is named, and it learns nothing of us. */
const proof = (url: string): Html =>
  url.startsWith('https://')
    ? html`<a href="${url}" rel="noopener noreferrer nofollow" target="_blank">Proof on ${new URL(url).hostname}</a>`
    : html`Proof: ${url}`
