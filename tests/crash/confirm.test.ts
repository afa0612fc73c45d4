import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Payment, Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openDatabase, run, type TestDatabase } from '../support/kysely.js'
import type { ConfirmOrders } from './confirm-worker.js'
import { confirmRequested, requestTransfer } from './confirmations.js'
import type { Failpoint } from './failpoint.js'
import { openTenantry } from './load.js'

const serverUrl = inject('postgresUrl')
const root = fileURLToPath(new URL('../..', import.meta.url))

describe.skipIf(serverUrl === null)('a process that is killed while it confirms a transfer', () => {
  let database: TestDatabase
  let tenantry: Tenantry
  beforeAll(async () => {
    database = await openDatabase(serverUrl ?? '')
    tenantry = openTenantry(kyselyStore(database.db))
    await tenantry.syncPlans()
  })
  afterAll(() => database.close())

  /** What a confirmation leaves behind, counted. */
  const tracesOf = async ({ accountId }: Payment) => {
    const [row] = await run<Record<string, number>>(
      database.db,
      `select (select count(*)::int from tenantry_payment where account_id = $1 and status = 'confirmed') as confirmed,
              (select count(*)::int from tenantry_payment_reference where account_id = $1) as "references",
              (select count(*)::int from tenantry_credit_entry where account_id = $1) as entries,
              (select count(*)::int from tenantry_audit_entry where account_id = $1 and action = 'confirmBankTransfer') as acts,
              (select count(*)::int from tenantry_event where account_id = $1 and name = 'payment.confirmed') as told,
              (select count(*)::int from tenantry_account where id = $1 and status = 'active') as active`,
      accountId,
    )
    const { problems } = await tenantry.verifyBooks({ accountId })
    return { ...row, credits: (await tenantry.creditBalance({ accountId })).balance, problems }
  }
  const nothing = { confirmed: 0, references: 0, entries: 1, acts: 0, told: 0, active: 0, credits: 2000, problems: [] }
  const everything = { confirmed: 1, references: 1, entries: 3, acts: 1, told: 1, active: 1, credits: 700, problems: [] }

  async function dieAt(failpoint: Failpoint, name: string): Promise<void> {
    const payment = await requestTransfer(tenantry, name)
    const orders: ConfirmOrders = { url: database.url, paymentId: payment.id, failpoint }
    const args = ['--import', 'tsx', 'tests/crash/confirm-worker.ts', JSON.stringify(orders)]
    const [, signal] = await once(spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] }), 'close')
    expect(signal, name).toBe('SIGKILL')
    const isDone = failpoint.moment === 'after commit'
    await untilSettled(database, payment.accountId)
    expect(await tracesOf(payment), name).toEqual(isDone ? everything : nothing)
    const again = await confirmRequested(tenantry, payment.id)
    expect(again, name).toMatchObject({ replayed: isDone, payment: { id: payment.id, status: 'confirmed' }, creditsGranted: 700 })
    expect(await tracesOf(payment), name).toEqual(everything)
  }

  it('has done all of it or nothing after every statement, and the next one does it once', { timeout: 300_000 }, async () => {
    const payment = await requestTransfer(tenantry, 'counted')
    database.clearLog()
    await confirmRequested(tenantry, payment.id)
    const statements = database.log.filter((sql) => !/^\s*(begin|start transaction|commit)/i.test(sql)).length
    expect(statements).toBeGreaterThan(10)
    for (let nth = 1; nth <= statements; nth++) await dieAt({ moment: 'after statement', nth }, `statement-${nth}`)
    for (const moment of ['before begin', 'before commit', 'after commit'] as const) {
      await dieAt({ moment, nth: 1 }, moment.replace(' ', '-'))
    }
  })
})

/** The server notices a killed client when it next listens to it; until then the account is held. */
async function untilSettled({ db }: TestDatabase, accountId: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx.selectFrom('tenantry_account').select('id').where('id', '=', accountId).forUpdate().execute()
  })
}
