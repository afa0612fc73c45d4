import { z } from 'zod'
import type { Actor } from '../../domain/actor.js'
import type { CreditEntry } from '../../domain/credit.js'
import type { Ledger, Stamp } from '../../domain/ledger.js'
import { refund } from '../../domain/refund.js'
import { TenantryError } from '../../errors.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { requireOperator } from '../authority.js'
import type { Context } from '../context.js'
import { fingerprint } from '../fingerprint.js'
import { invalidInput, parseInput } from '../parse-input.js'
import { credits, id, idempotencyKey, line } from '../schemas.js'
import { requireRoom } from './grant-credits.js'
import { recordCredits } from './record-credits.js'
import type { CreditResult } from './replay.js'

const Input = z.strictObject({
  /** The `usage` entry whose credits go back. */
  entryId: id,
  /** Credits to give back; all that has not been given back yet when left out. */
  amount: credits.optional(),
  idempotencyKey,
  reason: line(500),
})

/** What `refundCredits` takes. */
export type RefundCreditsInput = z.input<typeof Input>
/** What `refundCredits` answers. */
export type RefundCreditsResult = CreditResult

/** See {@link Tenantry.refundCredits}. */
export async function refundCredits(context: Context, input: RefundCreditsInput, actor: Actor): Promise<RefundCreditsResult> {
  const { entryId, amount, reason, ...rest } = parseInput(Input, input)
  const operator = requireOperator(actor, 'refund credits')
  const spent = (await context.store.findCreditEntry(entryId))?.entry
  if (spent === undefined) throw new TenantryError('entry_not_found', { entryId })
  if (spent.type !== 'usage') throw invalidInput([{ path: 'entryId', message: `must be of type usage, and is of type ${spent.type}` }])
  const content = {
    idempotencyKey: rest.idempotencyKey,
    description: reason,
    refundsEntryId: entryId,
    operation: spent.operation,
    userId: spent.userId,
    apiKeyId: spent.apiKeyId,
    actor: operator,
  }
  return recordCredits(context, {
    accountId: spent.accountId,
    idempotencyKey: rest.idempotencyKey,
    fingerprint: fingerprint({ operation: 'refundCredits', entryId, amount, reason }),
    async change(ledger: Ledger, stamp: Stamp, tx: StoreTransaction) {
      const asked = await requireRefundable(tx, spent, amount)
      requireRoom(ledger, asked)
      const newestPlanLot = await tx.findNewestPlanLot(spent.accountId)
      return refund(ledger, { ...content, amount: asked, newestPlanLot }, stamp)
    },
    act: { action: 'refundCredits', actor: operator, reason },
  })
}

/** How much goes back, while the account is held. */
async function requireRefundable(tx: StoreTransaction, spent: CreditEntry, amount: number | undefined): Promise<number> {
  const left = -spent.amount - (await tx.sumRefunds({ accountId: spent.accountId, entryId: spent.id }))
  const asked = amount ?? left
  if (asked <= left && asked > 0) return asked
  throw invalidInput([
    { path: 'amount', message: left === 0 ? 'all of it has been given back' : `must be at most ${left}, what is left to give back` },
  ])
}
