import { isTenantryError, TenantryError } from '../../errors.js'

/** What an error of the driver is judged by, besides itself. */
export interface Circumstances {
  /** The verb that was asked. */
  readonly operation: string
  /** Was something under way that stays, should the answer alone have been lost? */
  readonly mayHaveHappened: boolean
}

/** Serialization failure and deadlock: the whole transaction may be run again. */
const retryable: ReadonlySet<string | null> = new Set(['40001', '40P01'])
/** The retryable ones, a unique or exclusion violation that nobody expected, and a lock that could not be had in time. */
const conflicting: ReadonlySet<string | null> = new Set([...retryable, '23505', '23P01', '55P03'])
/** There is no such table, no such schema, no such function. */
const notMigrated: ReadonlySet<string | null> = new Set(['42P01', '3F000', '42883'])
/** The server ended the connection, or says itself that it does not know. Class 08 (connection exception) belongs here too. */
const lost: ReadonlySet<string | null> = new Set([null, '57P01', '57P02', '57P05', '40003'])

/** An error of the driver in the words of the port, with the driver's own as its cause. */
export function storeError(error: unknown, { operation, mayHaveHappened }: Circumstances): TenantryError {
  if (isTenantryError(error)) return error
  const state = sqlState(error)
  hideSecrets(error)
  if (conflicting.has(state)) return new TenantryError('conflict', { operation }, { cause: error })
  if (notMigrated.has(state)) return new TenantryError('store_unavailable', { operation }, { cause: error, message: migrationsMissing })
  const isUnknown = mayHaveHappened && !isStatementError(error)
  if (isUnknown) return new TenantryError('outcome_unknown', { operation }, { cause: error })
  const message = state === '42501' ? notAllowed : unreachable(error, state)
  return new TenantryError('store_unavailable', { operation }, message === null ? { cause: error } : { cause: error, message })
}

/** Postgres shows the row that a constraint refused, and Node the URL that it could not read, with their secrets; hosts log causes of errors. */
function hideSecrets(error: unknown): void {
  if (typeof error !== 'object' || error === null) return
  for (const field of ['detail', 'where', 'internalQuery', 'input']) if (field in error) Reflect.set(error, field, undefined)
}

const migrationsMissing =
  'The tables of tenantry are not there, or not in the schema that was named. Run the migrations: migrate(db), or `tenantry migrate`.'

const notAllowed =
  'The database does not let its user do this, and nothing was done. Let the user own the schema of tenantry, or grant it what it lacks: ' +
  'it needs the tables, and to execute the functions.'

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens at its address.',
  ENOTFOUND: 'Its host is not known.',
  ETIMEDOUT: 'It did not answer in time.',
  '3D000': 'The server has no database of that name.',
  '28000': 'The server does not let this user in.',
  '28P01': 'The password is wrong.',
}

/** Why the database could not be reached, where that is why. */
function unreachable(error: unknown, state: string | null): string | null {
  const code = state ?? String((error as { code?: unknown } | null)?.code)
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined
  return reason === undefined ? null : `The database could not be reached, and nothing was done. ${reason}`
}

/**
 * The SQLSTATE with which Postgres explains an error; `null` when the error did not come from the server. Node's own codes look alike
 * (`EPIPE`), but begin with an E, as no SQLSTATE does.
 */
export function sqlState(error: unknown): string | null {
  const { code, data } = (error ?? {}) as { code?: unknown; data?: { code?: unknown } }
  const state = code ?? data?.code
  return typeof state === 'string' && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(state) ? state : null
}

/** Did the server refuse the statement, and is the connection as good as before? */
export function isStatementError(error: unknown): boolean {
  const state = sqlState(error)
  return !(lost.has(state) || state?.startsWith('08'))
}

/** The SQLSTATE behind an error of the store. */
export const causeState = (error: unknown): string | null => (isTenantryError(error) ? sqlState(error.cause) : null)

/** May the transaction that ended with this error of the store be run again? */
export const isRetryable = (error: unknown): boolean => retryable.has(causeState(error))

/** Could the database not even be asked? */
export const isUnreachable = (error: unknown): boolean => isTenantryError(error) && unreachable(error.cause, causeState(error)) !== null

/** Data that the server does not tell apart, data that it does not take, data that breaks a constraint, a transaction in the way, a value that is too large. */
const faultsOfOne = /^(?:21|22|23|40|54)/

/** May one of many that shared a statement be to blame for this error of the store? The statement has then done nothing. */
export const isFaultOfOne = (error: unknown): boolean =>
  !isTenantryError(error, 'outcome_unknown') && faultsOfOne.test(causeState(error) ?? '')
