import { type Dice, dice } from '../support/dice.js'
import { pricesOf } from './house.js'

/** A plan that is sold. */
export type PlanSlug = keyof typeof pricesOf

/** Something that a customer does, or the staff with an account. */
export type Act =
  | { readonly kind: 'spend' | 'grant'; readonly amount: number }
  | { readonly kind: 'reserve'; readonly amount: number; readonly hours: number }
  | { readonly kind: 'settle' | 'release' | 'submit' | 'reject' | 'resume' | 'suspend' | 'reinstate' }
  | { readonly kind: 'request' | 'confirm'; readonly planSlug: PlanSlug; readonly months: number }
  | { readonly kind: 'change'; readonly planSlug: PlanSlug; readonly when: 'now' | 'period_end'; readonly byStaff: boolean }
  | { readonly kind: 'cancel'; readonly when: 'now' | 'period_end' }

/** Once more the clock is moved. */
export interface Tick {
  readonly at: Date
  /** For which accounts, by their numbers, something is done; at most one thing for each, so that they need no order. */
  readonly acts: readonly { readonly who: number; readonly act: Act }[]
  /** Who signs up. */
  readonly signUps: readonly number[]
  /** No job runs, as over a long weekend of a broken scheduler; the customers do not know. */
  readonly isSilent: boolean
}

const ticksOfTheYear = 365
/** A month and some days without any job, and then all that has come due meanwhile. */
const silence = { from: 200, until: 233 }
/** At the end nothing is done any more, so that what is to be tried again can be. */
const quietTicks = 5
/** One act in so many ticks, for each account. */
const rarity = 4

/** How often each is done, beside the others. */
const shares = {
  spend: 26,
  reserve: 12,
  settle: 6,
  release: 4,
  grant: 3,
  request: 13,
  submit: 9,
  reject: 4,
  confirm: 13,
  change: 10,
  cancel: 4,
  resume: 4,
  suspend: 1,
  reinstate: 2,
} as const satisfies Record<Act['kind'], number>

const kinds = Object.entries(shares).flatMap(([kind, share]) => Array<Act['kind']>(share).fill(kind as Act['kind']))

/** A year of so many accounts: from the same seed, the same acts at the same moments. */
export function planYear({ seed, accounts }: { seed: number; accounts: number }): Tick[] {
  const chance = dice(seed)
  const joins = Array.from({ length: accounts }, () => chance.upTo(ticksOfTheYear / 3))
  const ticks: Tick[] = []
  let at = Date.parse('2027-01-31T08:15:30.250Z')
  for (let number = 0; number < ticksOfTheYear + quietTicks; number++) {
    const isSilent = number >= silence.from && number < silence.until
    const present = joins.flatMap((joined, who) => (joined < number ? [who] : []))
    const busy = number < ticksOfTheYear ? present.filter(() => chance.upTo(rarity) === 0) : []
    const acts = busy.map((who) => ({ who, act: actOf(chance) }))
    ticks.push({ at: new Date(at), acts, signUps: joins.flatMap((joined, who) => (joined === number ? [who] : [])), isSilent })
    // Not the same hour every day: ends are met before, after and in the middle of what is done.
    at += (18 + chance.upTo(13)) * 3_600_000
  }
  return ticks
}

function actOf(chance: Dice): Act {
  const kind = chance.pick(kinds) ?? 'spend'
  const planSlug = chance.pick(Object.keys(pricesOf) as PlanSlug[]) ?? 'small'
  const when = chance.upTo(2) === 0 ? 'now' : 'period_end'
  switch (kind) {
    case 'spend':
    case 'grant':
      return { kind, amount: 1 + chance.upTo(300) }
    case 'reserve':
      return { kind, amount: 1 + chance.upTo(200), hours: 1 + chance.upTo(200) }
    case 'request':
    case 'confirm':
      return { kind, planSlug, months: chance.pick([1, 1, 1, 2, 3, 6]) ?? 1 }
    case 'change':
      return { kind, planSlug, when, byStaff: chance.upTo(2) === 0 }
    case 'cancel':
      return { kind, when: chance.upTo(3) === 0 ? 'now' : 'period_end' }
    default:
      return { kind }
  }
}
