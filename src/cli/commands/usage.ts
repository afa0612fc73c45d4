import { type UsageGrouping, type UsageReportResult, usageGroupings } from '../../index.js'
import { accountIdOf, oneAccount } from '../acts.js'
import { defineCommand } from '../command.js'
import { csvLine } from '../csv.js'
import { accountOptions, csvOption } from '../options.js'
import { facts, type Report, table } from '../output.js'
import { type Period, periodOf } from '../period.js'
import { moment, oneOf } from '../readers.js'

/** `tenantry usage` */
export const usage = defineCommand({
  name: 'usage',
  summary: 'Add up what an account has used',
  explanation: `Spends, settled reservations and their refunds, by day in UTC unless --by says otherwise. Changes nothing.
Without --from and --to it is about 30 days that end with today. Use that names no user or key comes last: "(none)", an empty cell in CSV.`,
  options: {
    ...accountOptions,
    from: { ...moment, value: 'DATE', help: 'The first day or moment that counts. 30 days before --to when left out.' },
    to: { ...moment, value: 'DATE', help: 'The first day or moment that no longer counts. The end of today (UTC) when left out.' },
    by: { ...oneOf(usageGroupings), value: 'WHAT', help: 'day (when left out), operation, user or api_key.' },
    ...csvOption,
  },
  conflict: (values) => oneAccount(values) ?? (values.json && values.csv ? 'Pass --json or --csv, not both.' : null),
  async run({ values, open, print }) {
    const { by = 'day' } = values
    const period = periodOf(values, new Date())
    const answer = await open(async ({ tenantry }) => {
      const accountId = await accountIdOf(tenantry, values)
      return { accountId, ...period, by, ...(await tenantry.usageReport({ accountId, ...period, by })) }
    })
    if (!values.csv) return toReport(answer)
    await print(toCsv(answer))
    return null
  },
})

type Answer = UsageReportResult & Period & { readonly accountId: string; readonly by: UsageGrouping }

const toCsv = ({ by, items }: Answer): string =>
  [[by, 'spent', 'refunded', 'count'], ...items.map(({ key, spent, refunded, count }) => [key, spent, refunded, count])]
    .map(csvLine)
    .join('')

function toReport(answer: Answer): Report {
  const { accountId, from, to } = answer
  const heading = facts([
    ['account', accountId],
    ['from', from],
    ['before', to],
  ])
  const sums = answer.items.length === 0 ? 'Nothing was used in this time.' : sumsOf(answer)
  return { ok: true, data: { ...answer }, text: `${heading}\n\n${sums}` }
}

/** The sums with their total under a line. */
function sumsOf({ by, items, total }: Answer): string {
  const rows = [...items, { key: 'total', ...total }].map(({ key, spent, refunded, count }) => [key ?? '(none)', spent, refunded, count])
  const lines = table([by, 'spent', 'refunded', 'spends'], rows).split('\n')
  const rule = '-'.repeat(Math.max(...lines.map((line) => [...line].length)))
  return [...lines.slice(0, -1), rule, ...lines.slice(-1)].join('\n')
}
