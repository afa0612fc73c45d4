import type { Tally } from './events.js'
import { type PlanName, planFigures } from './requests.js'

// A second, plain implementation of the rules. It shares no code with the library, keeps no `unsettledSpend`, settles nothing lazily, and
// lets everything happen at its time.

/** Credits that came together. `n` counts what was ever granted to the account. */
export interface Lot {
  n: number
  type: string
  left: number
  held: number
  priority: number
  ends: number | null
  cap: number | null
}

/** Credits set aside. */
export interface Hold {
  status: 'open' | 'settled' | 'released' | 'expired'
  amount: number
  actual: number | null
  ends: number
  parts: { lot: Lot; amount: number }[]
  balanceAtEnd: number
}

/** A line of the ledger: type, amount, balance. */
export type Line = readonly [type: string, amount: number, balance: number]

/** One customer, in plain figures. */
export interface Customer {
  suspended: boolean
  balance: number
  lots: Lot[]
  holds: Hold[]
  uses: { amount: number; back: number; isSettlement: boolean }[]
  lines: Line[]
  /** Paid time: `paid` months from the anchor, of which `given` have had their credits. `null` on trial. */
  paid: { anchor: number; paid: number; given: number; plan: PlanName } | null
}

/** The moment `months` after another, on the last day of a month that is too short. */
export function monthsAfter(anchor: number, months: number): number {
  const from = new Date(anchor)
  const first = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1))
  const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  const day = Math.min(from.getUTCDate(), days)
  return first.getTime() + (day - 1) * 86_400_000 + (anchor % 86_400_000)
}

/** A customer who has just signed up: 2,000 credits for 14 days. */
export function newCustomer(now: number): Customer {
  const customer: Customer = { suspended: false, balance: 0, lots: [], holds: [], uses: [], lines: [], paid: null }
  addLot(customer, { type: 'subscription', amount: 2000, priority: 0, ends: now + 14 * 86_400_000, cap: null })
  return customer
}

/** Writes a line. */
export function write(customer: Customer, type: string, amount: number): void {
  customer.balance += amount
  customer.lines.push([type, amount, customer.balance])
}

/** Adds credits. */
export function addLot(
  customer: Customer,
  { type, amount, priority, ends, cap }: Pick<Lot, 'type' | 'priority' | 'ends' | 'cap'> & { amount: number },
): void {
  customer.lots.push({ n: customer.lots.length, type, left: amount, held: 0, priority, ends, cap })
  write(customer, type, amount)
}

/** Lots in the order in which they are used up. */
export const burnOrder = (lots: readonly Lot[]): Lot[] =>
  lots.filter(({ left }) => left > 0).sort((a, b) => a.priority - b.priority || (a.ends ?? 9e15) - (b.ends ?? 9e15) || a.n - b.n)

/** Takes credits out of the lots; answers which. */
export function take(customer: Customer, amount: number): { lot: Lot; amount: number }[] {
  const parts: { lot: Lot; amount: number }[] = []
  let rest = amount
  for (const lot of burnOrder(customer.lots)) {
    const part = Math.min(rest, lot.left)
    if (part === 0) break
    lot.left -= part
    rest -= part
    parts.push({ lot, amount: part })
  }
  if (rest > 0) throw new Error('the model has lost credits')
  return parts
}

/** What a capped plan keeps of `amount` when the month of `lot` is over. */
function keep(customer: Customer, lot: Lot, amount: number): number {
  if (lot.cap === null) return 0
  let rolled = 0
  for (const other of customer.lots) if (other !== lot && other.cap !== null && other.ends === null) rolled += other.left
  return Math.min(amount, Math.max(0, lot.cap - rolled))
}

/** Ends a reservation: `actual` of it is used, the rest comes back as far as there is something to come back to. */
export function endHold(
  customer: Customer,
  hold: Hold,
  status: Exclude<Hold['status'], 'open'>,
  actual: number,
  at: number,
  { saw }: Tally,
) {
  const lapsed: number[] = []
  let used = actual
  for (const { lot, amount } of hold.parts) {
    const unused = amount - Math.min(used, amount)
    used -= amount - unused
    const isOver = lot.ends === null ? lot.cap !== null : lot.ends <= at
    const back = isOver ? Math.max(0, keep(customer, lot, lot.left + unused) - lot.left) : unused
    if (isOver && back > 0) saw('reserved credits come back and roll over')
    if (back < unused) lapsed.push(unused - back)
    lot.held -= amount
    lot.left += back
  }
  write(customer, 'release', hold.amount)
  if (actual > 0) {
    write(customer, 'usage', -actual)
    customer.uses.push({ amount: actual, back: 0, isSettlement: true })
  }
  for (const amount of lapsed) {
    saw('reserved credits come back to a lot that has expired')
    write(customer, 'expiration', -amount)
  }
  Object.assign(hold, { status, actual: status === 'settled' ? actual : null, balanceAtEnd: customer.balance })
}

/** Ends a lot whose time has come. */
function endLot(customer: Customer, lot: Lot, { saw }: Tally): void {
  const kept = keep(customer, lot, lot.left)
  const lapsed = lot.left - kept
  if (lapsed > 0) saw('a lot expires with a remainder')
  if (lot.held > 0) saw('a lot expires while some of it is reserved')
  if (kept > 0) saw(lapsed > 0 ? 'plan credits roll over up to their cap' : 'plan credits roll over')
  lot.left = kept
  if (kept > 0 || (lot.cap !== null && lot.held > 0)) lot.ends = null
  if (lapsed > 0) write(customer, 'expiration', -lapsed)
}

/** Gives the credits of the next paid month. */
export function giveMonth(customer: Customer, { saw }: Tally): void {
  const { paid } = customer
  if (paid === null) return
  const { credits, rollover } = planFigures[paid.plan]
  const end = monthsAfter(paid.anchor, paid.given + 1)
  if (new Date(end).getUTCDate() < new Date(paid.anchor).getUTCDate()) saw('a month ends on a shorter month’s last day')
  paid.given += 1
  const cap = typeof rollover === 'object' ? rollover.cap : null
  addLot(customer, { type: 'subscription', amount: credits, priority: 0, ends: rollover === 'all' ? null : end, cap })
}

/** The next thing that happens by itself: reservations end before lots, lots before new months begin. */
function nextEvent(customer: Customer, tally: Tally): { at: number; isMonth: boolean; happen: () => void } | null {
  const found: { at: number; rank: number; isMonth: boolean; happen: () => void }[] = []
  for (const hold of customer.holds) {
    if (hold.status !== 'open') continue
    const happen = (): void => {
      tally.saw('a reservation expires')
      endHold(customer, hold, 'expired', 0, hold.ends, tally)
    }
    found.push({ at: hold.ends, rank: 0, isMonth: false, happen })
  }
  for (const lot of customer.lots) {
    if (lot.ends === null || (lot.left === 0 && (lot.held === 0 || lot.cap === null))) continue
    found.push({ at: lot.ends, rank: 1, isMonth: false, happen: () => endLot(customer, lot, tally) })
  }
  const { paid } = customer
  if (paid !== null && paid.given < paid.paid) {
    found.push({ at: monthsAfter(paid.anchor, paid.given), rank: 2, isMonth: true, happen: () => giveMonth(customer, tally) })
  }
  return found.sort((a, b) => a.at - b.at || a.rank - b.rank)[0] ?? null
}

/** Lets everything happen that happens up to `now`. */
export function passTime(customer: Customer, now: number, tally: Tally): void {
  let months = 0
  let last: number | null = null
  for (let next = nextEvent(customer, tally); next !== null && next.at <= now; next = nextEvent(customer, tally)) {
    if (next.at === last) tally.saw('several things happen at one instant')
    if (next.isMonth) months += 1
    last = next.at
    next.happen()
  }
  if (months > 0) tally.saw('the credits of a month arrive by themselves')
  if (months > 1) tally.saw('the credits of several months arrive at once')
  if (last === now) tally.saw('an operation comes at the instant of an expiry')
}

/** When something next happens by itself, if anything does. */
export const nextMoment = (customer: Customer, tally: Tally): number | null => nextEvent(customer, tally)?.at ?? null
