import type { UsageSum } from 'tenantry'
import { count } from './format.js'
import { type Html, html, isolated } from './html.js'

const mostBars = 8

/** A bar and its words. */
interface Bar {
  readonly name: Html
  readonly spent: number
  readonly refunded: number
  readonly times: number
}

/**
 * What each operation used, as bars across with their values as text. What was given back is the hollow end of its bar. Where there are many
 * operations, the last bar is all those that used least.
 */
export function operationBars(sums: readonly UsageSum[]): Html {
  const bars = barsOf(sums)
  const most = bars.reduce((largest, { spent }) => Math.max(largest, spent), 1)
  const isGivenBack = bars.some(({ refunded }) => refunded > 0)
  return html`<ul class="bars">${bars.map((bar) => item(bar, most))}</ul>
${isGivenBack ? html`<p class="hint">The hollow part of a bar was given back.</p>` : null}`
}

function barsOf(sums: readonly UsageSum[]): Bar[] {
  const ranked = [...sums].sort((a, b) => b.spent - a.spent)
  const shown = ranked.length > mostBars ? ranked.slice(0, mostBars - 1) : ranked
  const rest = ranked.slice(shown.length)
  const bars = shown.map(({ key, spent, refunded, count: times }) => ({ name: nameOf(key), spent, refunded, times }))
  return rest.length === 0 ? bars : [...bars, together(rest)]
}

const nameOf = (key: string | null): Html => (key === null ? html`Without a name` : isolated(key))

function together(sums: readonly UsageSum[]): Bar {
  const add = (field: 'spent' | 'refunded' | 'count'): number => sums.reduce((sum, each) => sum + each[field], 0)
  return { name: html`${count(sums.length)} others`, spent: add('spent'), refunded: add('refunded'), times: add('count') }
}

function item({ name, spent, refunded, times }: Bar, most: number): Html {
  const more = [`${count(times)} ${times === 1 ? 'time' : 'times'}`, ...(refunded > 0 ? [`${count(refunded)} given back`] : [])]
  return html`<li>
<span class="name">${name}</span> <span class="value"><strong>${count(spent)}</strong> <span class="quiet">${more.join(', ')}</span></span>
<svg class="bar-row" aria-hidden="true">${rectangles(spent, refunded, most)}</svg>
</li>`
}

/** Solid for what was kept, hollow for what was given back; a refund may be of something that was spent before. */
function rectangles(spent: number, refunded: number, most: number): Html {
  const given = Math.min(refunded, spent)
  const kept = width(spent - given, most)
  return html`<rect class="kept" width="${kept}%" height="100%"/>${
    given > 0 ? html`<rect class="given-back" x="${kept}%" width="${width(given, most)}%" height="100%"/>` : null
  }`
}

/** In hundredths, and never so small that nothing is seen. */
const width = (credits: number, most: number): number => (credits === 0 ? 0 : Math.max(0.5, Math.round((credits / most) * 1000) / 10))
