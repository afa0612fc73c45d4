import { invalidInput } from './body.js'
import type { HttpRequest } from './exchange.js'

/**
 * The `Idempotency-Key` of a request: a quoted string, as draft-ietf-httpapi-idempotency-key-header asks, or the bare key, as most clients
 * send it. What a key may look like is the library's affair.
 */
export function idempotencyKeyOf({ headerValues }: HttpRequest): string {
  const [value, ...others] = headerValues['idempotency-key'] ?? []
  if (value === undefined || value === '')
    throw invalidInput('Idempotency-Key', 'this header is required; send a new key for each new spend')
  if (others.length > 0) throw invalidInput('Idempotency-Key', 'send this header once')
  return value.startsWith('"') ? unquoted(value) : value
}

/** A string of a structured field (RFC 9651, section 4.2.5). */
function unquoted(value: string): string {
  const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(value)?.[1]
  if (quoted === undefined) throw invalidInput('Idempotency-Key', 'must end with the quotation mark it begins with')
  return quoted.replace(/\\(["\\])/g, '$1')
}
