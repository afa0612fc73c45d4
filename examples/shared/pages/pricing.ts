import type { Plan } from 'tenantry'
import { count, money } from './format.js'
import { type Html, html } from './html.js'
import { layout } from './layout.js'

/** What can be bought, and how. */
export const pricingPage = (plans: readonly Plan[]): string =>
  layout({
    title: 'Plans',
    main: html`<h1>Plans</h1>
<div class="plans">${plans.map(offer)}</div>
<h2>How to pay</h2>
<p>By bank transfer. Write the name of your account on it; as soon as the money is here, the plan and its credits are yours.</p>
<p><a href="/signup">Start your free trial</a></p>`,
  })

const offer = (plan: Plan): Html => html`<section class="card">
<h2>${plan.name}</h2>
<p class="large">${plan.prices.map(money).join(' or ')}</p>
<p>${count(plan.includedCredits)} credits a month, ${plan.billingCycle === 'yearly' ? 'paid by the year' : 'paid by the month'}</p>
</section>`
