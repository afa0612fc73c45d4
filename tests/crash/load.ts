import { type Actor, type Catalogue, createTenantry, freeTrialPlan, type Store, type Tenantry } from 'tenantry'
import { plainHasher } from 'tenantry/testing'

const admin: Actor = { type: 'admin', id: 'staff-1' }
const monthlyCredits = 700
const plans: Catalogue = {
  'free-trial': freeTrialPlan,
  basic: {
    name: 'Basic',
    prices: [{ amountMinor: 1000, currency: 'USD' }],
    billingCycle: 'monthly',
    includedCredits: monthlyCredits,
    limits: {},
  },
}

/** What a step of the load does; each with keys of its own, so that it can be asked for again. */
const kinds = ['spend', 'spend', 'spend', 'grant', 'adjust', 'settle', 'release', 'refund', 'confirm'] as const

/** One step of the load. */
export interface Step {
  readonly number: number
  readonly kind: (typeof kinds)[number]
  readonly accountId: string
}

/** The load: `count` steps over some accounts, always the same. */
export const stepsFor = (accountIds: readonly string[], count: number): Step[] =>
  Array.from({ length: count }, (_, number) => ({
    number,
    kind: kinds[(number * 7) % kinds.length] ?? 'spend',
    accountId: accountIds[number % accountIds.length] ?? '',
  }))

/** Tenantry as the load uses it. */
export const openTenantry = (store: Store): Tenantry => createTenantry({ store, plans, passwords: plainHasher() })

/** Accounts with a paid month, and enough credits that nothing is refused. */
export async function openAccounts(tenantry: Tenantry, count: number, name = 'load'): Promise<string[]> {
  await tenantry.syncPlans()
  const accountIds: string[] = []
  for (let index = 0; index < count; index++) {
    const { account } = await tenantry.registerTrial({ email: `${name}-${index}@example.com` })
    await pay(tenantry, account.id, 'first')
    await tenantry.adjustCredits({ accountId: account.id, amount: 100_000, idempotencyKey: 'start', reason: 'load' }, admin)
    accountIds.push(account.id)
  }
  return accountIds
}

const pay = (tenantry: Tenantry, accountId: string, reference: string) =>
  tenantry.confirmBankTransfer(
    { accountId, planSlug: 'basic', amount: '10.00', externalPaymentId: `${accountId} ${reference}`, payerName: 'Ada' },
    admin,
  )

/** The ids of what the step has written. Done again, it answers the same. */
export async function perform(tenantry: Tenantry, { number, kind, accountId }: Step): Promise<readonly string[]> {
  const idempotencyKey = `step ${number}`
  const again = { accountId, idempotencyKey, operation: 'load' }
  switch (kind) {
    case 'spend':
      return [(await tenantry.spendCredits({ ...again, amount: 3 })).entry.id]
    case 'grant':
      return [(await tenantry.grantCredits({ accountId, idempotencyKey, amount: 5, type: 'purchase' }, admin)).entry.id]
    case 'adjust':
      return [(await tenantry.adjustCredits({ accountId, idempotencyKey, amount: -2, reason: 'load' }, admin)).entry.id]
    case 'confirm':
      return [(await pay(tenantry, accountId, `reference ${number}`)).payment.id]
    case 'refund': {
      const { entry } = await tenantry.spendCredits({ ...again, amount: 9 })
      const back = { entryId: entry.id, amount: 4, idempotencyKey: `back ${number}`, reason: 'load' }
      return [entry.id, (await tenantry.refundCredits(back, admin)).entry.id]
    }
    default: {
      const { reservation } = await tenantry.reserveCredits({ ...again, amount: 11, ttlSeconds: 86_400 })
      const reservationId = reservation.id
      if (kind === 'release') await tenantry.releaseReservation({ reservationId })
      else await tenantry.settleReservation({ reservationId, actual: 6 })
      return [reservationId]
    }
  }
}

/** Credits that come (or go) by one step, and entries of the ledger that it makes. */
const effects: Record<Step['kind'], { credits: number; entries: number }> = {
  spend: { credits: -3, entries: 1 },
  grant: { credits: 5, entries: 1 },
  adjust: { credits: -2, entries: 1 },
  confirm: { credits: monthlyCredits, entries: 1 },
  refund: { credits: -5, entries: 2 },
  settle: { credits: -6, entries: 3 },
  release: { credits: 0, entries: 2 },
}

/** What was acknowledged: the ids by the number of the step. */
export type Acknowledged = ReadonlyMap<number, readonly string[]>

/** What is wrong after every step has been done or asked for again: nothing, if each has had its effect exactly once. */
export async function faultsOf(tenantry: Tenantry, steps: readonly Step[], acknowledged: Acknowledged): Promise<string[]> {
  const faults: string[] = []
  for (const step of steps) {
    const first = acknowledged.get(step.number)?.join()
    const again = (await perform(tenantry, step)).join()
    if (first !== undefined && first !== again)
      faults.push(`step ${step.number} (${step.kind}) was acknowledged as ${first}, and is ${again}`)
  }
  for (const accountId of new Set(steps.map((step) => step.accountId))) {
    const own = steps.filter((step) => step.accountId === accountId).map(({ kind }) => effects[kind])
    const balance = own.reduce((sum, { credits }) => sum + credits, 100_000 + monthlyCredits)
    const found = await tenantry.creditBalance({ accountId })
    if (found.balance !== balance || found.reserved !== 0) faults.push(`${accountId} has ${found.balance} credits and not ${balance}`)
    const { entries, problems } = await tenantry.verifyBooks({ accountId })
    const expected = own.reduce((sum, effect) => sum + effect.entries, 4)
    if (entries !== expected) faults.push(`${accountId} has ${entries} entries and not ${expected}`)
    faults.push(...problems.map((problem) => JSON.stringify(problem)))
  }
  return faults
}

/** Runs steps, so many at a time, in their order. */
export async function runSteps(steps: readonly Step[], atOnce: number, run: (step: Step) => Promise<void>): Promise<void> {
  const waiting = steps.values()
  const lane = async (): Promise<void> => {
    for (const step of waiting) await run(step)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}
