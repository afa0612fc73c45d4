import {
  type Actor,
  type Catalogue,
  createTenantry,
  definePlans,
  freeTrialPlan,
  isTenantryError,
  type Store,
  type Tenantry,
} from 'tenantry'
import { type ManualClock, manualClock, plainHasher, sequentialIds } from 'tenantry/testing'
import { type Answer, planFigures, type Request, refused, type Standing } from './requests.js'

const admin: Actor = { type: 'admin', id: 'staff-1' }
const monthly = { billingCycle: 'monthly', limits: {} } as const
const priced = (slug: keyof typeof planFigures) => ({
  ...monthly,
  name: slug,
  prices: [{ amountMinor: planFigures[slug].price, currency: 'USD' }],
  includedCredits: planFigures[slug].credits,
  creditRollover: planFigures[slug].rollover,
})
const plans: Catalogue = definePlans({
  'free-trial': freeTrialPlan,
  basic: priced('basic'),
  saver: priced('saver'),
  capped: priced('capped'),
})

/** The library on a store, with a clock that the model moves. */
export interface Library {
  readonly tenantry: Tenantry
  readonly clock: ManualClock
  /** So that runs on one store do not meet. */
  runs: number
}

/** Opens the library on a store; `prefix` keeps the ids of several apart. */
export async function openLibrary(store: Store, prefix = 'id-'): Promise<Library> {
  const clock = manualClock()
  const ports = { store, clock, passwords: plainHasher(), newId: sequentialIds(prefix) }
  const tenantry: Tenantry = createTenantry({ plans, ...ports })
  await tenantry.syncPlans()
  return { tenantry, clock, runs: 0 }
}

/** A customer as the library knows it: its ids, in the order in which the model counts. */
interface Known {
  readonly accountId: string
  readonly holds: string[]
  readonly uses: string[]
}

/** Two customers who have just signed up. */
export interface Session extends Library {
  readonly name: string
  readonly customers: readonly [Known, Known]
  /** The id that a key has got, so that a replay must answer the same. */
  readonly idOfKey: Map<string, string>
}

/** Signs two customers up. */
export async function openSession(library: Library, prefix: string): Promise<Session> {
  library.runs += 1
  const name = `${prefix}${library.runs}`
  const signUp = async (who: number): Promise<Known> => {
    const { account } = await library.tenantry.registerTrial({ email: `${name}-${who}@example.com` })
    return { accountId: account.id, holds: [], uses: [] }
  }
  return { ...library, name, customers: [await signUp(0), await signUp(1)], idOfKey: new Map() }
}

/** Makes a request of the library. */
export async function ask(session: Session, request: Request): Promise<Answer> {
  try {
    return await submit(session, request)
  } catch (error) {
    if (isTenantryError(error)) return refused(error.code)
    throw error
  }
}

async function submit(session: Session, request: Request): Promise<Answer> {
  const { tenantry } = session
  const customer = session.customers[request.who]
  const { accountId } = customer
  switch (request.op) {
    case 'suspend':
      return suspension(await tenantry.suspendAccount({ accountId, reason: 'model' }, admin))
    case 'reinstate':
      return suspension(await tenantry.reinstateAccount({ accountId, reason: 'model' }, admin))
    case 'settle': {
      const reservationId = idAt(customer.holds, request.hold)
      const settled = await tenantry.settleReservation({ reservationId, actual: request.actual })
      if (!settled.replayed && request.actual > 0) customer.uses.push(await usageOf(session, accountId, reservationId))
      return ending(settled)
    }
    case 'release':
      return ending(await tenantry.releaseReservation({ reservationId: idAt(customer.holds, request.hold) }))
    case 'confirm':
      return confirm(session, accountId, request)
    case 'reserve': {
      const { key, amount, seconds } = request
      const content = { accountId, amount, idempotencyKey: key, operation: 'model', ttlSeconds: seconds }
      const { reservation, balance, replayed } = await tenantry.reserveCredits(content)
      sameId(session, request, reservation.id)
      if (!replayed) customer.holds.push(reservation.id)
      if (reservation.status !== 'open') throw new Error('a reservation is made open')
      return { amount: -reservation.amount, balance, replayed }
    }
    default: {
      const { entry, balance, replayed } = await record(session, accountId, request)
      sameId(session, request, entry.id)
      if (!replayed && request.op === 'spend') customer.uses.push(entry.id)
      return { amount: entry.amount, balance, replayed }
    }
  }
}

type Recorded = Extract<Request, { op: 'grant' | 'spend' | 'adjust' | 'refund' }>

function record({ tenantry, customers }: Session, accountId: string, request: Recorded) {
  const { key: idempotencyKey, op } = request
  if (op === 'refund') {
    const entryId = idAt(customers[request.who].uses, request.use)
    const amount = request.amount === null ? {} : { amount: request.amount }
    return tenantry.refundCredits({ entryId, ...amount, idempotencyKey, reason: 'model' }, admin)
  }
  const content = { accountId, amount: request.amount, idempotencyKey }
  if (op === 'spend') return tenantry.spendCredits({ ...content, operation: 'model' })
  if (op === 'adjust') return tenantry.adjustCredits({ ...content, reason: 'model' }, admin)
  const { type, priority, ends } = request
  return tenantry.grantCredits({ ...content, type, priority, ...(ends !== null && { expiresAt: new Date(ends) }) }, admin)
}

async function confirm({ tenantry, name }: Session, accountId: string, request: Extract<Request, { op: 'confirm' }>): Promise<Answer> {
  const { plan, months, cents, reference } = request
  const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
  const paid = { accountId, planSlug: plan, periodMonths: months, amount, currency: 'USD', payerName: 'Ada' }
  const confirmed = await tenantry.confirmBankTransfer({ ...paid, externalPaymentId: `${name} ${reference}` }, admin)
  const { credits, creditsGranted, periodStart, periodEnd, replayed } = confirmed
  return { credits, granted: creditsGranted, start: periodStart.getTime(), end: periodEnd.getTime(), replayed }
}

const suspension = ({ account }: { account: { status: string } }): Answer => ({ suspended: account.status === 'suspended' })

type Ended = Awaited<ReturnType<Tenantry['settleReservation']>>

const ending = ({ reservation, balance, replayed }: Ended): Answer => ({
  status: reservation.status,
  actual: reservation.actual,
  balance,
  replayed,
})

function idAt(ids: readonly string[], index: number): string {
  const id = ids[index]
  if (id === undefined) throw new Error('the library and the model count differently')
  return id
}

function sameId({ idOfKey }: Session, { who, key }: { who: number; key: string }, id: string): void {
  const place = `${who} ${key}`
  const first = idOfKey.get(place)
  if (first !== undefined && first !== id) throw new Error('a replay answered another entry')
  idOfKey.set(place, id)
}

/** The entry that a settled reservation has made. */
async function usageOf({ tenantry }: Session, accountId: string, reservationId: string): Promise<string> {
  const { items } = await tenantry.listCreditEntries({ accountId, limit: 50 })
  const found = items.find(({ type, metadata }) => type === 'usage' && metadata['reservationId'] === reservationId)
  if (found === undefined) throw new Error('a settled reservation has its usage in the ledger')
  return found.id
}

/** What `creditBalance` answers, as the model says it. */
export async function standing({ tenantry, customers }: Session, who: 0 | 1): Promise<Standing> {
  const { balance, reserved, lots } = await tenantry.creditBalance({ accountId: customers[who].accountId })
  return {
    balance,
    reserved,
    lots: lots.map((lot) => JSON.stringify([lot.type, lot.remaining, lot.reserved, lot.priority, lot.expiresAt?.getTime() ?? null])),
  }
}

/** The whole ledger, oldest first: type, amount, balance. */
export async function linesOf({ tenantry, customers }: Session, who: 0 | 1): Promise<(readonly [string, number, number])[]> {
  const { accountId } = customers[who]
  const lines: (readonly [string, number, number])[] = []
  let before: string | null = null
  do {
    const page: Awaited<ReturnType<Tenantry['listCreditEntries']>> = await tenantry.listCreditEntries({
      accountId,
      limit: 200,
      ...(before !== null && { before }),
    })
    for (const { type, amount, balanceAfter } of page.items) lines.push([type, amount, balanceAfter])
    before = page.next
  } while (before !== null)
  return lines.reverse()
}
