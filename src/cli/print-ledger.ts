import type { ListCreditEntriesResult, Tenantry } from '../index.js'
import type { LedgerFormat } from './ledger-formats.js'
import type { Print } from './print.js'

/** Which entries to print. */
export interface LedgerPart {
  readonly accountId: string
  /** The cursor of an earlier page; undefined for the newest entries. */
  readonly before: string | undefined
  /** How many at most. */
  readonly limit: number
}

/** How far the printing is. */
export interface LedgerProgress {
  readonly printed: number
  readonly of: number
}

const entriesAtOnce = 200

/**
 * Prints a part of a ledger, newest entry first, and holds no more than one page of it at a time. Nothing is printed before the first page was
 * read. Ends early when nobody reads any more.
 */
export async function printLedger(
  tenantry: Pick<Tenantry, 'listCreditEntries'>,
  part: LedgerPart,
  { format, print, onProgress }: { format: LedgerFormat; print: Print; onProgress: (progress: LedgerProgress) => void },
): Promise<void> {
  let [printed, of] = [0, 0]
  let before = part.before
  do {
    const limit = Math.min(entriesAtOnce, part.limit - printed)
    const page: ListCreditEntriesResult = await tenantry.listCreditEntries({ accountId: part.accountId, before, limit })
    of ||= Math.min(part.limit, page.items[0]?.sequence ?? 0)
    if (!(await print(format.add(page.items)))) return
    printed += page.items.length
    onProgress({ printed, of })
    before = page.next ?? undefined
  } while (before !== undefined && printed < part.limit)
  await print(format.end(before ?? null))
}
