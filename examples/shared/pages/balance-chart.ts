import type { BalanceLine, DayInNumbers } from './balance-line.js'
import { type Scale, scaleOf, shareOf } from './chart-scale.js'
import { brief, count, shortDay, shortMoment } from './format.js'
import { type Html, html } from './html.js'

/** A balance over time as a line of steps, on axes that are named and numbered. Colour tells nothing, and a description tells the rest. */
export function balanceChart(line: BalanceLine): Html {
  const balances = line.steps.map(({ balance }) => balance)
  const scale = scaleOf(balances)
  const last = balances.at(-1) ?? 0
  return html`<svg class="plot" role="img" aria-labelledby="balance-title" aria-describedby="balance-description">
<title id="balance-title">Credits from ${shortMoment(line.from)} to ${shortMoment(line.to)}</title>
<desc id="balance-description">${describe(balances)}</desc>
<text class="axis-name" x="0" y="-12">Credits</text>
${scale.ticks.map((tick) => gridLine(tick, scale))}
<svg class="plane" viewBox="0 0 1000 1000" preserveAspectRatio="none"><path class="under" d="${path(line, scale)}V${up(
    scale.bottom,
    scale,
  )}H0Z"/><path class="line" d="${path(line, scale)}"/></svg>
<circle class="now" cx="100%" cy="${percent(1 - shareOf(last, scale))}" r="4"/>
${timeTicks(line)}
</svg>`
}

function describe(balances: readonly number[]): string {
  const [lowest, highest] = [balances.reduce((a, b) => Math.min(a, b)), balances.reduce((a, b) => Math.max(a, b))]
  const changes = balances.length - 1
  return `It begins at ${count(balances[0] ?? 0)} and ends at ${count(balances.at(-1) ?? 0)} credits, after ${count(changes)} ${
    changes === 1 ? 'change' : 'changes'
  }; the lowest is ${count(lowest)}, the highest ${count(highest)}.`
}

function gridLine(tick: number, scale: Scale): Html {
  const y = percent(1 - shareOf(tick, scale))
  return html`<line class="${tick === 0 ? 'floor' : 'grid'}" x1="0" x2="100%" y1="${y}" y2="${y}"/><text class="tick" x="-8" y="${y}" dy="0.32em" text-anchor="end">${brief(
    tick,
  )}</text>`
}

/** A balance holds until the next one: across, then up or down. In thousandths of the plane. */
function path({ from, to, steps }: BalanceLine, scale: Scale): string {
  const span = Math.max(to.getTime() - from.getTime(), 1)
  const across = (at: Date): number => rounded(((at.getTime() - from.getTime()) / span) * 1000)
  const [first, ...rest] = steps
  return `M0 ${up(first?.balance ?? 0, scale)}${rest.map(({ at, balance }) => `H${across(at)}V${up(balance, scale)}`).join('')}H1000`
}

const up = (balance: number, scale: Scale): number => rounded((1 - shareOf(balance, scale)) * 1000)

const rounded = (number: number): number => Math.round(number * 10) / 10

const percent = (share: number): string => `${rounded(share * 100)}%`

const days = 86_400_000

/** Beginning, middle and end; over few days with the hour, for which there is no room in the middle. */
function timeTicks({ from, to }: BalanceLine): Html {
  const isLong = to.getTime() - from.getTime() > 3 * days
  const words = (at: Date): string => (isLong ? shortDay(at.toISOString().slice(0, 10)) : shortMoment(at))
  const middle = new Date((from.getTime() + to.getTime()) / 2)
  return html`<text class="tick" x="0" y="100%" dy="1.5em">${words(from)}</text>${
    isLong ? html`<text class="tick" x="50%" y="100%" dy="1.5em" text-anchor="middle">${words(middle)}</text>` : null
  }<text class="tick" x="100%" y="100%" dy="1.5em" text-anchor="end">${words(to)}</text>
<text class="axis-name" x="50%" y="100%" dy="3em" text-anchor="middle">Time (UTC)</text>`
}

/** The same as text. */
export const dayTable = (days: readonly DayInNumbers[]): Html => html`<details>
<summary>Numbers by day</summary>
<table>
<thead><tr><th scope="col">Day</th><th scope="col" class="number">Spent</th><th scope="col" class="number">Left</th></tr></thead>
<tbody>${days.map(dayRow)}</tbody>
</table>
</details>`

const dayRow = ({ day, spent, refunded, balance }: DayInNumbers): Html => html`<tr>
<th scope="row">${shortDay(day)}</th>
<td class="number">${count(spent)}${refunded === 0 ? null : html`<br><span class="quiet">${count(refunded)} given back</span>`}</td>
<td class="number">${balance === null ? '–' : count(balance)}</td>
</tr>`
