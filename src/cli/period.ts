import { usageFailure } from './failure.js'

/** A time with its first instant, and without its last. */
export interface Period {
  readonly from: Date
  readonly to: Date
}

const day = 86_400_000
const daysWhenLeftOut = 30

/**
 * The time that a report is about. What is left out makes it 30 days that end with today, in UTC.
 *
 * @throws Failure `usage` when it would end before it begins
 */
export function periodOf(given: { from: Date | undefined; to: Date | undefined }, now: Date): Period {
  const to = given.to ?? new Date((Math.floor(now.getTime() / day) + 1) * day)
  const from = given.from ?? new Date(to.getTime() - daysWhenLeftOut * day)
  if (from < to) return { from, to }
  const end = given.to === undefined ? ', which is the end of today (UTC) when left out' : ''
  throw usageFailure(`--from must be earlier than --to${end}.`)
}
