import { z } from 'zod'
import { TenantryError } from '../../errors.js'
import type { AccountState } from '../../ports/store/accounts.js'
import type { CreditSpend } from '../../ports/store/credits.js'
import { requireOpenAccount } from '../accounts/account-status.js'
import type { Context } from '../context.js'
import { fingerprint } from '../fingerprint.js'
import { parseInput } from '../parse-input.js'
import { credits, id, idempotencyKey, line, metadata } from '../schemas.js'
import { type CreditResult, replay } from './replay.js'
import { settleAccount } from './settle-account.js'

const Input = z.strictObject({
  accountId: id,
  /** Credits: a positive integer. */
  amount: credits,
  idempotencyKey,
  /** What they are used for, in the host's words, such as `article.generate`. */
  operation: line(100),
  /** Who used them, for reports. */
  userId: id.optional(),
  /** With which key they were used, for reports. */
  apiKeyId: id.optional(),
  metadata: metadata.optional(),
})

/** What `spendCredits` takes. */
export type SpendCreditsInput = z.input<typeof Input>
/** What `spendCredits` answers. */
export type SpendCreditsResult = CreditResult

/** See {@link Tenantry.spendCredits}. */
export async function spendCredits(context: Context, input: SpendCreditsInput): Promise<SpendCreditsResult> {
  const spend = toSpend(context, parseInput(Input, input))
  return (await trySpend(context, spend)) ?? explain(context, spend)
}

function toSpend(context: Context, input: z.output<typeof Input>): CreditSpend {
  const { accountId, amount, idempotencyKey, operation, userId, apiKeyId, metadata: facts } = input
  return {
    id: context.newId(),
    accountId,
    amount,
    idempotencyKey,
    fingerprint: fingerprint({ type: 'spendCredits', amount, operation, userId, apiKeyId, metadata: facts }),
    operation,
    description: operation,
    userId: userId ?? null,
    apiKeyId: apiKeyId ?? null,
    metadata: facts ?? {},
    createdAt: context.clock(),
  }
}

async function trySpend({ store }: Context, spend: CreditSpend): Promise<SpendCreditsResult | null> {
  const outcome = await store.spendCredits(spend)
  if (outcome === null) return null
  if (outcome.outcome === 'replayed') return replay(outcome, spend.fingerprint)
  return { entry: outcome.entry, balance: outcome.entry.balanceAfter, replayed: false }
}

/** Learns why the guard did not hold. If only because lots have to be looked at first, that is done, and the spend tried again. */
async function explain(context: Context, spend: CreditSpend): Promise<SpendCreditsResult> {
  const { accountId, amount } = spend
  const { account, settlesAt } = await findSpender(context, accountId)
  const isDue = settlesAt !== null && settlesAt <= spend.createdAt
  const balance = isDue ? await settleAccount(context, accountId, spend.createdAt) : account.credits
  if (balance < amount) throw new TenantryError('insufficient_credits', { accountId, requested: amount, balance })
  // The balance may also have grown since the guard was asked.
  const result = await trySpend(context, spend)
  if (result !== null) return result
  // Others were faster, or had the account suspended for a moment.
  const { credits: left } = (await findSpender(context, accountId)).account
  if (left >= amount) throw new TenantryError('conflict', { operation: 'spendCredits' })
  throw new TenantryError('insufficient_credits', { accountId, requested: amount, balance: left })
}

async function findSpender({ store }: Context, accountId: string): Promise<AccountState> {
  const found = await store.findAccountState(accountId)
  if (found === null) throw new TenantryError('account_not_found', { accountId })
  requireOpenAccount(found.account)
  return found
}
