import {
  type Actor,
  type Catalogue,
  createTenantry,
  definePlans,
  formatMoney,
  freeTrialPlan,
  isTenantryError,
  type RefusalCode,
  type RegisterTrialInput,
  type RegisterTrialResult,
  type Store,
  type Tenantry,
  type TenantryOptions,
} from 'tenantry'
import { memoryStore } from 'tenantry/memory'
import { countingBytes, type ManualClock, manualClock, type PlainHasher, plainHasher, sequentialIds } from 'tenantry/testing'
import { expect } from 'vitest'

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' })
const monthly = { billingCycle: 'monthly', limits: { maxSites: 3 } } as const

/** The plans that the tests sell. */
export const plans = definePlans({
  'free-trial': freeTrialPlan,
  starter: {
    ...monthly,
    name: 'Starter',
    prices: [usd(2999)],
    includedCredits: 5000,
    throttles: { api: { limit: 3, windowSeconds: 60 } },
  },
  pro: { ...monthly, name: 'Pro', prices: [usd(9999)], includedCredits: 20_000 },
  annual: { ...monthly, name: 'Annual', billingCycle: 'yearly', prices: [usd(29_900)], includedCredits: 5000 },
  global: { ...monthly, name: 'Global', prices: [usd(2999), { amountMinor: 400_000, currency: 'JPY' }], includedCredits: 5000 },
  saver: { ...monthly, name: 'Saver', prices: [usd(2999)], includedCredits: 1000, creditRollover: 'all' },
  capped: { ...monthly, name: 'Capped', prices: [usd(2999)], includedCredits: 1000, creditRollover: { cap: 300 } },
})

/** Somebody of the host's staff, who is no member of any account. */
export const admin: Actor = { type: 'admin', id: 'staff-1' }

/** The host's own code. */
export const system: Actor = { type: 'system', id: 'jobs' }

/** A password that the default policy takes. */
export const password = 'correct horse battery'

/** A host of the library: everything in memory, time standing still, nothing left to chance. */
export interface Host {
  readonly tenantry: Tenantry
  readonly store: Store
  readonly clock: ManualClock
  readonly passwords: PlainHasher
}

/** What a test may choose of its host. */
export type HostOptions = Partial<Omit<TenantryOptions, 'clock'>> & {
  readonly start?: string
  /** Puts something between the library and its store. */
  readonly wrap?: (store: Store) => Store
}

/** Makes a host and writes its plans. */
export async function createHost({ start, wrap = (store) => store, ...options }: HostOptions = {}): Promise<Host> {
  const store = wrap(memoryStore())
  const clock = manualClock(start)
  const passwords = plainHasher()
  const catalogue: Catalogue = plans
  const ports = { store, clock, passwords, newId: sequentialIds(), randomBytes: countingBytes() }
  const tenantry: Tenantry = createTenantry({ plans: catalogue, ...ports, ...options })
  await tenantry.syncPlans()
  return { tenantry, store, clock, passwords }
}

/** Signs a customer up; the password is {@link password}. */
export const signUp = ({ tenantry }: Host, person: Partial<RegisterTrialInput> = {}): Promise<RegisterTrialResult> =>
  tenantry.registerTrial({ email: 'ada@example.com', password, firstName: 'Ada', lastName: 'Lovelace', ...person })

/** A transfer that pays for a plan exactly. Its reference is made of what it pays for. */
export function transfer(accountId: string, planSlug: keyof typeof plans = 'starter', periodMonths = 1) {
  const { billingCycle, prices } = plans[planSlug]
  const { amountMinor, currency } = prices[0]
  const cycles = billingCycle === 'yearly' ? periodMonths / 12 : periodMonths
  return {
    accountId,
    planSlug,
    periodMonths,
    currency,
    amount: formatMoney({ amountMinor: amountMinor * cycles, currency }),
    externalPaymentId: `BANK ${accountId} ${planSlug} ${periodMonths}`,
    payerName: 'Ada Lovelace',
  }
}

/** A customer who has paid for a plan at this very moment. */
export async function subscribe(
  host: Host,
  planSlug: keyof typeof plans = 'starter',
  periodMonths = 1,
  person?: Partial<RegisterTrialInput>,
) {
  const signedUp = await signUp(host, person)
  const confirmed = await host.tenantry.confirmBankTransfer(transfer(signedUp.account.id, planSlug, periodMonths), admin)
  return { ...signedUp, ...confirmed, accountId: confirmed.account.id }
}

/** The whole ledger of an account, oldest first. */
export async function ledgerOf({ tenantry }: Host, accountId: string) {
  const { items } = await tenantry.listCreditEntries({ accountId, limit: 200 })
  return items.toReversed()
}

/** Type, amount and balance of each entry, oldest first. */
export const movesOf = async (host: Host, accountId: string) =>
  (await ledgerOf(host, accountId)).map(({ type, amount, balanceAfter }) => [type, amount, balanceAfter] as const)

/** The books are whole, and what can be spent is what the lots hold. */
export async function expectWholeBooks({ tenantry }: Host, accountId: string): Promise<void> {
  expect((await tenantry.verifyBooks({ accountId })).problems).toEqual([])
  const { balance, lots } = await tenantry.creditBalance({ accountId })
  expect(lots.reduce((sum, lot) => sum + lot.remaining, 0)).toBe(balance)
}

/** All that the store holds of accounts, credits, keys, payments, receipts, plans, acts and events. */
export async function contentsOf({ tenantry, store }: Host): Promise<unknown> {
  const books = await store.snapshot(async (reader) => {
    const ids = await reader.listAccountIds({ after: null, limit: 1000 })
    return Promise.all(ids.map((id) => reader.readBook(id)))
  })
  const accounts = await Promise.all(
    books.flatMap((book) => {
      const accountId = book?.accountId ?? ''
      const all = { accountId, limit: 200 }
      return [store.findAccountState(accountId), tenantry.listCreditEntries(all), tenantry.listApiKeys(all), tenantry.listReceipts(all)]
    }),
  )
  const rest = await Promise.all([
    tenantry.listPayments({ limit: 200 }),
    tenantry.listAuditEntries({ limit: 200 }),
    tenantry.listEvents({ limit: 200 }),
    tenantry.listPlans({ limit: 200 }),
  ])
  return { books, accounts, rest }
}

/** A refusal, without its message. */
export interface Refusal {
  readonly code: RefusalCode
  readonly details: object
}

/** Makes a call that must be refused, and answers with what. Any other error passes through. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => new Error('the call was not refused'),
    (reason: unknown) => reason,
  )
  if (!isTenantryError(error)) throw error
  return { code: error.code, details: error.details }
}

/** As {@link refusalOf}, and looks that the refused call has left nothing behind. */
export async function cleanRefusalOf(host: Host, call: () => Promise<unknown>): Promise<Refusal> {
  const before = await contentsOf(host)
  const refusal = await refusalOf(call())
  expect(await contentsOf(host)).toEqual(before)
  return refusal
}

/** The dotted paths that a call's `invalid_input` names, each once. */
export async function wrongFieldsOf(host: Host, call: () => Promise<unknown>): Promise<readonly string[]> {
  const { code, details } = await cleanRefusalOf(host, call)
  expect(code).toBe('invalid_input')
  const { issues } = details as { issues: readonly { path: string; message: string }[] }
  for (const { message } of issues) expect(message).not.toBe('')
  return [...new Set(issues.map(({ path }) => path))]
}

/** Wrong values of one field, each with a name for the test that uses it. */
export type WrongInputs = readonly (readonly [name: string, input: Readonly<Record<string, unknown>>])[]
