import type { Account, CreditEntry, Subscription, User } from 'tenantry'
import { daysCounted, type RecentUse } from '../routes/usage.js'
import { creditsOverTime } from './credits-over-time.js'
import { count, date, moment, signed, statusWords } from './format.js'
import { type Html, html, isolated } from './html.js'
import { announcements, layout, navigation } from './layout.js'
import { operationBars } from './operation-bars.js'

/** What the customer's page shows. */
export interface SitesView {
  readonly user: User
  readonly account: Account
  readonly subscription: Subscription | null
  readonly balance: number
  readonly use: RecentUse
}

const entriesShown = 10

/** The customer's page: how the account stands, and what was spent. */
export const sitesPage = (view: SitesView): string =>
  layout({
    title: 'Sites',
    script: 'sites.js',
    navigation: navigation(false),
    main: html`<h1>Sites</h1>
<p class="quiet">${isolated(view.account.name)} · ${isolated(view.user.email)}</p>
${standing(view)}
<section aria-labelledby="generate">
<h2 id="generate">Generate a page</h2>
<p>Each page costs 10 credits. Nothing is generated in this example, but the credits are really spent.</p>
${announcements}
<button type="button" data-spend="10">Use 10 credits</button>
</section>
<section aria-labelledby="balance">
<h2 id="balance">Credits over time</h2>
${creditsOverTime(view)}
</section>
<section aria-labelledby="use">
<h2 id="use">What was used</h2>
${useByOperation(view.use)}
</section>
<section aria-labelledby="entries">
<h2 id="entries">Recent entries</h2>
${view.use.entries.length === 0 ? html`<p class="quiet">None yet.</p>` : entriesTable(view.use.entries.slice(0, entriesShown))}
</section>`,
  })

const standing = ({ account, subscription, balance }: SitesView): Html => html`<dl class="facts">
<div><dt>Credits left</dt><dd class="large" data-balance>${count(balance)}</dd></div>
<div><dt>Plan</dt><dd>${account.plan?.name ?? 'None'}</dd></div>
<div><dt>Status</dt><dd>${statusWords(account.status)}</dd></div>
${subscription && html`<div><dt>${subscription.status === 'trialing' ? 'Trial ends' : 'Paid until'}</dt><dd>${date(subscription.currentPeriodEnd)}</dd></div>`}
</dl>`

function useByOperation({ byOperation }: RecentUse): Html {
  if (byOperation.length === 0) return html`<p class="chart quiet">Nothing was used in the last ${daysCounted} days.</p>`
  const total = byOperation.reduce((sum, { spent }) => sum + spent, 0)
  return html`<figure class="chart">
<figcaption>${count(total)} credits in ${daysCounted} days, by operation</figcaption>
${operationBars(byOperation)}
</figure>`
}

const entriesTable = (entries: readonly CreditEntry[]): Html => html`<table>
<thead><tr><th scope="col">What</th><th scope="col" class="number">Credits</th><th scope="col" class="number">Left</th></tr></thead>
<tbody>${entries.map(
  (entry) => html`<tr>
<td>${isolated(entry.description || entry.type)}<br><span class="quiet">${moment(entry.createdAt)}</span></td>
<td class="number">${signed(entry.amount)}</td>
<td class="number">${count(entry.balanceAfter)}</td>
</tr>`,
)}</tbody>
</table>`
