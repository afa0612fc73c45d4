import type { IncomingHttpHeaders } from 'node:http'
import { TenantryError } from 'tenantry'
import type { HttpRequest, Route } from './exchange.js'
import { formTokenName, isFormToken } from './form-token.js'

/** Refuses a request in the library's own words. */
export const invalidInput = (path: string, message: string): TenantryError<'invalid_input'> =>
  new TenantryError('invalid_input', { issues: [{ path, message }] })

/**
 * Refuses a body that is not what the route takes, before any of it is read.
 *
 * @throws TenantryError `invalid_input`
 */
export const requireType = ({ takes }: Pick<Route, 'takes'>, headers: IncomingHttpHeaders): void =>
  takes === 'form' ? requireForm(headers) : requireJson(headers)

/** Forms of other sites can say this as well: who reads one asks for its token, see {@link readForm}. */
function requireForm(headers: IncomingHttpHeaders): void {
  const isForm = /^application\/x-www-form-urlencoded\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(headers['content-type'] ?? '')
  if (!isForm) throw invalidInput('', 'send the form as Content-Type: application/x-www-form-urlencoded')
  if (headers['content-encoding'] !== undefined) throw invalidInput('', 'send the form without a Content-Encoding')
}

/**
 * Refuses a body that does not say it is plain JSON, before any of it is read. Forms of other sites cannot say so, and what is packed may
 * be of any size.
 *
 * @throws TenantryError `invalid_input`
 */
function requireJson(headers: IncomingHttpHeaders): void {
  if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return
  const isJson = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(headers['content-type'] ?? '')
  if (!isJson) throw invalidInput('', 'send the body as Content-Type: application/json')
  if (headers['content-encoding'] !== undefined) throw invalidInput('', 'send the body without a Content-Encoding')
}

/**
 * Reads a JSON object and gives its fields the names that the library uses. Fields that are not in `names` are refused.
 * What the fields hold is not looked at: the operation that they are passed to checks every value itself.
 */
export function readBody<Input extends object>(request: HttpRequest, names: Readonly<Record<string, keyof Input & string>>): Input {
  const body = parseObject(request)
  const unknown = Object.keys(body).find((name) => !Object.hasOwn(names, name))
  if (unknown !== undefined) throw invalidInput('', `unknown field "${unknown.slice(0, 100)}"`)
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [names[name], value])) as Input
}

/**
 * Reads the form of a page into the names that the library uses. Fields that were left empty are left out; what the others hold is the
 * operation's affair.
 *
 * @throws TenantryError `invalid_input` for fields that are not in `names`; `forbidden` without the token that the page had for this session
 */
export function readForm(request: HttpRequest, session: string, names: readonly string[]): FormFields {
  const sent = [...parseForm(request)]
  const [tokens, fields] = [sent.filter(([name]) => name === formTokenName), sent.filter(([name]) => name !== formTokenName)]
  if (tokens.length !== 1 || !isFormToken(tokens[0]?.[1] ?? '', session)) throw new TenantryError('forbidden', { action: staleForm })
  const odd = fields.find(([name], index) => !names.includes(name) || fields.findIndex(([other]) => other === name) !== index)
  if (odd !== undefined) throw invalidInput('', `unknown or repeated field "${odd[0].slice(0, 100)}"`)
  return Object.fromEntries(fields.map(([name, value]) => [name, value.trim()]).filter(([, value]) => value !== ''))
}

/** What somebody wrote into a form, by the names of its fields. */
export type FormFields = Readonly<Record<string, string>>

const staleForm = 'send this form: it is not from a page of this session. Load the page again and send it from there'

function parseForm({ body }: HttpRequest): URLSearchParams {
  try {
    return new URLSearchParams(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw invalidInput('', 'the form must be in UTF-8')
  }
}

/** Is there anything in the body at all? */
export const hasBody = ({ body }: HttpRequest): boolean => body.byteLength > 0

function parseObject({ body }: HttpRequest): object {
  const value = parseJson(body)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw invalidInput('', 'the body must be a JSON object')
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw invalidInput('', 'the body must be JSON in UTF-8')
  }
}
