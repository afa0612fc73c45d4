import { Temporal } from 'temporal-polyfill'

/** A lot as the model keeps it. `order` is its age; `isPlan` tells plan credits from all others. */
interface ModelLot {
  left: number
  readonly priority: number
  expiresAt: number | null
  readonly isPlan: boolean
  readonly cap: number | null
  readonly order: number
}

/** What a plan gives each month, and what becomes of the rest. */
export interface ModelPlan {
  readonly monthly: number
  readonly rollover: 'none' | 'all' | { readonly cap: number }
}

/** Credits as they would be if everything happened at its own moment: no laziness, nothing to settle. For comparison with the library. */
export function eagerCredits(start: number, trial: { credits: number; days: number }) {
  const lots: ModelLot[] = []
  let now = start
  let order = 0
  let paid: { plan: ModelPlan; anchor: number; end: number; nextMonth: number | null } | null = null

  const add = (left: number, lot: Partial<ModelLot> = {}): void => {
    lots.push({ left, priority: 0, expiresAt: null, isPlan: false, cap: null, order: order++, ...lot })
  }
  const addPlanLot = ({ monthly, rollover }: ModelPlan, until: number): void =>
    add(monthly, { isPlan: true, expiresAt: rollover === 'all' ? null : until, cap: typeof rollover === 'object' ? rollover.cap : null })
  const end = (lot: ModelLot): void => {
    const kept = lots
      .filter((other) => other !== lot && other.cap !== null && other.expiresAt === null)
      .reduce((sum, { left }) => sum + left, 0)
    lot.left = lot.cap === null ? 0 : Math.min(lot.left, Math.max(0, lot.cap - kept))
    if (lot.left > 0) lot.expiresAt = null
  }
  const endUntil = (moment: number): void => {
    const ending = lots.filter(({ left, expiresAt }) => left > 0 && expiresAt !== null && expiresAt <= moment)
    for (const lot of ending.sort((a, b) => (a.expiresAt ?? 0) - (b.expiresAt ?? 0) || a.order - b.order)) end(lot)
  }
  const beginMonth = (): void => {
    if (paid?.nextMonth == null) return
    const month = paid.nextMonth
    endUntil(month)
    const next = boundaryAfter(paid.anchor, month)
    addPlanLot(paid.plan, next)
    paid.nextMonth = next < paid.end ? next : null
  }

  add(trial.credits, { isPlan: true, expiresAt: start + trial.days * 86_400_000 })
  return {
    /** Time passes: months begin and lots end, each at its moment. */
    moveTo(moment: number): void {
      while (paid?.nextMonth != null && paid.nextMonth <= moment) beginMonth()
      endUntil(moment)
      now = moment
    },
    add,
    /** Takes credits, unless there are too few. */
    take(amount: number): boolean {
      if (this.balance() < amount) return false
      const last = Number.POSITIVE_INFINITY
      let rest = amount
      const burning = [...lots].sort(
        (a, b) => a.priority - b.priority || (a.expiresAt ?? last) - (b.expiresAt ?? last) || a.order - b.order || 0,
      )
      for (const lot of burning) {
        const taken = Math.min(rest, lot.left)
        lot.left -= taken
        rest -= taken
      }
      return true
    },
    pay(plan: ModelPlan, months: number): void {
      if (paid === null || paid.end <= now) {
        for (const lot of lots) if (lot.isPlan && lot.left > 0 && lot.expiresAt !== null) end(lot)
        const next = boundaryAfter(now, now)
        paid = { plan, anchor: now, end: monthsAfter(now, months), nextMonth: null }
        addPlanLot(plan, next)
        if (next < paid.end) paid.nextMonth = next
        return
      }
      const former = paid.end
      paid = { ...paid, plan, end: monthsAfter(paid.anchor, monthsBetween(paid.anchor, former) + months) }
      if (paid.nextMonth !== null) return
      const next = boundaryAfter(paid.anchor, former)
      addPlanLot(plan, next)
      if (next < paid.end) paid.nextMonth = next
    },
    balance: (): number => lots.reduce((sum, { left }) => sum + left, 0),
    /** What is left in each lot and until when, in no order. */
    lots: (): string[] =>
      lots
        .filter(({ left }) => left > 0)
        .map(({ left, expiresAt }) => `${left} until ${expiresAt}`)
        .sort(),
  }
}

const at = (moment: number) => Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO('UTC')

const monthsAfter = (anchor: number, months: number): number => at(anchor).add({ months }).epochMilliseconds

/** Counts up, so that it cannot share a mistake with a calculation. */
function monthsBetween(anchor: number, moment: number): number {
  let months = 0
  while (monthsAfter(anchor, months + 1) <= moment) months += 1
  return months
}

const boundaryAfter = (anchor: number, moment: number): number => monthsAfter(anchor, monthsBetween(anchor, moment) + 1)
