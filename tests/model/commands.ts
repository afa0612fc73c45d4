import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { ask, type Session, standing } from './library.js'
import { expectedAnswer, moveOn, type Reference, standingOf } from './reference.js'
import { type Hold, monthsAfter, nextMoment } from './reference-account.js'
import { type PlanName, planFigures, type Request, type Who } from './requests.js'

/** The model's side of a run: the reference, and the requests that were made so far. */
export interface ModelState {
  readonly reference: Reference
  readonly made: Request[]
  /** Every step as text: what a failure shows. */
  readonly trail: string[]
}

/** One step of a run. What it asks for depends on what there is when its turn comes. */
interface Step {
  readonly who: Who
  readonly pick: number
  readonly size: number
}

type Wish = (state: ModelState, step: Step) => Request | null
type Command = fc.AsyncCommand<ModelState, Session>

const newKey = ({ made }: ModelState): string => `key ${made.length}`
const one = <Item>(items: readonly Item[], pick: number): Item => items[pick % items.length] as Item

/** From nothing to more than there is; often all of it. */
function amountOf({ reference }: ModelState, { who, pick, size }: Step): number {
  const { balance } = reference.customers[who]
  if (pick % 16 === 0) return Math.max(1, balance)
  if (pick % 16 === 1) return balance + 1
  return Math.max(1, Math.floor((Math.max(balance, 100) * size) / (pick % 2 === 0 ? 1000 : 4000)))
}

const day = 86_400_000

/** Short, long, or together with what happens next. */
function expiryOf({ reference }: ModelState, { who, pick, size }: Step): number | null {
  const next = nextMoment(reference.customers[who], reference.tally)
  if (pick % 4 === 0) return null
  if (pick % 4 === 1 && next !== null) return next
  return reference.now + (pick % 32 === 2 ? 0 : 1 + size * (pick % 3 === 0 ? 60_000 : day / 20))
}

const wishes: Record<string, Wish> = {
  grant: (state, step) => ({
    op: 'grant',
    who: step.who,
    key: newKey(state),
    amount: 1 + step.size,
    type: one(['purchase', 'promotion', 'promotion', 'subscription'] as const, step.pick >> 3),
    priority: one([0, 0, 0, 1, 5], step.pick >> 5),
    ends: expiryOf(state, step),
  }),
  spend: (state, step) => ({ op: 'spend', who: step.who, key: newKey(state), amount: amountOf(state, step) }),
  adjust: (state, step) => ({
    op: 'adjust',
    who: step.who,
    key: newKey(state),
    amount: step.size % 2 === 0 ? 1 + step.size : -amountOf(state, step),
  }),
  reserve: (state, step) => ({
    op: 'reserve',
    who: step.who,
    key: newKey(state),
    amount: amountOf(state, step),
    seconds: one([1, 60, 3600, 20 * 86_400, 80 * 86_400], step.size),
  }),
  settle({ reference }, { who, pick, size }) {
    const hold = holdOf(reference.customers[who].holds, pick)
    if (hold === null) return null
    const amount = reference.customers[who].holds[hold]?.amount ?? 0
    return { op: 'settle', who, hold, actual: one([0, amount, amount + 1, Math.floor((amount * size) / 1000), 1], size) }
  },
  release({ reference }, { who, pick }) {
    const hold = holdOf(reference.customers[who].holds, pick)
    return hold === null ? null : { op: 'release', who, hold }
  },
  refund(state, { who, pick, size }) {
    const { uses } = state.reference.customers[who]
    const use = recent(uses.length, pick)
    if (use === null) return null
    const amount = uses[use]?.amount ?? 0
    return { op: 'refund', who, key: newKey(state), use, amount: one([null, Math.max(1, Math.floor(amount / 3)), amount], size) }
  },
  confirm({ made }, { who, pick, size }) {
    const plan = one(Object.keys(planFigures) as PlanName[], pick)
    const months = one([1, 1, 2, 3], size)
    const cents = planFigures[plan].price * months + (pick % 11 === 0 ? 1 : 0)
    return { op: 'confirm', who, reference: `T${made.length}`, plan, months, cents }
  },
  suspend: (_, { who }) => ({ op: 'suspend', who }),
  reinstate: (_, { who }) => ({ op: 'reinstate', who }),
  again: ({ made }, { pick, size }) => (made.length === 0 ? null : changed(one(made, pick), size)),
  payAgain({ made }, { pick, size }) {
    const payments = made.filter(({ op }) => op === 'confirm')
    return payments.length === 0 ? null : changed(one(payments, pick), size)
  },
}

/** Mostly one that is open. */
function holdOf(holds: readonly Hold[], pick: number): number | null {
  const open = holds.flatMap(({ status }, index) => (status === 'open' ? index : []))
  return open.length === 0 || pick % 4 === 0 ? recent(holds.length, pick >> 2) : one(open, pick >> 2)
}

/** The newest are asked for more often. */
function recent(count: number, pick: number): number | null {
  if (count === 0) return null
  return count - 1 - (pick % 3 === 0 ? pick % count : pick % Math.min(count, 3))
}

/** An earlier request: the same, with other content, or for the other customer. */
function changed(request: Request, size: number): Request {
  const way = size % 4
  if (way < 2) return request
  const other = (1 - request.who) as Who
  if (request.op === 'confirm') return way === 2 ? { ...request, cents: request.cents + 1 } : { ...request, who: other }
  if (!('key' in request) || request.op === 'refund') return request
  return way === 2 ? { ...request, amount: request.amount + Math.sign(request.amount) } : { ...request, who: other }
}

function requestCommand(name: string, wish: Wish, step: Step): Command {
  return {
    check: (state) => wish(state, step) !== null,
    async run(state, session) {
      const request = wish(state, step)
      if (request === null) return
      const shown = JSON.stringify(request)
      state.made.push(request)
      state.trail.push(shown)
      const expected = expectedAnswer(state.reference, request)
      same(`the answer to ${shown}`, await ask(session, request), expected)
      await sameStanding(`the balance after ${shown}`, state, session, request.who)
    },
    toString: () => name,
  }
}

function moveClock(step: Step): Command {
  return {
    check: () => true,
    async run(state, session) {
      const { reference } = state
      const moment = Math.max(reference.now, Math.floor(nextStop(reference, step)))
      const shown = `move the clock to ${new Date(moment).toISOString()}`
      state.trail.push(shown)
      moveOn(reference, moment)
      session.clock.set(new Date(moment))
      await sameStanding(`the balance after ${shown}`, state, session, step.who)
    },
    toString: () => 'clock',
  }
}

/** Mostly to what happens next, a millisecond before or after it; sometimes to the end of a month, or just on. */
function nextStop({ now, customers, tally }: Reference, { who, pick, size }: Step): number {
  const next = nextMoment(customers[who], tally)
  const way = pick % 8
  if (way < 4 && next !== null) return next + one([-1, 0, 0, 1], size)
  if (way === 4) return monthsAfter(Date.UTC(new Date(now).getUTCFullYear(), new Date(now).getUTCMonth(), 1), 1) + one([-1, 0, 1], size)
  if (way === 5) return now + size * (day / 30)
  if (way === 6) return now + (size % 10 === 0 ? 70 * day : day)
  return now + size
}

async function sameStanding(what: string, { reference }: ModelState, session: Session, who: Who): Promise<void> {
  same(what, await standing(session, who), standingOf(reference.customers[who]))
}

/** Throws if the library and the model differ. */
export function same(what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return
  throw new Error(`${what} is\n  ${JSON.stringify(found)}\nand should be\n  ${JSON.stringify(expected)}`)
}

const steps: fc.Arbitrary<Step> = fc.record({
  who: fc.constantFrom<Who[]>(0, 0, 0, 1),
  pick: fc.nat({ max: 1023 }),
  size: fc.nat({ max: 1000 }),
})

const weights: readonly (readonly [name: string, weight: number])[] = [
  ['grant', 5],
  ['spend', 12],
  ['adjust', 2],
  ['reserve', 8],
  ['settle', 6],
  ['release', 3],
  ['refund', 5],
  ['confirm', 3],
  ['suspend', 1],
  ['reinstate', 3],
  ['again', 6],
  ['payAgain', 2],
  ['clock', 9],
]

const byName = (name: string): fc.Arbitrary<Command> => {
  const wish = wishes[name]
  return steps.map((step) => (wish === undefined ? moveClock(step) : requestCommand(name, wish, step)))
}

/** Up to `length` commands, each as often as its weight says. */
export const commandLists = (length: number) =>
  fc.commands(
    weights.flatMap(([name, weight]) => Array.from({ length: weight }, () => byName(name))),
    { maxCommands: length, size: 'max' },
  )
