/**
 * The moment `months` calendar months after `anchor`, in UTC: the same day and time, or the month's last day where it has no such day
 * (31 January, 28 February, 31 March). Always count from the anchor, never from an earlier result, so that nothing drifts.
 */
export function addMonths(anchor: Date, months: number): Date {
  const year = anchor.getUTCFullYear()
  const month = anchor.getUTCMonth() + months
  const lastDay = new Date(0)
  lastDay.setUTCFullYear(year, month + 1, 0)
  const moment = new Date(anchor)
  moment.setUTCFullYear(year, month, Math.min(anchor.getUTCDate(), lastDay.getUTCDate()))
  return moment
}

/** The number of whole months from `anchor` to `moment`: the largest n with `addMonths(anchor, n) <= moment`. */
export function wholeMonths(anchor: Date, moment: Date): number {
  const years = moment.getUTCFullYear() - anchor.getUTCFullYear()
  const months = years * 12 + moment.getUTCMonth() - anchor.getUTCMonth()
  return addMonths(anchor, months) <= moment ? months : months - 1
}

/** The moment `days` times 24 hours after `from`. */
export function addDays(from: Date, days: number): Date {
  return new Date(from.getTime() + days * 86_400_000)
}

/** The moment `seconds` after `from`. */
export function addSeconds(from: Date, seconds: number): Date {
  return new Date(from.getTime() + seconds * 1000)
}
