import { z } from 'zod'
import { type UsageSum, usageGroupings } from '../../domain/usage.js'
import type { Context } from '../context.js'
import { invalidInput, parseInput } from '../parse-input.js'
import { requireAccount } from '../require-account.js'
import { id, moment } from '../schemas.js'

const longestDays = 3660

const Input = z.strictObject({
  accountId: id,
  /** The first instant that counts. */
  from: moment,
  /** The first instant that no longer counts; at most ten years after `from`. */
  to: moment,
  by: z.enum(usageGroupings),
})

/** What `usageReport` takes. */
export type UsageReportInput = z.input<typeof Input>
/** What `usageReport` answers, in credits. */
export interface UsageReportResult {
  /** In the order of their keys; use that names no user or key comes last, under `null`. Days without use are left out. */
  readonly items: readonly UsageSum[]
  readonly total: { readonly spent: number; readonly refunded: number; readonly count: number }
}

/** See {@link Tenantry.usageReport}. */
export async function usageReport(context: Context, input: UsageReportInput): Promise<UsageReportResult> {
  const { accountId, from, to, by } = parseInput(Input, input)
  if (to <= from) throw invalidInput([{ path: 'to', message: 'must be later than from' }])
  if (to.getTime() - from.getTime() > longestDays * 86_400_000)
    throw invalidInput([{ path: 'to', message: 'must be at most ten years after from' }])
  const items = await context.store.sumUsage({ accountId, from, to, by })
  if (items.length === 0) await requireAccount(context, accountId)
  const add = (field: 'spent' | 'refunded' | 'count'): number => items.reduce((sum, item) => sum + item[field], 0)
  const total = { spent: add('spent'), refunded: add('refunded'), count: add('count') }
  // No term is negative, so that a sum which is exact in all has exact parts.
  if (!Object.values(total).every(Number.isSafeInteger))
    throw invalidInput([{ path: 'to', message: 'the use would pass 2^53 - 1: ask for less time at once' }])
  return { items, total }
}
