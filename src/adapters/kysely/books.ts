import type { BookReader } from '../../ports/store/books.js'
import { listEntryRows } from './credits.js'
import { lotAsFound, toHashedEntry } from './rows/credit.js'
import { reservationAsFound } from './rows/reservation.js'
import { asFound, hexadecimal, ifAny } from './rows/values.js'
import type { Verbs } from './verbs.js'

/** What the check of the books reads: everything as it is found, also what cannot be. */
export const bookVerbs: Verbs<BookReader> = {
  async listAccountIds({ build, execute }, { after, limit }) {
    const accounts = build.selectFrom('tenantry_account').select('id').orderBy('id').limit(limit)
    return (await execute(after === null ? accounts : accounts.where('id', '>', after))).map(({ id }) => id)
  },
  async readBook({ build, execute }, accountId) {
    const heads = build.selectFrom('tenantry_account').select(['credits', 'entry_sequence', 'unsettled_spend', 'entry_hash', 'settles_at'])
    const [head] = await execute(heads.where('id', '=', accountId))
    if (head === undefined) return null
    const lots = await execute(build.selectFrom('tenantry_credit_lot').selectAll().where('account_id', '=', accountId).orderBy('id'))
    const kept = build.selectFrom('tenantry_credit_reservation').selectAll().where('account_id', '=', accountId)
    const reservations = await execute(kept.orderBy('id'))
    const { integer, moment } = asFound
    return {
      accountId,
      balance: integer(head.credits),
      sequence: integer(head.entry_sequence),
      unsettledSpend: integer(head.unsettled_spend),
      entryHash: hexadecimal(head.entry_hash),
      settlesAt: ifAny(head.settles_at, moment),
      lots: lots.map(lotAsFound),
      reservations: reservations.map(reservationAsFound),
    }
  },
  listHashedEntries: async (connection, page) => (await listEntryRows(connection, page)).map(toHashedEntry),
}
