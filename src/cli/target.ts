import { Failure, usageFailure } from './failure.js'
import type { Io } from './io.js'
import { postgresUrl } from './readers.js'

/** Which tables a command is about. */
export interface Target {
  readonly url: string
  readonly schema: string | undefined
}

/**
 * The database that was named by `--url` or else by DATABASE_URL.
 *
 * @throws Failure `usage` when none was, or DATABASE_URL is not an address
 */
export function targetOf(values: { url: string | undefined; schema: string | undefined }, { env }: Io): Target {
  const url = values.url ?? env['DATABASE_URL'] ?? ''
  if (url === '') throw usageFailure('Name the database: set DATABASE_URL, or pass --url postgres://user@host:5432/name.')
  if (postgresUrl.read(url) === null) throw usageFailure(`DATABASE_URL must be ${postgresUrl.expects}.`)
  return { url, schema: values.schema }
}

/** What was wrong, by the code of Node or the SQLSTATE of the server. */
const causes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut off',
  EHOSTUNREACH: 'there is no way to that host',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  ENOENT: 'there is no such socket',
  EACCES: 'this user may not open the socket',
  ETIMEDOUT: 'nothing answered in time',
  '28P01': 'the user or the password is wrong',
  '28000': 'the server does not let this user in',
  '3D000': 'there is no such database',
  '42501': 'this user may not connect to the database',
  '53300': 'the server has no connection left',
  '57P03': 'the server is starting up or shutting down',
}

/** The same, where the driver has no code but only words. */
const wordedCauses: readonly (readonly [RegExp, string])[] = [
  [/timeout/i, 'nothing answered in time'],
  [/does not support SSL/i, 'the server does not speak TLS'],
  [/certificate|self.signed/i, 'the TLS certificate of the server is not trusted'],
  [/password must be a string/i, 'the server asks for a password and none is given'],
  [/terminated/i, 'the connection was cut off'],
]

/** Says in one sentence why the database cannot be reached, without a word of the driver's and without the password. */
export function unreachable({ url }: Target, error: unknown): Failure {
  return new Failure('store_unavailable', `The database ${placeOf(url)} cannot be reached: ${causeOf(error)}.`)
}

/** Host, port and name: never the password, nor the parameters, which may hold one too. */
function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url)
  const host = hostname === '' ? 'of the default host' : `at ${hostname}:${port || '5432'}`
  return pathname.length > 1 ? `${pathname.slice(1)} ${host}` : host
}

function causeOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  const known = typeof code === 'string' && Object.hasOwn(causes, code) ? causes[code] : undefined
  const worded = wordedCauses.find(([words]) => words.test(`${code} ${message}`))?.[1]
  return known ?? worded ?? 'the connection was not made'
}
