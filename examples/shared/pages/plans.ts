import type { Payment, Plan, User } from 'tenantry'
import { count, date, money, months } from './format.js'
import { type Html, html, isolated } from './html.js'
import { layout, navigation } from './layout.js'
import { formField, type Problem, plainForm } from './plain-form.js'
import { standingWords } from './standing-words.js'
import { instructions, nameOf, sentForm } from './transfer-parts.js'

/** What the page shows on which a customer chooses a plan and learns how to pay. */
export interface PlansView {
  readonly user: User
  readonly accountName: string
  readonly plans: readonly Plan[]
  readonly presentPlanId: string | null
  readonly refusal: { readonly code: string; readonly message: string } | null
  /** The transfer that the account has been asked for, with the name of its plan. */
  readonly open: { readonly payment: Payment; readonly planName: string } | null
  readonly bankDetails: Readonly<Record<string, string>>
  readonly now: Date
  readonly token: string
  readonly problem: Problem | null
}

/** The page. */
export const plansPage = (view: PlansView): string =>
  layout({
    title: 'Plans',
    script: 'signed-in.js',
    navigation: navigation(false),
    main: html`<h1>Plans</h1>
<p class="quiet">${isolated(view.accountName)}</p>
${view.refusal && html`<p class="message" role="status">${standingWords(view.refusal)}</p>`}
${view.open && openTransfer(view, view.open)}
${choice(view)}`,
  })

function openTransfer(view: PlansView, { payment, planName }: NonNullable<PlansView['open']>): Html {
  const what = html`<p>${planName} for ${months(payment.periodMonths)}, asked for on ${date(payment.createdAt)}.</p>`
  const form = (button: string): Html =>
    sentForm({ payment, token: view.token, payerName: nameOf(view.user), problem: view.problem, button })
  if (payment.status === 'submitted') {
    return html`<section class="card" aria-labelledby="transfer">
<h2 id="transfer">Thank you: your transfer is being checked</h2>
${what}
<p>We confirm it as soon as ${money(payment.amount)} have arrived. Then the plan and its credits are yours.</p>
<details${isAbout(payment, view.problem) ? html` open` : null}><summary>Correct what you told us</summary>${form('Correct it')}</details>
</section>`
  }
  return html`<section class="card" id="pay" aria-labelledby="transfer">
<h2 id="transfer">Your transfer</h2>
${what}
${instructions(payment, view.bankDetails, view.now)}
<h3>When you have sent it</h3>
<p>Tell us, so that we can look for it.</p>
${form('I have sent it')}
</section>`
}

const isAbout = ({ id }: Payment, problem: Problem | null): boolean => problem?.form === `sent-${id}`

function choice(view: PlansView): Html | null {
  if (view.open?.payment.status === 'submitted') return html`<p class="aside">You can choose again once it is confirmed or rejected.</p>`
  const form = chooseForm(view)
  if (view.open === null) return html`<section class="card" aria-labelledby="choose"><h2 id="choose">Choose a plan</h2>${form}</section>`
  return html`<details class="more"${view.problem?.form === 'choose' ? html` open` : null}>
<summary>Choose something else instead</summary>
<section class="card" aria-labelledby="choose"><h2 id="choose">Choose again</h2>
<p>The transfer above is then closed, and you get a new reference. Do not choose again if you have sent the money already.</p>
${form}</section>
</details>`
}

function chooseForm({ plans, presentPlanId, token, problem, open }: PlansView): Html {
  const chosen = problem?.form === 'choose' ? problem.values['plan_slug'] : undefined
  const preferred = plans.find(({ slug }) => slug === chosen) ?? plans.find(({ id }) => id === presentPlanId) ?? plans[0]
  if (preferred === undefined) return html`<p>Nothing is on sale at the moment.</p>`
  return plainForm({
    id: 'choose',
    action: '/plans',
    token,
    button: 'Show me how to pay',
    problem,
    content: html`<fieldset>
<legend>Plan</legend>
${plans.map((plan) => offer(plan, { isChecked: plan === preferred, isPresent: plan.id === presentPlanId }))}
</fieldset>
${formField('choose', problem, {
  name: 'period_months',
  label: 'Months',
  type: 'number',
  value: String(open?.payment.periodMonths ?? (preferred.billingCycle === 'yearly' ? 12 : 1)),
  hint: 'Paid at once, 1 to 36. The credits come month by month.',
  more: html`min="1" max="36" inputmode="numeric"`,
})}`,
  })
}

const offer = (plan: Plan, { isChecked, isPresent }: { isChecked: boolean; isPresent: boolean }): Html => html`<label class="choice">
<input type="radio" name="plan_slug" value="${plan.slug}" required${isChecked ? html` checked` : null}>
<span><strong>${plan.name}</strong>${isPresent ? html` <span class="quiet">your plan</span>` : null}<br>
${plan.prices.map(money).join(' or ')} ${plan.billingCycle === 'yearly' ? 'a year' : 'a month'} · ${count(plan.includedCredits)} credits a month</span>
</label>`
