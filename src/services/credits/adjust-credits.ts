import { z } from 'zod'
import type { Actor } from '../../domain/actor.js'
import { grant, type Ledger, type Stamp, takeAway } from '../../domain/ledger.js'
import { TenantryError } from '../../errors.js'
import { requireOperator } from '../authority.js'
import type { Context } from '../context.js'
import { fingerprint } from '../fingerprint.js'
import { parseInput } from '../parse-input.js'
import { id, idempotencyKey, integer, line } from '../schemas.js'
import { requireRoom } from './grant-credits.js'
import { recordCredits } from './record-credits.js'
import type { CreditResult } from './replay.js'

const Input = z.strictObject({
  accountId: id,
  /** Credits to add (positive) or to take (negative); not 0. */
  amount: integer(-Number.MAX_SAFE_INTEGER).refine((amount) => amount !== 0, 'must not be 0'),
  idempotencyKey,
  reason: line(500),
})

/** What `adjustCredits` takes. */
export type AdjustCreditsInput = z.input<typeof Input>
/** What `adjustCredits` answers. */
export type AdjustCreditsResult = CreditResult

/** See {@link Tenantry.adjustCredits}. */
export async function adjustCredits(context: Context, input: AdjustCreditsInput, actor: Actor): Promise<AdjustCreditsResult> {
  const { accountId, amount, ...rest } = parseInput(Input, input)
  const operator = requireOperator(actor, 'adjust credits')
  const content = { type: 'adjustment', idempotencyKey: rest.idempotencyKey, description: rest.reason, actor: operator } as const
  const change = (ledger: Ledger, stamp: Stamp): Ledger => {
    if (amount > 0) {
      requireRoom(ledger, amount)
      return grant(ledger, { ...content, amount, priority: 0, expiresAt: null }, stamp)
    }
    if (ledger.balance < -amount)
      throw new TenantryError('insufficient_credits', { accountId, requested: -amount, balance: ledger.balance })
    return takeAway(ledger, -amount, content, stamp)
  }
  return recordCredits(context, {
    accountId,
    idempotencyKey: rest.idempotencyKey,
    fingerprint: fingerprint({ operation: 'adjustCredits', amount, reason: rest.reason }),
    change,
    act: { action: 'adjustCredits', actor: operator, reason: rest.reason },
  })
}
