/** Reads the value of an option: `null` for a text that is not one. */
export interface Reader<T> {
  readonly read: (text: string) => T | null
  /** Completes "must be …". */
  readonly expects: string
}

/** Any text but none. */
export const text: Reader<string> = {
  read: (value) => (value === '' ? null : value),
  expects: 'a text that is not empty',
}

/** One of a few words. */
export const oneOf = <const Word extends string>(words: readonly Word[]): Reader<Word> => ({
  read: (value) => words.find((word) => word === value) ?? null,
  expects: `one of ${words.join(', ')}`,
})

// The whole part of every number: digits and nothing else, as people write them.
const whole = '(?:0|[1-9][0-9]*)'
const wholePattern = new RegExp(`^${whole}$`)
const decimalPattern = new RegExp(`^${whole}(?:\\.[0-9]+)?$`)

/** A number such as 12, which every machine reads alike. */
export const wholeNumber: Reader<number> = {
  read: (value) => (wholePattern.test(value) && Number.isSafeInteger(Number(value)) ? Number(value) : null),
  expects: 'a whole number in digits, such as 12',
}

/** Numbers such as 3,1. */
export const wholeNumbers: Reader<number[]> = {
  read(value) {
    const numbers = value.split(',').map(wholeNumber.read)
    return numbers.every((number) => number !== null) ? numbers : null
  },
  expects: 'whole numbers with commas between them, such as 3,1',
}

/** A number from 1 on, or all there is. */
export const countOrAll: Reader<number> = {
  read(value) {
    const count = value === 'all' ? Number.POSITIVE_INFINITY : wholeNumber.read(value)
    return count === 0 ? null : count
  },
  expects: 'a whole number from 1 on in digits, or "all"',
}

/** An amount of money such as 29.99. It stays the text it is: how many decimals it may have is the currency's affair. */
export const decimal: Reader<string> = {
  read: (value) => (decimalPattern.test(value) ? value : null),
  expects: 'a plain decimal amount, such as 29.99',
}

const isoMoment = /^(\d{4}-\d{2}-\d{2})(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))?$/

/** A date (its first instant in UTC) or a moment with its offset, as ISO 8601 writes them. */
export const moment: Reader<Date> = {
  read(value) {
    const date = isoMoment.exec(value)?.[1]
    return date !== undefined && isCalendarDate(date) ? new Date(value) : null
  },
  expects: 'a date such as 2026-12-31, or a moment such as 2026-12-31T18:00:00Z',
}

/** `new Date` takes 30 February for 2 March. */
function isCalendarDate(date: string): boolean {
  const start = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(start.getTime()) && start.toISOString().startsWith(date)
}

/** The address of a Postgres database. */
export const postgresUrl: Reader<string> = {
  read: (value) => (/^postgres(?:ql)?:\/\//.test(value) && URL.canParse(value) && !isCutInPassword(new URL(value)) ? value : null),
  expects: 'an address such as postgres://user@host:5432/name, in which / ? # @ in a password or elsewhere are percent-encoded',
}

/** `postgres://user:20/24@host/name` names the host "user": what is left of the password would be shown as the name of the database. */
const isCutInPassword = ({ pathname, search, hash }: URL): boolean => `${pathname}${search}${hash}`.includes('@')
