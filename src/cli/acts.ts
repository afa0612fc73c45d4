import { userInfo } from 'node:os'
import type { Actor, Tenantry } from '../index.js'
import type { Database } from './database.js'
import type { Report } from './output.js'

/** Who acts: an administrator, as far as the audit log is concerned. */
export const actorOf = ({ actor }: { actor: string | undefined }): Actor => ({ type: 'admin', id: actor ?? `cli:${userName()}` })

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown' // a container may run as a user whom the machine has no name for
  }
}

/** The account that was named by its id or by a member's e-mail. */
export async function accountIdOf(tenantry: Tenantry, named: { account: string | undefined; email: string | undefined }): Promise<string> {
  if (named.account !== undefined) return named.account
  const { account } = await tenantry.getAccount({ email: named.email ?? '' })
  return account.id
}

/** Must be one of them, and only one. */
export function oneAccount({ account, email }: { account: string | undefined; email: string | undefined }): string | null {
  if (account === undefined && email === undefined) return 'Name the account: --account ID or --email MEMBER.'
  return account !== undefined && email !== undefined ? 'Pass --account or --email, not both.' : null
}

/** Runs `work` for good or, in a dry run, in a transaction that is rolled back at its end. */
export async function act(
  values: { 'dry-run': boolean },
  database: Database,
  work: (tenantry: Tenantry) => Promise<Report>,
): Promise<Report> {
  if (!values['dry-run']) return markReal(await work(database.tenantry))
  return markDry(await inVain(database, work))
}

/** Says of what was done that it was done. */
export const markReal = (report: Report): Report => ({ ...report, data: { ...report.data, dryRun: false } })

/** Says of what was tried that it was only tried. */
export const markDry = (report: Report): Report => ({
  ...report,
  data: { ...report.data, dryRun: true },
  text: `${report.text}\ndry run: nothing was changed`,
})

async function inVain({ db, tenantry, adapter }: Database, work: (tenantry: Tenantry) => Promise<Report>): Promise<Report> {
  const undo = new Error('dry run')
  const reports: Report[] = []
  try {
    await db
      .transaction()
      .setIsolationLevel('read committed')
      .execute(async (trx) => {
        reports.push(await work(tenantry.withStore(adapter.kyselyStore(trx))))
        throw undo
      })
  } catch (error) {
    // With a report it is `undo`, or a ROLLBACK that did not arrive: nothing is kept either way.
    if (reports.length === 0) throw error
  }
  return reports[0] as Report
}
