import { z } from 'zod'
import type { Actor } from '../../domain/actor.js'
import { grant, type Ledger, roomFor, type Stamp } from '../../domain/ledger.js'
import { requireOperator } from '../authority.js'
import type { Context } from '../context.js'
import { fingerprint } from '../fingerprint.js'
import { invalidInput, parseInput } from '../parse-input.js'
import { credits, id, idempotencyKey, integer, metadata, moment, text } from '../schemas.js'
import { recordCredits } from './record-credits.js'
import type { CreditResult } from './replay.js'

const Input = z.strictObject({
  accountId: id,
  /** Credits: a positive integer. */
  amount: credits,
  type: z.enum(['subscription', 'purchase', 'promotion']),
  idempotencyKey,
  /** From this instant on what is left of them cannot be spent; never when left out. */
  expiresAt: moment.optional(),
  /** Lower burns first: 0, the default, to 1,000. */
  priority: integer(0, 1000).default(0),
  description: text(500).default(''),
  metadata: metadata.optional(),
})

type Content = Omit<z.output<typeof Input>, 'accountId'>

/** What `grantCredits` takes. */
export type GrantCreditsInput = z.input<typeof Input>
/** What `grantCredits` answers. */
export type GrantCreditsResult = CreditResult

/** See {@link Tenantry.grantCredits}. */
export async function grantCredits(context: Context, input: GrantCreditsInput, actor: Actor): Promise<GrantCreditsResult> {
  const { accountId, ...content } = parseInput(Input, input)
  const operator = requireOperator(actor, 'grant credits')
  const change = (ledger: Ledger, stamp: Stamp): Ledger => {
    requireFuture(content.expiresAt, stamp.now)
    requireRoom(ledger, content.amount)
    return grant(ledger, { ...content, expiresAt: content.expiresAt ?? null, metadata: content.metadata ?? {}, actor: operator }, stamp)
  }
  return recordCredits(context, {
    accountId,
    idempotencyKey: content.idempotencyKey,
    fingerprint: contentFingerprint(content),
    change,
    act: { action: 'grantCredits', actor: operator, reason: content.description || null },
  })
}

/** The fields are named one by one: a new option must not change the hashes of grants that do not use it. */
function contentFingerprint({ amount, type, expiresAt, priority, description, metadata: facts }: Content): string {
  return fingerprint({ operation: 'grantCredits', amount, type, expiresAt, priority, description, metadata: facts })
}

function requireFuture(expiresAt: Date | undefined, now: Date): void {
  if (expiresAt !== undefined && expiresAt <= now) throw invalidInput([{ path: 'expiresAt', message: 'must lie in the future' }])
}

/** Refuses what would take a balance past 2^53 - 1. */
export function requireRoom(ledger: Ledger, amount: number): void {
  if (amount > roomFor(ledger)) {
    throw invalidInput([{ path: 'amount', message: 'the balance would pass 2^53 - 1' }])
  }
}
