import { CompiledQuery } from 'kysely'
import type { CreditEntry } from '../../domain/credit.js'
import type { CreditOperations, CreditSpend, SpendOutcome } from '../../ports/store/credits.js'
import { type Coalescing, coalesce, type Late, runTogether } from '../node/coalescer.js'
import { creditVerbs, spendDigest } from './credits.js'
import { causeState, isFaultOfOne } from './errors.js'
import { textList } from './lists.js'
import { type EntryRow, toRecordedEntry } from './rows/credit.js'
import { integer } from './rows/values.js'
import type { HeldAccounts } from './spend-batch-sql.js'
import { type Asked, sortOut } from './spend-round.js'
import type { Run } from './verbs.js'

/** A longer statement gains nothing more, and whoever is in it waits for all of it. */
const maxBatch = 500
const maxReruns = 3

type Outcome = SpendOutcome | null

/** What is needed to spend: alone, and with others. */
interface Desk extends Coalescing<Asked, Outcome> {
  readonly run: Run
}

/** A request that is decided; with nulls where nothing was spent. */
interface DecidedRow {
  readonly n: string | number | bigint
  readonly sequence: string | number | bigint | null
  readonly balance_after: string | number | bigint | null
}

/** `spendCredits` outside transactions, where spends that wait at the same moment travel in one statement. */
export function coalescedSpend(run: Run): CreditOperations['spendCredits'] {
  const desk: Desk = {
    run,
    runBatch: (calls) => spendMany(desk, calls, 'skip'),
    runOne: ({ spend }) => run('spendCredits', (connection) => creditVerbs.spendCredits(connection, spend)),
    isFaultOfOne,
  }
  const spendWithOthers = coalesce({ ...desk, laneOf: ({ spend }) => spend.accountId, maxBatch })
  return async (spend) => spendWithOthers(written(spend))
}

const written = (spend: CreditSpend): Asked => ({
  spend,
  metadata: JSON.stringify(spend.metadata),
  createdAt: spend.createdAt.toISOString(),
  digest: spendDigest(spend),
})

/** Whoever is not decided with the others, because of a held account or of an earlier call, is asked again with those of the same account. */
async function spendMany(desk: Desk, calls: readonly Asked[], held: HeldAccounts): Promise<readonly Late<Outcome>[]> {
  const { asked, repeats } = sortOut(calls)
  const rows = await ask(desk.run, asked, held)
  // Who has waited for an account that is there has at least its first call decided.
  if (held === 'wait' && rows.length === 0) return calls.map(() => null)

  const { given, recorded } = decided(desk.run, asked, rows)
  const answers = new Map<Asked, Late<Outcome>>(given)
  const undecided = calls.filter((call) => !answers.has(repeats.get(call) ?? call))
  for (const [call, answer] of spendLater(desk, undecided, recorded)) answers.set(call, answer)
  for (const [call, first] of repeats) if (!answers.has(call)) answers.set(call, replayed(answers.get(first) ?? null))
  return calls.map((call) => answers.get(call) ?? null)
}

/** The keys of other processes may come to light between two runs. */
async function ask(run: Run, asked: readonly Asked[], held: HeldAccounts): Promise<readonly DecidedRow[]> {
  const parameters = batchParameters(asked)
  for (let rerun = 0; ; rerun++) {
    try {
      return await run('spendCredits', ({ hot, execute }) => execute<DecidedRow>(CompiledQuery.raw(hot.spendBatch[held], parameters)))
    } catch (error) {
      if (rerun === maxReruns || causeState(error) !== '23505') throw error
    }
  }
}

/** In the order of the statement's numbers. */
function batchParameters(asked: readonly Asked[]): string[] {
  const numbers = new Map<string, number>()
  for (const { spend } of asked) if (!numbers.has(spend.accountId)) numbers.set(spend.accountId, numbers.size + 1)
  const column = (value: (call: Asked) => string | number | null): string => textList(asked.map(value))
  return [
    textList([...numbers.keys()]),
    column(({ spend }) => numbers.get(spend.accountId) ?? null),
    column(({ spend }) => spend.idempotencyKey),
    column(({ spend }) => spend.amount),
    column(({ createdAt }) => createdAt),
    column(({ spend }) => spend.id),
    column(({ spend }) => spend.operation),
    column(({ spend }) => spend.description),
    column(({ spend }) => spend.fingerprint),
    column(({ metadata }) => metadata),
    column(({ spend }) => spend.userId),
    column(({ spend }) => spend.apiKeyId),
    column(({ digest }) => digest),
  ]
}

/** What was not spent may have been spent before, also by somebody for whom the statement waited; so the keys are looked up after it. */
function decided(
  run: Run,
  asked: readonly Asked[],
  rows: readonly DecidedRow[],
): { given: [Asked, Late<Outcome>][]; recorded: Promise<unknown> } {
  const calls = rows.map(({ n }) => asked[integer(n) - 1] as Asked)
  const recorded = findRecorded(
    run,
    calls.filter((_, index) => rows[index]?.sequence === null),
  )
  const given = rows.map(({ sequence, balance_after }, index): [Asked, Late<Outcome>] => {
    const call = calls[index] as Asked
    if (sequence === null || balance_after === null) return [call, recorded.then((found) => found.get(call) ?? null)]
    return [call, spent(call, integer(sequence), integer(balance_after))]
  })
  return { given, recorded }
}

async function findRecorded(run: Run, calls: readonly Asked[]): Promise<ReadonlyMap<Asked, SpendOutcome>> {
  if (calls.length === 0) return new Map()
  const keys = [textList(calls.map(({ spend }) => spend.accountId)), textList(calls.map(({ spend }) => spend.idempotencyKey))]
  const rows = await run('findCreditEntryByKey', ({ hot, execute }) =>
    execute<EntryRow & Pick<DecidedRow, 'n'>>(CompiledQuery.raw(hot.entriesByKeys, keys)),
  )
  return new Map(rows.map((row) => [calls[integer(row.n) - 1] as Asked, { outcome: 'replayed', ...toRecordedEntry(row) }]))
}

/** The entry as the statement wrote it. Field by field, which is many times faster than to copy the rest of the spend. */
function spent({ spend, metadata, createdAt }: Asked, sequence: number, balanceAfter: number): SpendOutcome {
  const entry: CreditEntry = {
    id: spend.id,
    accountId: spend.accountId,
    sequence,
    type: 'usage',
    amount: -spend.amount,
    balanceAfter,
    operation: spend.operation,
    description: spend.description,
    idempotencyKey: spend.idempotencyKey,
    metadata: JSON.parse(metadata),
    userId: spend.userId,
    apiKeyId: spend.apiKeyId,
    refundsEntryId: null,
    actor: null,
    createdAt: new Date(createdAt),
  }
  return { outcome: 'spent', entry, fingerprint: spend.fingerprint }
}

/** What a call gets that repeats another one. */
const replayed = (answer: Late<Outcome>): Late<Outcome> =>
  answer instanceof Promise ? answer.then(replayed) : answer && { ...answer, outcome: 'replayed' }

/**
 * Each account for itself, so that nobody waits for an account of somebody else's. First the earlier calls look for entries with their keys: or
 * one that was refused would find the entry of a later call with its key.
 */
function spendLater(desk: Desk, calls: readonly Asked[], earlier: Promise<unknown>): [Asked, Promise<Outcome>][] {
  const accounts = new Map<string, Asked[]>()
  for (const call of calls) {
    const { accountId } = call.spend
    const others = accounts.get(accountId)
    if (others === undefined) accounts.set(accountId, [call])
    else others.push(call)
  }
  const settled = earlier.catch(() => undefined)
  const waiting: Desk = { ...desk, runBatch: (some) => spendMany(desk, some, 'wait') }
  return [...accounts.values()].flatMap((ofAccount) => {
    const answers = settled.then(() => runTogether(ofAccount, waiting))
    return ofAccount.map((call, index): [Asked, Promise<Outcome>] => [call, answers.then((late) => late[index] ?? null)])
  })
}
