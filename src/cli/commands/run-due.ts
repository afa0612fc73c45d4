import { createTenantry, type RunDueReport, type RunDueResult } from '../../index.js'
import { act } from '../acts.js'
import { defineCommand } from '../command.js'
import type { Database } from '../database.js'
import { dryRunOption, progressOption } from '../options.js'
import { counted, facts, table } from '../output.js'
import { onceASecond, progressOn } from '../progress.js'
import { wholeNumber, wholeNumbers } from '../readers.js'

/** `tenantry run-due` */
export const runDue = defineCommand({
  name: 'run-due',
  summary: 'Carry out what time has brought: reminders, credits, ends and debts',
  explanation: `Run it from a timer, on as many machines as you like: each thing happens once, also when a run is late or dies. Name the days that
your host has chosen in createTenantry, where they are not the defaults. Exit code 1 when an account could not be brought up to date; the
others are.`,
  options: {
    limit: { ...wholeNumber, value: 'N', help: 'Bring so many accounts up to date at most.' },
    'remind-days': { ...wholeNumbers, value: 'DAYS', help: 'Days before the end of a trial on which to remind. 3,1 when left out.' },
    'grace-days': { ...wholeNumber, value: 'DAYS', help: 'Days until an account is suspended that has not paid. 7 when left out.' },
    ...dryRunOption,
    ...progressOption,
  },
  async run({ values, io, open }) {
    const progress = progressOn(io, values.progress)
    const onProgress = onceASecond((done: RunDueReport) => progress.show(`${counted(done.accounts, 'account')} brought up to date`))
    const run = open((database) =>
      act(values, onTheseTerms(database, values), async (tenantry) => {
        const result = await tenantry.runDue({ limit: values.limit, onProgress })
        return { ok: result.failures.length === 0, data: { ...result }, text: describe(result) }
      }),
    )
    return run.finally(progress.end)
  },
})

/** The host's own choices, as far as they are named. */
function onTheseTerms(database: Database, days: { 'remind-days': number[] | undefined; 'grace-days': number | undefined }): Database {
  const trial = { remindDaysBefore: days['remind-days'] }
  const billing = { graceDays: days['grace-days'] }
  return { ...database, tenantry: createTenantry({ store: database.adapter.kyselyStore(database.db), trial, billing }) }
}

function describe({ failures, ...done }: RunDueResult): string {
  if (done.accounts === 0 && failures.length === 0) return 'Nothing is due.'
  const report = facts([
    ['accounts', done.accounts],
    ['trial reminders', done.trialReminders || null],
    ['trials expired', done.trialsExpired || null],
    ['credit grants', done.creditGrants || null],
    ['credit expirations', done.creditExpirations || null],
    ['reservations expired', done.reservationsExpired || null],
    ['payments overdue', done.paymentsOverdue || null],
    ['subscriptions past due', done.subscriptionsPastDue || null],
    ['subscriptions canceled', done.subscriptionsCanceled || null],
    ['accounts suspended', done.accountsSuspended || null],
    ['note', done.isLimited ? 'the limit was reached; more may be due' : null],
  ])
  if (failures.length === 0) return report
  const rows = failures.map(({ accountId, message }) => [accountId, message])
  return `${report}\n\n${table(['account', 'could not be brought up to date'], rows)}`
}
