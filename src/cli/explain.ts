import { type AnyTenantryError, isTenantryError } from '../index.js'
import { Failure } from './failure.js'
import type { Io } from './io.js'

/** Why a command failed. */
export interface Problem {
  readonly exitCode: 1 | 2
  /** For machines. */
  readonly error: { readonly code: string; readonly message: string; readonly details: object }
  /** For people. */
  readonly text: string
}

/** Puts into words why a command failed, without a secret. */
export function explain(error: unknown, env: Io['env'], argv: readonly string[]): Problem {
  if (error instanceof Failure) return failed(error)
  if (isTenantryError(error)) return refused(error)
  return unexpected(error, env, argv)
}

function failed({ code, message }: Failure): Problem {
  return { exitCode: code === 'usage' || code === 'setup' ? 2 : 1, error: { code, message, details: {} }, text: message }
}

function refused(error: AnyTenantryError): Problem {
  const { code, details } = error
  const message = `${error.message}${causeOf(error)}`
  return { exitCode: 1, error: { code, message, details }, text: `${code}: ${message}` }
}

/**
 * What the database said, for whoever can look it up. Its words may hold what is stored, so they are repeated only about the tables
 * themselves.
 */
function causeOf({ code, details, cause }: AnyTenantryError): string {
  const { code: state, message } = (cause ?? {}) as { code?: unknown; message?: unknown }
  if (typeof state !== 'string' || !/^[0-9A-Z]{5}$/.test(state)) return ''
  const isAboutTables = code === 'store_unavailable' && (details.operation === 'migrate' || details.operation === 'rollback')
  return isAboutTables ? ` The database says: ${message} (SQLSTATE ${state})` : ` (SQLSTATE ${state})`
}

/** A bug, here or in a package: the trace helps to find it. */
function unexpected(error: unknown, env: Io['env'], argv: readonly string[]): Problem {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  const secrets = secretsIn(env, argv)
  const hide = (text: string): string => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text)
  return {
    exitCode: 1,
    error: { code: 'unexpected', message: hide(message), details: {} },
    text: `This should not happen; please report it.\n${hide(stack ?? message)}`,
  }
}

/** All that could give a way in: the addresses with their passwords, and the other passwords. */
function secretsIn(env: Io['env'], argv: readonly string[]): readonly string[] {
  const texts = [env['DATABASE_URL'] ?? '', ...argv.map((argument) => argument.replace(/^--url=/, ''))]
  const urls = texts.filter((text) => URL.canParse(text))
  const passwords = urls.map((url) => new URL(url).password)
  const others = [...passwords.map(decoded), env['PGPASSWORD'] ?? '', env['TENANTRY_ADMIN_PASSWORD'] ?? '']
  return [...urls, ...passwords, ...others].filter((secret) => secret !== '')
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password)
  } catch {
    return password
  }
}
