import { paymentOverdueReason } from '../../domain/account.js'
import { type DueRules, nextDueAt } from '../../domain/due.js'
import type { NewEvent } from '../../domain/event.js'
import type { Stamp } from '../../domain/ledger.js'
import { type ExpectedPayment, passTime, type TimePassed } from '../../domain/pass-time.js'
import type { Plan } from '../../domain/plan.js'
import { isChangeDue } from '../../domain/scheduled-change.js'
import { settlesAt } from '../../domain/settlement.js'
import { invariant } from '../../errors.js'
import type { AccountChange, AccountState, DueDate } from '../../ports/store/accounts.js'
import type { StoreTransaction } from '../../ports/store/store.js'
import { recordAct } from '../audit/record-act.js'
import type { Context } from '../context.js'
import { stampOf } from '../credits/change-ledger.js'
import { dueRulesOf } from './keep-due-dates.js'

/** Which accounts are taken next. */
export interface BatchRequest {
  readonly now: Date
  readonly limit: number
  /** Accounts that are left alone. */
  readonly except: readonly string[]
  /** Is told which accounts are held, before anything is done to them. */
  readonly onHeld: (accountIds: readonly string[]) => void
}

/** An account that was brought up to date, and what it was before. */
export interface LivedAccount {
  readonly held: AccountState
  readonly passed: TimePassed
}

/** Takes accounts that are due, brings them up to date and writes it all down, in one transaction: of a worker that dies nothing remains. */
export function liveBatch(context: Context, { now, limit, except, onHeld }: BatchRequest): Promise<readonly LivedAccount[]> {
  return context.store.transaction(async (tx) => {
    const due = await tx.lockDueAccounts({ now, limit, except })
    onHeld(due.map(({ account }) => account.id))
    if (due.length === 0) return []
    const rules = dueRulesOf(context.settings)
    const stamp = stampOf(context, now)
    const expected = await readExpectedPayments(tx, due, now)
    const pending = await readPendingPlans(tx, due, now)
    const lived = due.map((held) => ({ held, passed: pass(held, { expected, pending }, rules, stamp) }))
    await saveAll(tx, lived, stamp)
    for (const each of lived) if (each.passed.isSuspended) await recordSuspension(context, tx, each.held, now)
    await tx.saveDueDates(lived.map((each) => dueDate(each, expected, rules, now)))
    return lived
  })
}

/** A suspension is in the audit log, whoever orders it. */
async function recordSuspension(context: Context, tx: StoreTransaction, { account }: AccountState, at: Date): Promise<void> {
  await recordAct(context, tx, {
    action: 'suspendAccount',
    accountId: account.id,
    actor: { type: 'system', id: 'runDue' },
    reason: paymentOverdueReason,
    before: { status: account.status },
    after: { status: 'suspended' },
    at,
  })
}

type ExpectedPayments = ReadonlyMap<string, readonly ExpectedPayment[]>

/** The payments of the accounts of which one is due. Most accounts have none. */
async function readExpectedPayments(tx: StoreTransaction, due: readonly AccountState[], now: Date): Promise<ExpectedPayments> {
  const missing = due.filter(({ paymentDueAt }) => paymentDueAt !== null && paymentDueAt <= now)
  const expected = new Map<string, ExpectedPayment[]>()
  const slugs = new Map<string, string | null>()
  for (const payment of await tx.listExpectedPayments(missing.map(({ account }) => account.id))) {
    const planId = payment.planId ?? ''
    if (!slugs.has(planId)) slugs.set(planId, (await tx.findPlanById(planId))?.slug ?? null)
    const own = expected.get(payment.accountId) ?? []
    expected.set(payment.accountId, [...own, { payment, planSlug: slugs.get(planId) ?? null }])
  }
  return expected
}

/** The plans, by id, of scheduled changes whose moment has come. */
async function readPendingPlans(tx: StoreTransaction, due: readonly AccountState[], now: Date): Promise<ReadonlyMap<string, Plan>> {
  const changing = due.flatMap(({ subscription }) => (subscription !== null && isChangeDue(subscription, now) ? [subscription] : []))
  const plans = new Map<string, Plan>()
  for (const planId of new Set(changing.flatMap(({ pendingPlanId }) => pendingPlanId ?? []))) {
    const plan = await tx.findPlanById(planId)
    if (plan !== null) plans.set(planId, plan)
  }
  return plans
}

function pass(
  { account, subscription, ledger, livedUntil }: AccountState,
  { expected, pending }: { expected: ExpectedPayments; pending: ReadonlyMap<string, Plan> },
  rules: DueRules,
  stamp: Stamp,
): TimePassed {
  const expectedPayments = expected.get(account.id) ?? []
  const pendingPlan = pending.get(subscription?.pendingPlanId ?? '') ?? null
  return passTime({ account, subscription, pendingPlan, ledger, livedUntil, expectedPayments }, rules, stamp)
}

/** Only what has changed; each in one call for all accounts. */
async function saveAll(tx: StoreTransaction, lived: readonly LivedAccount[], { now, newId }: Stamp): Promise<void> {
  const accounts = lived.flatMap((each) => accountChange(each, now))
  if (accounts.length > 0) await tx.saveAccounts(accounts)
  const subscriptions = lived.flatMap(({ held, passed }) => (passed.subscription === held.subscription ? [] : (passed.subscription ?? [])))
  if (subscriptions.length > 0) await tx.saveSubscriptions(subscriptions)
  const ledgers = lived.flatMap(ledgerChange)
  if (ledgers.length > 0) await tx.saveLedgers(ledgers)
  const events = lived.flatMap(({ held, passed }) =>
    passed.happenings.map(({ at: _, ...content }): NewEvent => ({ ...content, id: newId(), accountId: held.account.id, createdAt: now })),
  )
  for (let start = 0; start < events.length; start += eventsAtOnce) await tx.addEvents(events.slice(start, start + eventsAtOnce))
}

/** As many as the store takes. */
const eventsAtOnce = 1000

function accountChange({ held: { account, subscription }, passed }: LivedAccount, at: Date): AccountChange[] {
  const suspension = passed.isSuspended ? ({ status: 'suspended', statusReason: paymentOverdueReason } as const) : {}
  const planId = passed.subscription?.planId
  const change = planId !== undefined && planId !== subscription?.planId ? { planId } : {}
  return passed.isSuspended || 'planId' in change ? [{ accountId: account.id, ...suspension, ...change, at }] : []
}

function ledgerChange({ held, passed: { ledger, subscription } }: LivedAccount) {
  const settles = settlesAt(ledger, subscription)
  const isSame = ledger === held.ledger && settles?.getTime() === held.settlesAt?.getTime()
  return isSame ? [] : [{ before: held.ledger, after: { ledger, fingerprints: {} }, settlesAt: settles }]
}

function dueDate({ held, passed }: LivedAccount, expected: ExpectedPayments, rules: DueRules, now: Date): DueDate {
  const { account, paymentDueAt } = held
  const payments = expected.get(account.id)?.flatMap(({ payment }) => payment.dueAt ?? []) ?? []
  const state = {
    status: passed.isSuspended ? 'suspended' : account.status,
    subscription: passed.subscription,
    settlesAt: settlesAt(passed.ledger, passed.subscription),
    paymentsDueAt: paymentDueAt === null ? payments : [...payments, paymentDueAt],
    livedUntil: now,
  } as const
  const next = nextDueAt(state, rules)
  invariant(next === null || next > now, `account ${account.id} is still due after time has passed`)
  return { accountId: account.id, livedUntil: now, nextDueAt: next }
}
