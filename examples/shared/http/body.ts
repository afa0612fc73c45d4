import type { IncomingHttpHeaders } from 'node:http'
import { TenantryError } from 'tenantry'
import type { HttpRequest } from './exchange.js'

/** Refuses a request in the library's own words. */
export const invalidInput = (path: string, message: string): TenantryError<'invalid_input'> =>
  new TenantryError('invalid_input', { issues: [{ path, message }] })

/**
 * Refuses a body that does not say it is plain JSON, before any of it is read. Forms of other sites cannot say so, and what is packed may
 * be of any size.
 *
 * @throws TenantryError `invalid_input`
 */
export function requireJson(headers: IncomingHttpHeaders): void {
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
