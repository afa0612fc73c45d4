import type { Account, CreditEntry, Subscription, User } from 'tenantry'
import type { DayOfUse } from '../routes/usage.js'
import { count, date, moment, signed, statusWords } from './format.js'
import { type Html, html } from './html.js'
import { announcements, layout, navigation } from './layout.js'
import { usageChart } from './usage-chart.js'

/** What the customer's page shows. */
export interface SitesView {
  readonly user: User
  readonly account: Account
  readonly subscription: Subscription | null
  readonly balance: number
  readonly entries: readonly CreditEntry[]
  readonly days: readonly string[]
  readonly use: readonly DayOfUse[]
}

/** The customer's page: how the account stands, and what was spent. */
export const sitesPage = (view: SitesView): string =>
  layout({
    title: 'Sites',
    script: 'sites.js',
    navigation: navigation(false),
    main: html`<h1>Sites</h1>
<p class="quiet">${view.account.name} · ${view.user.email}</p>
${standing(view)}
<section aria-labelledby="generate">
<h2 id="generate">Generate a page</h2>
<p>Each page costs 10 credits. Nothing is generated in this example, but the credits are really spent.</p>
${announcements}
<button type="button" data-spend="10">Use 10 credits</button>
</section>
<section aria-labelledby="use">
<h2 id="use">What was spent</h2>
${usageChart(view.days, view.use)}
</section>
<section aria-labelledby="entries">
<h2 id="entries">Recent entries</h2>
${entriesTable(view.entries)}
</section>`,
  })

const standing = ({ account, subscription, balance }: SitesView): Html => html`<dl class="facts">
<div><dt>Credits left</dt><dd class="large" data-balance>${count(balance)}</dd></div>
<div><dt>Plan</dt><dd>${account.plan?.name ?? 'None'}</dd></div>
<div><dt>Status</dt><dd>${statusWords(account.status)}</dd></div>
${subscription && html`<div><dt>${subscription.status === 'trialing' ? 'Trial ends' : 'Paid until'}</dt><dd>${date(subscription.currentPeriodEnd)}</dd></div>`}
</dl>`

const entriesTable = (entries: readonly CreditEntry[]): Html => html`<table>
<thead><tr><th scope="col">What</th><th scope="col" class="number">Credits</th><th scope="col" class="number">Left</th></tr></thead>
<tbody>${entries.map(
  (entry) => html`<tr>
<td>${entry.description || entry.type}<br><span class="quiet">${moment(entry.createdAt)}</span></td>
<td class="number">${signed(entry.amount)}</td>
<td class="number">${count(entry.balanceAfter)}</td>
</tr>`,
)}</tbody>
</table>`
