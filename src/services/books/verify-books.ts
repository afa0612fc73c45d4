import { z } from 'zod'
import { type BookProblem, checkEntry, finishCheck, startEntryCheck } from '../../domain/books.js'
import type { Book, BookReader } from '../../ports/store/books.js'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { requireAccount } from '../require-account.js'
import { id } from '../schemas.js'

const accountsAtOnce = 100
const entriesAtOnce = 1000

const Input = z.strictObject({
  /** Left out, the books of all accounts. */
  accountId: id.optional(),
  /** Is told after each batch of accounts how many are done. */
  onProgress: z.custom<(done: VerifyBooksProgress) => void>((value) => typeof value === 'function', 'must be a function').optional(),
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
  let check = startEntryCheck(book)
  let beforeSequence: number | null = null
  for (;;) {
    const entries = await books.listCreditEntries({ accountId: book.accountId, beforeSequence, limit: entriesAtOnce })
    check = entries.reduce(checkEntry, check)
    beforeSequence = entries.at(-1)?.sequence ?? null
    if (entries.length < entriesAtOnce) return { accounts: 1, entries: check.count, problems: finishCheck(book, check) }
  }
}
