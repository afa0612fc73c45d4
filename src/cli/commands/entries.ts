import { accountIdOf, oneAccount } from '../acts.js'
import { defineCommand } from '../command.js'
import { csvLedger, jsonLedger, type LedgerFormat, ndjsonLedger, tableLedger } from '../ledger-formats.js'
import { accountOptions, csvOption, progressOption } from '../options.js'
import { type LedgerProgress, printLedger } from '../print-ledger.js'
import { onceASecond, progressBeside } from '../progress.js'
import { countOrAll, text } from '../readers.js'

const newestForPeople = 50

/** `tenantry entries` */
export const entries = defineCommand({
  name: 'entries',
  summary: "Print an account's ledger, newest entry first",
  explanation: `Reads page by page and prints each at once: a ledger of any length will do, and entries that come meanwhile shift nothing.
The columns of --csv have the names of the JSON fields; metadata is JSON in one cell. Changes nothing.`,
  options: {
    ...accountOptions,
    limit: {
      ...countOrAll,
      value: 'N',
      help: `How many entries, or "all". Left out: all with --json, --ndjson and --csv, else ${newestForPeople}.`,
    },
    before: { ...text, value: 'CURSOR', help: 'Only older entries: the "next" of an earlier call.' },
    ...csvOption,
    ndjson: { help: 'Print one JSON object a line.' },
    ...progressOption,
  },
  conflict(values) {
    const formats = [values.json, values.csv, values.ndjson].filter(Boolean).length
    return oneAccount(values) ?? (formats > 1 ? 'Pass one of --json, --csv and --ndjson.' : null)
  },
  async run({ values, io, open, print }) {
    const isForPeople = !(values.json || values.csv || values.ndjson)
    const { before, limit = isForPeople ? newestForPeople : Number.POSITIVE_INFINITY } = values
    const progress = progressBeside(io, values.progress)
    const onProgress = onceASecond(({ printed, of }: LedgerProgress) => progress.show(`${printed} of ${of} entries`))
    await open(async ({ tenantry }) => {
      const accountId = await accountIdOf(tenantry, values)
      await printLedger(tenantry, { accountId, before, limit }, { format: formatOf(values, accountId), print, onProgress })
    }).finally(progress.end)
    return null
  },
})

function formatOf({ json, csv, ndjson }: { json: boolean; csv: boolean; ndjson: boolean }, accountId: string): LedgerFormat {
  if (json) return jsonLedger(accountId)
  if (csv) return csvLedger()
  return ndjson ? ndjsonLedger() : tableLedger()
}
