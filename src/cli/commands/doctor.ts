import { contentChecks, migrationCheck } from '../checks/content-checks.js'
import { type Check, type Finding, wrong } from '../checks/finding.js'
import { serverChecks } from '../checks/server-checks.js'
import { defineCommand } from '../command.js'
import type { Database } from '../database.js'
import { Failure } from '../failure.js'
import { type Report, table } from '../output.js'

/** `tenantry doctor` */
export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Look for what is wrong with the database and its settings',
  explanation: `Changes nothing. Each check is ok, warn or fail, with what mends it. A warning may be meant so.
Exit code 1 when a check fails.`,
  options: {},
  async run({ open }) {
    try {
      return toReport(await open(examine))
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'store_unavailable') throw error
      return toReport([{ check: 'connection', ...wrong(error.message, 'Check DATABASE_URL or --url, and that the server runs.') }])
    }
  },
})

async function examine(database: Database): Promise<readonly Finding[]> {
  const findings: Finding[] = [{ check: 'connection', status: 'ok', found: 'the database answers', fix: null }]
  for (const check of serverChecks) findings.push(await examineOne(check, database))
  const migrated = await examineOne(migrationCheck, database)
  findings.push(migrated)
  // Without the tables there is nothing more to look at.
  for (const check of migrated.status === 'fail' ? [] : contentChecks) findings.push(await examineOne(check, database))
  return findings
}

async function examineOne({ name, look }: Check, database: Database): Promise<Finding> {
  try {
    return { check: name, ...(await look(database)) }
  } catch {
    return { check: name, ...wrong('could not be looked at', 'Check that the role may read the tables, and that the server did not stop.') }
  }
}

function toReport(checks: readonly Finding[]): Report {
  const failed = checks.filter(({ status }) => status === 'fail').length
  const fixes = checks.flatMap(({ check, fix }) => (fix === null ? [] : [`${check}: ${fix}`]))
  const rows = checks.map(({ check, status, found }) => [status, check, found])
  const text = [table(['', 'check', 'found'], rows), ...(fixes.length > 0 ? ['', 'What to do:', ...fixes.map((fix) => `  ${fix}`)] : [])]
  return { ok: failed === 0, data: { ok: failed === 0, checks }, text: text.join('\n') }
}
