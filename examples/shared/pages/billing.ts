import { type Account, isFree, type Payment, type Plan, type Receipt, type Subscription, type User } from 'tenantry'
import type { RecentUse } from '../routes/usage.js'
import { creditsOverTime } from './credits-over-time.js'
import { count, date, money, months, paymentStatusWords, statusWords } from './format.js'
import { type Html, html, isolated } from './html.js'
import { layout, navigation } from './layout.js'
import { type Problem, plainForm, problemBox } from './plain-form.js'
import { standingWords } from './standing-words.js'
import { fact, nameOf, proof, referenceOf, sentForm } from './transfer-parts.js'

/** What a customer sees of what they owe and have paid. */
export interface BillingView {
  readonly user: User
  readonly account: Account
  readonly subscription: Subscription | null
  readonly refusal: { readonly code: string; readonly message: string } | null
  readonly balance: number
  readonly use: RecentUse
  readonly plans: readonly Plan[]
  readonly payments: { readonly items: readonly Payment[]; readonly next: string | null }
  readonly receipts: { readonly items: readonly Receipt[]; readonly next: string | null }
  /** The transfer that the account has been asked for and that is not decided yet. */
  readonly open: Payment | null
  readonly token: string
  readonly problem: Problem | null
  /** What has just been done. */
  readonly done: string | null
  readonly now: Date
}

/** The page. */
export const billingPage = (view: BillingView): string =>
  layout({
    title: 'Billing',
    script: 'signed-in.js',
    navigation: navigation(false),
    main: html`<h1>Billing</h1>
<p class="quiet">${isolated(view.account.name)} · ${isolated(view.user.email)}</p>
${view.done === null ? null : html`<p class="message good" role="status">${view.done}</p>`}
${view.problem && !isShown(view) ? problemBox(view.problem) : null}
${view.refusal && html`<p class="message" role="status">${standingWords(view.refusal)}</p>`}
${standing(view)}
${nextStep(view)}
<section aria-labelledby="payments">
<h2 id="payments">Payments</h2>
${list(view.payments.items, (payment) => paymentItem(view, payment))}
${older('payments', view.payments.next)}
</section>
<section aria-labelledby="receipts">
<h2 id="receipts">Receipts</h2>
${list(view.receipts.items, receiptItem)}
${older('receipts', view.receipts.next)}
</section>
<section aria-labelledby="balance">
<h2 id="balance">Credits over time</h2>
${creditsOverTime(view)}
</section>
${ending(view)}`,
  })

/** Is the problem told within its form, which is still on the page? */
const isShown = ({ problem, payments, open }: BillingView): boolean =>
  payments.items.some((payment) => problem?.form === `sent-${payment.id}` && canSubmitAgain(payment, open))

function standing({ account, subscription, balance }: BillingView): Html {
  const { plan } = account
  const next = subscription?.nextCreditsAt ?? null
  return html`<dl class="facts even">
${fact('Plan', plan?.name ?? 'None')}
${fact('Status', statusWords(account.status))}
${subscription && fact(endWords(subscription), date(subscription.currentPeriodEnd))}
${fact('Credits left', html`<span data-balance>${count(balance)}</span>`)}
${next === null || plan === null ? null : fact('Next credits', html`${count(plan.includedCredits)} on ${date(next)}`)}
</dl>`
}

function endWords({ status, cancelAtPeriodEnd }: Subscription): string {
  if (status === 'trialing') return 'Trial ends'
  if (status === 'pending_payment') return 'Pay by'
  return cancelAtPeriodEnd || status === 'canceled' ? 'Ends on' : 'Paid until'
}

/** What is scheduled, and what can be done next. */
function nextStep(view: BillingView): Html {
  const { subscription, open, plans, account } = view
  const isAsked = open?.status === 'requested'
  const to = plans.find(({ id }) => id === subscription?.pendingPlanId)
  const when = subscription?.pendingPlanAt ?? null
  const isFirst = account.plan === null || isFree(account.plan)
  return html`${to === undefined ? null : html`<p class="notice">${when === null ? 'With your next payment' : html`From ${date(when)} on`} your plan is ${to.name}.</p>`}
${subscription?.cancelAtPeriodEnd ? resumption(view, subscription) : null}
${open !== null && !isAsked ? null : html`<p class="actions"><a class="button" href="/plans">${isAsked ? 'How to pay' : isFirst ? 'Choose a plan' : 'Pay for more time'}</a></p>`}`
}

const resumption = ({ token, now }: BillingView, { currentPeriodEnd: end }: Subscription): Html | null =>
  end <= now
    ? null
    : html`<div class="notice"><p>You have cancelled: everything goes on until ${date(end)} and then ends.</p>
${plainForm({ id: 'resume', action: '/billing/resume', token, button: 'Do not cancel', isPlain: true })}</div>`

/** Cancelling asks for a second look, without any script. */
function ending({ subscription, token, now }: BillingView): Html | null {
  if (subscription?.status !== 'active' || subscription.cancelAtPeriodEnd || subscription.currentPeriodEnd <= now) return null
  return html`<section aria-labelledby="cancel">
<h2 id="cancel">Cancel</h2>
<details><summary>Cancel the subscription</summary>
<p>Everything goes on until ${date(subscription.currentPeriodEnd)}, and then the account ends. Until then you can take it back here.</p>
${plainForm({ id: 'cancel-form', action: '/billing/cancel', token, button: 'Cancel at the end of the paid time', isPlain: true })}
</details>
</section>`
}

const list = <Item>(items: readonly Item[], show: (item: Item) => Html): Html =>
  items.length === 0 ? html`<p class="quiet">None yet.</p>` : html`<ul class="list">${items.map(show)}</ul>`

const older = (what: string, next: string | null): Html | null =>
  next === null ? null : html`<p><a href="/billing?${what}=${encodeURIComponent(next)}#${what}">Older ${what}</a></p>`

function paymentItem(view: BillingView, payment: Payment): Html {
  const plan = view.plans.find(({ id }) => id === payment.planId)
  return html`<li>
<div class="ends"><strong>${money(payment.amount)}</strong> <span class="state ${payment.status}">${paymentStatusWords(payment.status)}</span></div>
<div>${plan === undefined ? null : html`${plan.name}, `}${months(payment.periodMonths)} <span class="quiet">· ${referenceOf(payment)} · ${date(payment.createdAt)}</span></div>
${payment.status === 'requested' && payment.dueAt ? html`<div>Due by ${date(payment.dueAt)} · <a href="/plans">How to pay</a></div>` : null}
${payment.proofUrl === null ? null : html`<div>${proof(payment.proofUrl)}</div>`}
${payment.status === 'rejected' ? rejection(view, payment) : null}
</li>`
}

function rejection({ user, token, problem, open }: BillingView, payment: Payment): Html {
  if (payment.reason === 'replaced') return html`<div class="quiet">Another transfer took its place.</div>`
  const form = canSubmitAgain(payment, open)
    ? html`<details${problem?.form === `sent-${payment.id}` ? html` open` : null}><summary>Submit again</summary>${sentForm({
        payment,
        token,
        payerName: nameOf(user),
        problem,
        button: 'Submit again',
      })}</details>`
    : null
  return html`<div>Why: ${isolated(payment.reason ?? 'no reason was given')}</div>${form}`
}

/** While another transfer is asked for, that one is to be sent. */
const canSubmitAgain = ({ status, reason }: Payment, open: Payment | null): boolean =>
  status === 'rejected' && reason !== 'replaced' && open === null

const receiptItem = (receipt: Receipt): Html =>
  html`<li class="ends"><span><a href="/billing/receipts/${receipt.id}">${receipt.number}</a> <span class="quiet">· ${date(
    receipt.createdAt,
  )}</span></span> <span class="number">${money(receipt.amount)}</span></li>`
