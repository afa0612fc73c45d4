import type { CreditEntry, CreditLot } from '../../domain/credit.js'
import type { Reservation } from '../../domain/reservation.js'
import { invariant } from '../../errors.js'
import type { AccountChange, LedgerToSave, LockedAccountOperations } from '../../ports/store/accounts.js'
import { readAccountState } from './accounts.js'
import type { Connection } from './connection.js'
import { accountRow } from './rows/account.js'
import { creditEntryRow, creditLotRow } from './rows/credit.js'
import { reservationRow } from './rows/reservation.js'
import { subscriptionRow } from './rows/subscription.js'
import type { Verbs } from './verbs.js'

/** Changes of an account that the transaction holds. */
export const lockedAccountVerbs: Verbs<LockedAccountOperations> = {
  async lockAccount(connection, accountId) {
    await lockAccountRow(connection, accountId)
    return readAccountState(connection, accountId)
  },
  async addAccount({ build, execute }, account) {
    await execute(build.insertInto('tenantry_account').values(accountRow(account)))
  },
  async saveAccount({ build, execute }, change) {
    const update = build.updateTable('tenantry_account').set(changedColumns(change)).where('id', '=', change.accountId)
    const saved = await execute(update.returning('id'))
    invariant(saved.length === 1, 'an account that is changed is there')
  },
  async saveSubscription({ build, execute }, subscription) {
    const row = subscriptionRow(subscription)
    await execute(
      build
        .insertInto('tenantry_subscription')
        .values(row)
        .onConflict((conflict) => conflict.column('account_id').doUpdateSet(row)),
    )
  },
  async saveLedger(connection, { before, after, settlesAt }) {
    await saveHead(connection, before.sequence, after, settlesAt)
    await addEntries(connection, after, before.sequence)
    await saveLots(connection, before.lots, after.ledger.lots)
    await saveReservations(connection, before.reservations, after.ledger.reservations)
  },
}

/** Holds the account until the transaction ends. Foreign keys may still refer to it, so this never locks with them in a circle. */
export async function lockAccountRow({ build, execute }: Connection, accountId: string): Promise<void> {
  await execute(build.selectFrom('tenantry_account').select('id').where('id', '=', accountId).forNoKeyUpdate())
}

/** Fields that are left out stay: Kysely sets no column to `undefined`. */
const changedColumns = (change: AccountChange) => ({
  status: change.status,
  status_reason: change.statusReason,
  payment_method: change.paymentMethod,
  plan_id: change.planId,
  updated_at: change.at,
})

async function saveHead(
  { build, execute }: Connection,
  sequenceBefore: number,
  { ledger }: LedgerToSave,
  settlesAt: Date | null,
): Promise<void> {
  const head = {
    credits: ledger.balance,
    unsettled_spend: ledger.unsettledSpend,
    entry_sequence: ledger.sequence,
    settles_at: settlesAt,
  }
  const update = build.updateTable('tenantry_account').set(head).where('id', '=', ledger.accountId)
  const saved = await execute(update.where('entry_sequence', '=', sequenceBefore).returning('id'))
  invariant(saved.length === 1, 'a ledger that is saved has been locked and is as it was')
}

async function addEntries({ build, execute }: Connection, { ledger, fingerprints }: LedgerToSave, sequenceBefore: number): Promise<void> {
  const isNew = (entry: CreditEntry): boolean => entry.sequence > sequenceBefore
  const rows = ledger.entries.filter(isNew).map((entry) => creditEntryRow(entry, fingerprints[entry.id] ?? null))
  for (const some of chunks(rows)) await execute(build.insertInto('tenantry_credit_entry').values(some))
}

async function saveLots({ build, execute }: Connection, before: readonly CreditLot[], after: readonly CreditLot[]): Promise<void> {
  const known = new Map(before.map((lot) => [lot.id, lot]))
  const added = after.filter(({ id }) => !known.has(id)).map(creditLotRow)
  for (const some of chunks(added)) await execute(build.insertInto('tenantry_credit_lot').values(some))
  for (const lot of after.filter((lot) => isChanged(known.get(lot.id), lot))) {
    const change = { remaining: lot.remaining, reserved: lot.reserved, expires_at: lot.expiresAt }
    const update = build.updateTable('tenantry_credit_lot').set(change)
    await execute(update.where('account_id', '=', lot.accountId).where('id', '=', lot.id))
  }
}

/** A statement has room for 65,535 parameters. */
export function* chunks<Row>(rows: readonly Row[], size = 1000): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size)
}

/** Of a lot, only what is left, what is set aside and when it expires ever change. */
const isChanged = (before: CreditLot | undefined, lot: CreditLot): boolean =>
  before !== undefined &&
  (before.remaining !== lot.remaining || before.reserved !== lot.reserved || before.expiresAt?.getTime() !== lot.expiresAt?.getTime())

/** A reservation is added open and changes once, when it ends. */
async function saveReservations(
  { build, execute }: Connection,
  before: readonly Reservation[],
  after: readonly Reservation[],
): Promise<void> {
  const known = new Map(before.map((reservation) => [reservation.id, reservation]))
  const added = after.filter(({ id }) => !known.has(id)).map(reservationRow)
  for (const some of chunks(added)) await execute(build.insertInto('tenantry_credit_reservation').values(some))
  const ended = after.filter(({ id, status }) => status !== 'open' && known.get(id)?.status === 'open')
  for (const { accountId, id, ...end } of ended) {
    const change = { status: end.status, actual: end.actual, closed_at: end.closedAt, balance_at_close: end.balanceAtClose }
    const update = build.updateTable('tenantry_credit_reservation').set(change)
    await execute(update.where('account_id', '=', accountId).where('id', '=', id))
  }
}
