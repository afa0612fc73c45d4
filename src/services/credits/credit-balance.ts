import { z } from 'zod'
import type { CreditLot } from '../../domain/credit.js'
import { compareBurnOrder } from '../../domain/ledger.js'
import { TenantryError } from '../../errors.js'
import type { Context } from '../context.js'
import { parseInput } from '../parse-input.js'
import { withPendingPlan } from '../plans/pending-plan.js'
import { id } from '../schemas.js'
import { settleState, stampOf } from './change-ledger.js'

const Input = z.strictObject({ accountId: id })

/** What `creditBalance` takes. */
export type CreditBalanceInput = z.input<typeof Input>
/** What `creditBalance` answers, in credits. */
export interface CreditBalanceResult {
  /** What can be spent now. */
  readonly balance: number
  /** What is set aside for work in progress; it is not part of `balance`. */
  readonly reserved: number
  /** What the balance is made of, in the order in which it is used up. */
  readonly lots: readonly CreditLot[]
}

/** See {@link Tenantry.creditBalance}. */
export async function creditBalance(context: Context, input: CreditBalanceInput): Promise<CreditBalanceResult> {
  const { accountId } = parseInput(Input, input)
  const state = await context.store.findAccountState(accountId)
  if (state === null) throw new TenantryError('account_not_found', { accountId })
  const { ledger } = settleState(await withPendingPlan(context.store, state), stampOf(context, context.clock()))
  const open = ledger.reservations.filter(({ status }) => status === 'open')
  const reserved = open.reduce((sum, { amount }) => sum + amount, 0)
  return { balance: ledger.balance, reserved, lots: ledger.lots.filter((lot) => lot.remaining > 0).sort(compareBurnOrder) }
}
