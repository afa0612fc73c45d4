import { freeTrialPlan, type Plan } from '../../index.js'
import type { Database } from '../database.js'
import { counted } from '../output.js'
import { allPlans } from '../plan-table.js'
import { type Check, type Diagnosis, doubtful, fine, wrong } from './finding.js'

async function lookAtMigrations({ db, adapter }: Database): Promise<Diagnosis> {
  const { applied, pending } = await adapter.migrationStatus(db)
  if (pending.length > 0)
    return wrong(`${counted(pending.length, 'migration')} pending`, 'See that --schema names the right schema, then run: tenantry migrate')
  const known = new Set(adapter.migrations.map(({ name }) => name))
  const newer = applied.filter((name) => !known.has(name))
  if (newer.length > 0) return doubtful(`applied by another version: ${newer.join(', ')}`, 'Use the version of tenantry that made them.')
  return fine(`${counted(applied.length, 'migration')} applied`)
}

const ledgerTable = 'tenantry_credit_entry'
const ledgerTrigger = 'tenantry_credit_entry_append_only'

async function lookAtTrigger({ db, schema, sql, adapter }: Database): Promise<Diagnosis> {
  const table = schema === undefined ? ledgerTable : `"${schema.replaceAll('"', '""')}".${ledgerTable}`
  const { rows } = await sql<{ mode: string }>`
    select tgenabled::text as mode from pg_trigger where tgrelid = to_regclass(${table}) and tgname = ${ledgerTrigger}`.execute(db)
  const mode = rows[0]?.mode
  if (mode === undefined)
    return wrong('there is no trigger on the ledger: its entries can be changed', `Create it anew as ${triggerMigration(adapter)} does.`)
  if (mode === 'O' || mode === 'A') return fine('the ledger refuses changes')
  return wrong('the trigger on the ledger is disabled', `Run in the database: alter table ${table} enable trigger ${ledgerTrigger}`)
}

const triggerMigration = ({ migrations }: Database['adapter']): string =>
  `the migration ${migrations.find(({ up }) => up.some((statement) => statement.includes(ledgerTrigger)))?.name}`

async function lookAtTrialPlan({ tenantry }: Database): Promise<Diagnosis> {
  const { slug } = freeTrialPlan
  const plan = (await allPlans(tenantry)).find((one: Plan) => one.slug === slug)
  if (plan === undefined) return wrong(`there is no plan "${slug}": sign-ups fail`, 'Run: tenantry create-free-trial-plan')
  if (!plan.isActive) return wrong(`the plan "${slug}" is off sale: sign-ups fail`, `Run: tenantry plans --activate ${slug}`)
  return fine(`"${slug}" with ${counted(plan.includedCredits, 'credit')}`)
}

async function lookAtAdministrators({ db }: Database): Promise<Diagnosis> {
  const found = await db.selectFrom('tenantry_user').select('id').where('platform_role', '=', 'admin').limit(1).execute()
  return found.length > 0 ? fine('there is at least one') : doubtful('there is none', 'Run: tenantry create-admin --email ADDRESS')
}

const sampleHalf = 10

async function lookAtBooks(database: Database): Promise<Diagnosis> {
  const sample = await sampleAccounts(database)
  let broken = 0
  for (const accountId of sample) {
    const { ok } = await database.tenantry.verifyBooks({ accountId })
    if (!ok) broken += 1
  }
  if (broken === 0) return fine(`those of ${counted(sample.length, 'account')} looked at are right`)
  return wrong(
    `those of ${broken} of ${counted(sample.length, 'account')} looked at are wrong`,
    'See what is wrong with: tenantry verify-books',
  )
}

/** The oldest accounts, which have the longest ledgers, and the newest, which today's code has written. */
async function sampleAccounts({ db }: Database): Promise<readonly string[]> {
  const ids = db.selectFrom('tenantry_account').select('id').limit(sampleHalf)
  const rows = [...(await ids.orderBy('id').execute()), ...(await ids.orderBy('id', 'desc').execute())]
  return [...new Set(rows.map(({ id }) => id))]
}

/** Are the tables there and do they hold what is needed? */
export const migrationCheck: Check = { name: 'migrations', look: lookAtMigrations }

/** What matters about the contents of the tables. */
export const contentChecks: readonly Check[] = [
  { name: 'ledger trigger', look: lookAtTrigger },
  { name: 'trial plan', look: lookAtTrialPlan },
  { name: 'administrators', look: lookAtAdministrators },
  { name: 'books', look: lookAtBooks },
]
