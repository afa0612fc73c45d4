import { z } from 'zod'
import type { EventName } from '../../domain/event.js'
import { isTenantryError } from '../../errors.js'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { functionOf, integer } from '../schemas.js'
import { type LivedAccount, liveBatch } from './live-batch.js'

/** So many accounts are held at once, for some hundredths of a second. */
const batchSize = 250

const Input = z.strictObject({
  /** How many accounts are brought up to date at most; all that are due when left out. */
  limit: integer(1).optional(),
  /** Is told after each batch what has been done. */
  onProgress: functionOf<(done: RunDueReport) => void>().optional(),
})

/** What a run has done, each a number of times. */
export interface RunDueReport {
  /** Accounts that were brought up to date. */
  readonly accounts: number
  readonly trialReminders: number
  readonly trialsExpired: number
  /** Months of paid time whose credits came. */
  readonly creditGrants: number
  /** Lots of credits that lapsed. */
  readonly creditExpirations: number
  readonly reservationsExpired: number
  readonly paymentsOverdue: number
  readonly subscriptionsPastDue: number
  readonly subscriptionsCanceled: number
  /** Accounts that were suspended because they have not paid. */
  readonly accountsSuspended: number
}

/** What `runDue` takes. */
export type RunDueInput = z.input<typeof Input>
/** What `runDue` answers. */
export interface RunDueResult extends RunDueReport {
  /** Accounts that could not be brought up to date. They are left as they were, hold up no others, and are tried again by the next run. */
  readonly failures: readonly { readonly accountId: string; readonly message: string }[]
  /** `true` when the limit was reached, so that more may be due. */
  readonly isLimited: boolean
}

/** See {@link Tenantry.runDue}. */
export async function runDue(context: Context, input: RunDueInput = {}): Promise<RunDueResult> {
  const { limit = Number.POSITIVE_INFINITY, onProgress } = parseInput(Input, input)
  const run: Run = { now: context.clock(), report: nothing, failures: [] }
  for (;;) {
    const left = limit - run.report.accounts - run.failures.length
    if (left <= 0) return { ...run.report, failures: run.failures, isLimited: true }
    const taken = await takeBatch(context, run, Math.min(batchSize, left))
    if (taken === 0) return { ...run.report, failures: run.failures, isLimited: false }
    onProgress?.(run.report)
  }
}

interface Run {
  /** The moment up to which all accounts of the run are brought. */
  readonly now: Date
  report: RunDueReport
  readonly failures: { accountId: string; message: string }[]
}

/** Takes a batch; should one of its accounts fail, they are taken one by one. Answers how many accounts were taken. */
async function takeBatch(context: Context, run: Run, limit: number): Promise<number> {
  try {
    return await take(context, run, limit)
  } catch (error) {
    if (!isOfOneAccount(error)) throw error
  }
  let taken = 0
  while (taken < limit) {
    const count = await takeOne(context, run)
    if (count === 0) break
    taken += count
  }
  return taken
}

async function takeOne(context: Context, run: Run): Promise<number> {
  let held: readonly string[] = []
  try {
    return await take(context, run, 1, (accountIds) => {
      held = accountIds
    })
  } catch (error) {
    const [accountId] = held
    if (accountId === undefined || !isOfOneAccount(error)) throw error
    context.logger.error('an account could not be brought up to date', { accountId, error })
    run.failures.push({ accountId, message: isTenantryError(error) ? error.message : 'Its data is not as it should be; see the log.' })
    return 1
  }
}

async function take(
  context: Context,
  run: Run,
  limit: number,
  onHeld: (accountIds: readonly string[]) => void = () => {},
): Promise<number> {
  const except = run.failures.map(({ accountId }) => accountId)
  const lived = await liveBatch(context, { now: run.now, limit, except, onHeld })
  run.report = lived.reduce(counted, run.report)
  return lived.length
}

/** Where the answer to a COMMIT was lost, the database is to blame. Where it does not answer at all, the next question says so. */
const isOfOneAccount = (error: unknown): boolean => !isTenantryError(error, 'outcome_unknown')

const nothing: RunDueReport = {
  accounts: 0,
  trialReminders: 0,
  trialsExpired: 0,
  creditGrants: 0,
  creditExpirations: 0,
  reservationsExpired: 0,
  paymentsOverdue: 0,
  subscriptionsPastDue: 0,
  subscriptionsCanceled: 0,
  accountsSuspended: 0,
}

/** Where an event is counted. */
const countedAs: { readonly [Name in EventName]?: keyof RunDueReport } = {
  'trial.ending': 'trialReminders',
  'trial.expired': 'trialsExpired',
  'credits.granted': 'creditGrants',
  'credits.expired': 'creditExpirations',
  'payment.overdue': 'paymentsOverdue',
  'subscription.past_due': 'subscriptionsPastDue',
  'subscription.canceled': 'subscriptionsCanceled',
  'account.suspended': 'accountsSuspended',
}

function counted(report: RunDueReport, { passed }: LivedAccount): RunDueReport {
  const sums: Record<keyof RunDueReport, number> = { ...report, accounts: report.accounts + 1 }
  for (const { name } of passed.happenings) {
    const place = countedAs[name]
    if (place !== undefined) sums[place] += 1
  }
  sums.reservationsExpired += passed.ledger.reservations.filter(({ status }) => status === 'expired').length
  return sums
}
