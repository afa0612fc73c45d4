import { z } from 'zod'
import { checkBook } from '../../domain/book-check.js'
import { recheckKeys } from '../../domain/book-keys.js'
import type { BookProblem } from '../../domain/books.js'
import { entryDigest } from '../../domain/entry-hash.js'
import type { Book, BookReader } from '../../ports/store/books.js'
import type { HashedEntry } from '../../ports/store/credits.js'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { requireAccount } from '../require-account.js'
import { functionOf, id } from '../schemas.js'

const accountsAtOnce = 100
const entriesAtOnce = 1000

const Input = z.strictObject({
  /** Left out, the books of all accounts. */
  accountId: id.optional(),
  /** Is told after each batch of accounts how many are done. */
  onProgress: functionOf<(done: VerifyBooksProgress) => void>().optional(),
})

/** How far a check of the books has come. */
export interface VerifyBooksProgress {
  readonly accounts: number
  readonly entries: number
  readonly problems: number
}

/** What `verifyBooks` takes. */
export type VerifyBooksInput = z.input<typeof Input>
/** What `verifyBooks` answers. */
export interface VerifyBooksResult {
  readonly ok: boolean
  /** How many accounts and entries were read. */
  readonly accounts: number
  readonly entries: number
  readonly problems: readonly BookProblem[]
}

/** See {@link Tenantry.verifyBooks}. */
export async function verifyBooks(context: Context, input: VerifyBooksInput = {}): Promise<VerifyBooksResult> {
  const { accountId, onProgress } = parseInput(Input, input)
  if (accountId !== undefined) {
    await requireAccount(context, accountId)
    return toResult(await context.store.snapshot((books) => verifyAccounts(books, [accountId])))
  }
  let total = nothing
  let after: string | null = null
  do {
    const batch: Batch = await context.store.snapshot((books) => verifyBatch(books, after))
    total = add(total, batch)
    after = batch.last
    onProgress?.({ accounts: total.accounts, entries: total.entries, problems: total.problems.length })
  } while (after !== null)
  return toResult(total)
}

interface Checked {
  readonly accounts: number
  readonly entries: number
  readonly problems: readonly BookProblem[]
}
type Batch = Checked & { readonly last: string | null }

const nothing: Checked = { accounts: 0, entries: 0, problems: [] }

const add = (a: Checked, b: Checked): Checked => ({
  accounts: a.accounts + b.accounts,
  entries: a.entries + b.entries,
  problems: [...a.problems, ...b.problems],
})

const toResult = ({ accounts, entries, problems }: Checked): VerifyBooksResult => ({
  ok: problems.length === 0,
  accounts,
  entries,
  problems,
})

async function verifyBatch(books: BookReader, after: string | null): Promise<Batch> {
  const accountIds = await books.listAccountIds({ after, limit: accountsAtOnce })
  const checked = await verifyAccounts(books, accountIds)
  return { ...checked, last: accountIds.length < accountsAtOnce ? null : (accountIds.at(-1) ?? null) }
}

async function verifyAccounts(books: BookReader, accountIds: readonly string[]): Promise<Checked> {
  let total = nothing
  for (const accountId of accountIds) {
    const book = await books.readBook(accountId)
    if (book !== null) total = add(total, await verifyAccount(books, book))
  }
  return total
}

async function verifyAccount(books: BookReader, book: Book): Promise<Checked> {
  const check = checkBook(book)
  let entries = 0
  await forEachEntry(books, book, ({ entry, fingerprint, hash }) => {
    entries += 1
    check.entry(entry, { sequence: entry.sequence, hash, digest: entryDigest(entry, fingerprint) })
  })
  const { problems, suspectKeys } = check.end()
  return { accounts: 1, entries, problems: [...problems, ...(await findDoubledKeys(books, book, suspectKeys))] }
}

/** Reads the entries once more, where that is worth while. */
async function findDoubledKeys(books: BookReader, book: Book, suspects: ReadonlySet<string>): Promise<readonly BookProblem[]> {
  const { accountId } = book
  const problems: BookProblem[] = []
  const check = recheckKeys(suspects, (problem) => problems.push({ ...problem, accountId }))
  if (suspects.size > 0) await forEachEntry(books, book, ({ entry }) => check.entry(entry))
  return problems
}

/** From the newest to the oldest, page by page. */
async function forEachEntry(books: BookReader, { accountId }: Book, visit: (entry: HashedEntry) => void): Promise<void> {
  let beforeSequence: number | null = null
  for (;;) {
    const entries = await books.listHashedEntries({ accountId, beforeSequence, limit: entriesAtOnce })
    for (const entry of entries) visit(entry)
    if (entries.length < entriesAtOnce) return
    beforeSequence = entries.at(-1)?.entry.sequence ?? null
  }
}
