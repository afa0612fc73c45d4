import type { CreditEntry } from '../index.js'
import { csvLine } from './csv.js'
import { counted, growingTable } from './output.js'

/** How a ledger is written, part by part, so that it may be of any length. */
export interface LedgerFormat {
  /** What to write for these entries, after those that came before. The first part may be empty, others never are. */
  readonly add: (entries: readonly CreditEntry[]) => string
  /** What to write at the end. `next` is where older entries begin, if there are any. */
  readonly end: (next: string | null) => string
}

/** One JSON document, the same as if it were written at once. */
export function jsonLedger(accountId: string): LedgerFormat {
  let head = `{\n  "accountId": ${JSON.stringify(accountId)},\n  "entries": [`
  let count = 0
  return {
    add(entries) {
      const texts = entries.map((entry) => `${count++ === 0 ? '' : ','}${indented(JSON.stringify(entry, null, 2))}`)
      const text = head + texts.join('')
      head = ''
      return text
    },
    end: (next) => `${count === 0 ? '' : '\n  '}],\n  "next": ${JSON.stringify(next)}\n}\n`,
  }
}

// Not by a pattern: `^` also matches after separators that JSON leaves inside of texts.
const indented = (json: string): string => ['', ...json.split('\n')].join('\n    ')

/** One JSON object a line. */
export const ndjsonLedger = (): LedgerFormat => ({
  add: (entries) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
  end: () => '',
})

/** One record a line under the names of the fields. */
export function csvLedger(): LedgerFormat {
  let head = csvLine(csvColumns.map(([name]) => name))
  return {
    add(entries) {
      const text = head + entries.map((entry) => csvLine(csvColumns.map(([, read]) => read(entry)))).join('')
      head = ''
      return text
    },
    end: () => '',
  }
}

const csvColumns: readonly [name: string, read: (entry: CreditEntry) => string | number | Date | null][] = [
  ['sequence', (entry) => entry.sequence],
  ['id', (entry) => entry.id],
  ['createdAt', (entry) => entry.createdAt],
  ['type', (entry) => entry.type],
  ['amount', (entry) => entry.amount],
  ['balanceAfter', (entry) => entry.balanceAfter],
  ['operation', (entry) => entry.operation],
  ['description', (entry) => entry.description],
  ['userId', (entry) => entry.userId],
  ['apiKeyId', (entry) => entry.apiKeyId],
  ['refundsEntryId', (entry) => entry.refundsEntryId],
  ['actorType', (entry) => entry.actor?.type ?? null],
  ['actorId', (entry) => entry.actor?.id ?? null],
  ['idempotencyKey', (entry) => entry.idempotencyKey],
  ['metadata', (entry) => JSON.stringify(entry.metadata)],
]

/** A table for people, with what came and went in all. */
export function tableLedger(): LedgerFormat {
  const addRows = growingTable(['entry', 'when', 'type', 'credits', 'balance', 'for'])
  let count = 0
  // The sum of amounts, each of which is exact, need not be.
  let [came, went] = [0n, 0n]
  return {
    add(entries) {
      count += entries.length
      for (const { amount } of entries) {
        if (amount > 0) came += BigInt(amount)
        else went -= BigInt(amount)
      }
      return `${addRows(entries.map(rowOf))}\n`
    },
    end(next) {
      const total = `\n${counted(count, 'entry', 'entries')}: ${came} credits came, ${went} went`
      return next === null ? `${total}\n` : `${total}\nThere are older ones: --limit all, or --before ${next}\n`
    },
  }
}

const rowOf = (entry: CreditEntry) => [
  entry.sequence,
  entry.createdAt.toISOString(),
  entry.type,
  entry.amount,
  entry.balanceAfter,
  purposeOf(entry),
]

/** The library describes a spend by its operation. */
function purposeOf({ operation, description }: CreditEntry): string {
  const words = [operation, description].filter((word) => word !== null && word !== '')
  return [...new Set(words)].join(': ')
}
