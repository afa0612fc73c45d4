import { daysCounted, type RecentUse } from '../routes/usage.js'
import { balanceChart, dayTable } from './balance-chart.js'
import { balanceLine, daysInNumbers } from './balance-line.js'
import { count } from './format.js'
import { type Html, html } from './html.js'

/** How a balance moved in the last days, as a chart and as numbers. */
export function creditsOverTime({ use, balance }: { use: RecentUse; balance: number }): Html {
  const line = balanceLine({ ...use, balance })
  if (line === null) return html`<p class="chart quiet">There are no credits yet, and so nothing to draw.</p>`
  const days = daysInNumbers(line, use.byDay)
  const time = use.isCut ? `the last ${count(use.entries.length)} changes` : `the last ${daysCounted} days`
  return html`<figure class="chart">
<figcaption>${line.from > use.from && !use.isCut ? 'Since the account began' : `In ${time}`}</figcaption>
${balanceChart(line)}
</figure>
${days.length > 0 ? dayTable(days) : null}`
}
