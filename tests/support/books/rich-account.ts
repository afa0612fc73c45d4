import type { Tenantry } from 'tenantry'
import type { ManualClock } from 'tenantry/testing'
import { admin } from '../host.js'

/** Names for what an account has, so that a test can speak of it. */
export interface RichAccount {
  readonly accountId: string
  readonly lots: Readonly<Record<'trial' | 'pack' | 'promotion' | 'refund' | 'gift', string>>
  readonly reservations: Readonly<Record<'settled' | 'open' | 'released', string>>
}

/**
 * An account to which everything has happened. Its entries:
 *
 * | | | | | | | | |
 * |-|-|-|-|-|-|-|-|
 * | 1 | subscription | 2000 | the lot `trial` | 9 | adjustment | -10 | |
 * | 2 | purchase | 100 | the lot `pack` | 10 | reservation | -40 | `open` |
 * | 3 | promotion | 60 | the lot `promotion`, for an hour | 11 | reservation | -10 | `released` |
 * | 4 | usage | -200 | | 12 | release | 10 | of it |
 * | 5 | reservation | -50 | `settled` | 13 | expiration | -60 | of `promotion` |
 * | 6 | release | 50 | of it | 14 | adjustment | 5 | the lot `gift` |
 * | 7 | usage | -20 | of it | 15 | usage | -5 | not settled yet |
 * | 8 | refund | 30 | of 4, the lot `refund` | 16 | usage | -7 | not settled yet |
 */
export async function openRichAccount(tenantry: Tenantry, clock: ManualClock, email: string): Promise<RichAccount> {
  const { account } = await tenantry.registerTrial({ email })
  const accountId = account.id
  const key = (idempotencyKey: string) => ({ accountId, idempotencyKey })
  const spend = (amount: number, name: string) => tenantry.spendCredits({ ...key(name), amount, operation: 'article' })
  const reserve = async (amount: number, name: string) =>
    (await tenantry.reserveCredits({ ...key(name), amount, operation: 'video', ttlSeconds: 86_400 })).reservation.id

  const [trial] = (await tenantry.listCreditEntries({ accountId })).items
  const pack = await tenantry.grantCredits({ ...key('pack'), amount: 100, type: 'purchase' }, admin)
  const expiresAt = new Date(clock().getTime() + 3_600_000)
  const promotion = await tenantry.grantCredits({ ...key('promotion'), amount: 60, type: 'promotion', priority: 5, expiresAt }, admin)
  const spent = await spend(200, 'spend-1')
  const settled = await reserve(50, 'work-1')
  await tenantry.settleReservation({ reservationId: settled, actual: 20 })
  const refund = await tenantry.refundCredits({ entryId: spent.entry.id, amount: 30, idempotencyKey: 'refund-1', reason: 'bad' }, admin)
  await tenantry.adjustCredits({ ...key('down'), amount: -10, reason: 'counted twice' }, admin)
  const open = await reserve(40, 'work-2')
  const released = await reserve(10, 'work-3')
  await tenantry.releaseReservation({ reservationId: released })
  clock.advance({ hours: 1 })
  const gift = await tenantry.adjustCredits({ ...key('up'), amount: 5, reason: 'sorry' }, admin)
  await spend(5, 'spend-2')
  await spend(7, 'spend-3')
  const lots = { pack: pack.entry.id, promotion: promotion.entry.id, refund: refund.entry.id, gift: gift.entry.id }
  return { accountId, lots: { trial: trial?.id ?? '', ...lots }, reservations: { settled, open, released } }
}
