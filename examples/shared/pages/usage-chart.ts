import type { DayOfUse } from '../routes/usage.js'
import { count, shortDay } from './format.js'
import { type Html, html } from './html.js'

/** Credits spent on each day, as bars of which the heights and the numbers below tell everything; colour tells nothing. */
export function usageChart(days: readonly string[], use: readonly DayOfUse[]): Html {
  const spent = new Map(use.map((day) => [day.day, day.spent]))
  const most = Math.max(...use.map((day) => day.spent), 0)
  const total = use.reduce((sum, day) => sum + day.spent, 0)
  const oldestFirst = [...days].reverse()
  const bars = oldestFirst.map((day, position) => bar(day, position, spent.get(day) ?? 0, most))
  const summary = `${count(total)} credits in ${days.length} days${most > 0 ? `, at most ${count(most)} in one day` : ''}`
  return html`<figure class="chart">
<figcaption>${summary}</figcaption>
<svg viewBox="0 0 ${days.length} 100" preserveAspectRatio="none" role="img" aria-label="${summary}. The numbers are in the table below.">${bars}</svg>
<div class="axis" aria-hidden="true"><span>${shortDay(oldestFirst[0] ?? '')}</span><span>Today</span></div>
</figure>
${use.length > 0 ? numbers(use) : null}`
}

/** Every day has its line on the floor, so that a day without use is seen to be one. */
function bar(day: string, position: number, spent: number, most: number): Html {
  const height = most === 0 ? 0 : Math.max((spent / most) * 98, spent > 0 ? 3 : 0)
  const title = html`<title>${shortDay(day)}: ${count(spent)} credits</title>`
  return html`<rect class="floor" x="${position + 0.1}" y="98" width="0.8" height="2">${title}</rect><rect x="${position + 0.1}" y="${
    98 - height
  }" width="0.8" height="${height}">${title}</rect>`
}

const numbers = (use: readonly DayOfUse[]): Html => html`<details>
<summary>Numbers by day</summary>
<table>
<thead><tr><th scope="col">Day</th><th scope="col" class="number">Times</th><th scope="col" class="number">Credits</th></tr></thead>
<tbody>${use.map(
  ({ day, spent, entries }) =>
    html`<tr><th scope="row">${shortDay(day)}</th><td class="number">${count(entries)}</td><td class="number">${count(spent)}</td></tr>`,
)}</tbody>
</table>
</details>`
