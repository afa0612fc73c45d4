import type { ModelEvent, Tally } from './events.js'
import {
  addLot,
  burnOrder,
  type Customer,
  endHold,
  giveMonth,
  monthsAfter,
  newCustomer,
  nextMoment,
  passTime,
  take,
  write,
} from './reference-account.js'
import { type Answer, planFigures, type Request, refused, type Standing } from './requests.js'

/** The reference model of the credit engine: two customers, a clock, and what every request must answer. */
export interface Reference {
  now: number
  readonly customers: readonly [Customer, Customer]
  readonly tally: Tally
  /** First answers, by customer and key, and by the bank's reference. */
  readonly answered: Map<string, { readonly content: string; readonly answer: Answer }>
}

/** Two customers who have just signed up. */
export const newReference = (now: number, tally: Tally): Reference => ({
  now,
  tally,
  customers: [newCustomer(now), newCustomer(now)],
  answered: new Map(),
})

/** Moves the clock on. */
export function moveOn(reference: Reference, now: number): void {
  reference.now = now
  for (const customer of reference.customers) {
    passTime(customer, now, reference.tally)
    if (nextMoment(customer, reference.tally) === now + 1) reference.tally.saw('an operation comes a millisecond before an expiry')
  }
}

/** What `creditBalance` must answer. */
export function standingOf({ balance, lots }: Customer): Standing {
  const inOrder = burnOrder(lots)
  return {
    balance,
    reserved: lots.reduce((sum, { held }) => sum + held, 0),
    lots: inOrder.map(({ type, left, held, priority, ends }) => JSON.stringify([type, left, held, priority, ends])),
  }
}

/** What a request must answer. */
export function expectedAnswer(reference: Reference, request: Request): Answer {
  const customer = reference.customers[request.who]
  const { saw } = reference.tally
  switch (request.op) {
    case 'suspend':
      customer.suspended = true
      return { suspended: true }
    case 'reinstate':
      if (!customer.suspended) return refusal(saw, 'invalid_transition', 'an account that is not suspended is reinstated')
      customer.suspended = false
      return { suspended: false }
    case 'settle':
      return end(reference, customer, request.hold, 'settled', request.actual)
    case 'release':
      return end(reference, customer, request.hold, 'released', 0)
    case 'confirm':
      return confirm(reference, customer, request)
    default:
      return once(reference, customer, request)
  }
}

type Keyed = Extract<Request, { key: string }>

function refusal(saw: Tally['saw'], code: string, event: ModelEvent): Answer {
  saw(event)
  return refused(code)
}

/** A request with a key is done once. */
function once(reference: Reference, customer: Customer, request: Keyed): Answer {
  const { answered, tally, now } = reference
  const place = `${request.who} ${request.key}`
  const { key: _, ...rest } = request
  const content = JSON.stringify(rest)
  const first = answered.get(place)
  if (first !== undefined) {
    if (first.content !== content) return refusal(tally.saw, 'idempotency_mismatch', 'a key comes with other content')
    tally.saw('a replay answers the first result')
    if (customer.suspended) tally.saw('a replay comes while the account is suspended')
    if (request.op === 'grant' && request.ends !== null && request.ends <= now) {
      tally.saw('a replay comes after the expiry of what it granted')
    }
    return { ...first.answer, replayed: true }
  }
  const answer = act(reference, customer, request)
  if ('refused' in answer) return answer
  if (answered.has(`${1 - request.who} ${request.key}`)) tally.saw('a key of another account is used')
  answered.set(place, { content, answer })
  return answer
}

const done = (customer: Customer, amount: number): Answer => ({ amount, balance: customer.balance, replayed: false })

function act({ now, tally: { saw } }: Reference, customer: Customer, request: Keyed): Answer {
  const { op } = request
  if (op === 'refund') return refund(saw, now, customer, request)
  const { amount } = request
  if (op === 'grant') {
    const { ends, type, priority } = request
    if (ends !== null && ends <= now) return refusal(saw, 'invalid_input', 'a grant comes too late for its expiry')
    addLot(customer, { type, amount, priority, ends, cap: null })
  } else if (op === 'adjust') {
    if (amount > 0) addLot(customer, { type: 'adjustment', amount, priority: 0, ends: null, cap: null })
    else {
      if (customer.balance < -amount) return refusal(saw, 'insufficient_credits', 'an adjustment asks for too much')
      take(customer, -amount)
      write(customer, 'adjustment', amount)
    }
  } else {
    if (customer.suspended) return refusal(saw, 'account_suspended', 'a suspended account is refused')
    if (customer.balance < amount) {
      return refusal(saw, 'insufficient_credits', op === 'spend' ? 'a spend asks for too much' : 'a reservation asks for too much')
    }
    if (customer.balance === amount && op === 'spend') saw('a spend takes the whole balance')
    const parts = take(customer, amount)
    if (parts.length > 1) saw(op === 'spend' ? 'a spend takes from several lots' : 'a reservation takes from several lots')
    write(customer, op === 'spend' ? 'usage' : 'reservation', -amount)
    if (op === 'spend') customer.uses.push({ amount, back: 0, isSettlement: false })
    else {
      for (const part of parts) part.lot.held += part.amount
      customer.holds.push({ status: 'open', amount, actual: null, ends: now + request.seconds * 1000, parts, balanceAtEnd: 0 })
    }
    return done(customer, -amount)
  }
  return done(customer, amount)
}

function refund(saw: Tally['saw'], now: number, customer: Customer, { use, amount }: Extract<Request, { op: 'refund' }>): Answer {
  const spent = customer.uses[use]
  if (spent === undefined) throw new Error('there is no such use')
  const left = spent.amount - spent.back
  const asked = amount ?? left
  if (asked > left || asked === 0) return refusal(saw, 'invalid_input', 'a refund asks for too much')
  saw(asked < left ? 'a refund gives back a part' : 'a refund gives back the rest')
  if (spent.isSettlement) saw('a refund of what a reservation has used')
  spent.back += asked
  const ends = customer.lots.findLast(({ type }) => type === 'subscription')?.ends ?? null
  const isOver = ends === null || ends <= now
  saw(isOver ? 'a refund lasts for ever' : 'a refund lasts as long as the plan credits')
  addLot(customer, { type: 'refund', amount: asked, priority: 0, ends: isOver ? null : ends, cap: null })
  return done(customer, asked)
}

function end(reference: Reference, customer: Customer, index: number, status: 'settled' | 'released', actual: number): Answer {
  const { tally, now } = reference
  const hold = customer.holds[index]
  if (hold === undefined) throw new Error('there is no such reservation')
  if (actual > hold.amount) return refusal(tally.saw, 'invalid_input', 'a reservation is settled above its amount')
  const isRepeated = hold.status !== 'open'
  if (isRepeated && (hold.status !== status || (hold.actual ?? 0) !== actual)) {
    return refusal(tally.saw, 'reservation_closed', 'a reservation is ended again in another way')
  }
  if (isRepeated) tally.saw('a reservation is ended again in the same way')
  else {
    if (status === 'released') tally.saw('a reservation is released')
    else if (actual === 0) tally.saw('a reservation is settled at nothing')
    else tally.saw(actual < hold.amount ? 'a reservation is settled below its amount' : 'a reservation is settled at its amount')
    endHold(customer, hold, status, actual, now, tally)
  }
  return { status, actual: hold.actual, balance: hold.balanceAtEnd, replayed: isRepeated }
}

function confirm(reference: Reference, customer: Customer, request: Extract<Request, { op: 'confirm' }>): Answer {
  const { answered, tally } = reference
  const { saw } = tally
  const content = JSON.stringify(request)
  const first = answered.get(`bank ${request.reference}`)
  if (first !== undefined) {
    if (first.content === content) {
      saw('a payment comes again')
      return { ...first.answer, replayed: true }
    }
    const isOwn = JSON.parse(first.content).who === request.who
    return refusal(
      saw,
      'payment_reference_conflict',
      isOwn ? 'a payment comes again with other content' : 'a payment comes again for another account',
    )
  }
  if (request.cents !== planFigures[request.plan].price * request.months) {
    return refusal(saw, 'amount_mismatch', 'a payment is not the price')
  }
  const answer = buy(reference, customer, request)
  if (!('refused' in answer)) answered.set(`bank ${request.reference}`, { content, answer })
  return answer
}

function buy({ now, tally }: Reference, customer: Customer, { plan, months }: Extract<Request, { op: 'confirm' }>): Answer {
  const { saw } = tally
  const lines = customer.lines.length
  const { paid } = customer
  let from: number
  if (paid === null || monthsAfter(paid.anchor, paid.paid) <= now) {
    saw(paid === null ? 'a trial becomes a paid period and its credits lapse' : 'a renewal comes late')
    from = now
    for (const lot of customer.lots) {
      if (lot.type !== 'subscription' || lot.left + lot.held === 0 || lot.ends === null || lot.ends <= now) continue
      lot.ends = now
    }
    passTime(customer, now, tally)
    customer.paid = { anchor: now, paid: months, given: 0, plan }
    giveMonth(customer, tally)
  } else {
    const [present, next] = [planFigures[paid.plan].price, planFigures[plan].price]
    const isLastMonth = paid.given === paid.paid && monthsAfter(paid.anchor, paid.paid - 1) <= now
    if (next < present) return refusal(saw, 'already_subscribed', 'a downgrade')
    if (plan !== paid.plan && !isLastMonth) return refusal(saw, 'already_subscribed', 'another plan before the last month')
    if (next > present) saw('an upgrade')
    from = monthsAfter(paid.anchor, paid.paid)
    const isGivenNow = paid.given === paid.paid
    saw(isGivenNow ? 'a renewal comes early' : 'a renewal comes early and its credits wait for their month')
    paid.paid += months
    paid.plan = plan
    if (isGivenNow) giveMonth(customer, tally)
  }
  // Confirming money that came opens a suspended account again.
  customer.suspended = false
  const granted = customer.lines.slice(lines).filter(([type]) => type === 'subscription')
  return {
    credits: customer.balance,
    granted: granted.reduce((sum, [, amount]) => sum + amount, 0),
    start: from,
    end: monthsAfter(customer.paid?.anchor ?? now, customer.paid?.paid ?? 0),
    replayed: false,
  }
}
