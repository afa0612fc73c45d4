import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { accountStatuses, type LifeStep, type LifeSteps, lifeTable, subscriptionStatuses } from 'tenantry'

const readme = fileURLToPath(new URL('../../README.md', import.meta.url))
const markers = ['<!-- life-table: printed by npm run docs -->\n', '<!-- /life-table -->'] as const

/** The tables of the life of an account, as the README shows them. */
export function printedLife(): string {
  const rows = Object.entries(lifeTable)
  const ofAccount = matrix(
    'account',
    accountStatuses,
    rows.map(([event, { account }]) => [event, account]),
  )
  const ofSubscription = matrix(
    'subscription',
    subscriptionStatuses,
    rows.map(([event, { subscription }]) => [event, subscription]),
  )
  return `${ofAccount}\n\n${ofSubscription}\n`
}

/** What the README shows now. */
export function shownLife(): string {
  const [, rest = ''] = readFileSync(readme, 'utf8').split(markers[0])
  return rest.split(markers[1])[0] ?? ''
}

/** Puts the printed tables into the README. */
export function writeLife(): void {
  const text = readFileSync(readme, 'utf8')
  const [before, rest] = text.split(markers[0])
  const after = rest?.split(markers[1])[1]
  if (after === undefined) throw new Error('the README has no place for the life table')
  writeFileSync(readme, `${before}${markers[0]}${printedLife()}${markers[1]}${after}`)
}

function matrix<Status extends string>(title: string, statuses: readonly Status[], rows: readonly [string, LifeSteps<Status>][]): string {
  const columns = ['none', ...statuses] as const
  const lines = rows.map(([event, steps]) => [`\`${event}\``, ...columns.map((from) => cell(steps[from], from))])
  const heads = [title, ...columns.map((status) => `\`${status}\``)]
  return [heads, heads.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

function cell(step: LifeStep<string> | undefined, from: string): string {
  if (step === undefined) return ''
  if (typeof step === 'string') return step === from ? 'stays' : `\`${step}\``
  const otherwise = step.else === undefined ? '' : `; else ${cell(step.else, from)}`
  return `${cell(step.to, from)} if ${step.when}${otherwise}`
}
