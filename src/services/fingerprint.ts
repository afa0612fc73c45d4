import { hash } from 'node:crypto'
import { canonicalJson } from '../domain/canonical-json.js'

/** The SHA-256 of a secret in hexadecimal: what the store keeps of a token or key. Both hold enough randomness that no salt is needed. */
export function secretHash(secret: string): string {
  return hash('sha256', secret)
}

/** A short hash of a request's content, independent of the order of its fields. The same content gives the same fingerprint for ever. */
export function fingerprint(content: Readonly<Record<string, unknown>>): string {
  return hash('sha256', canonicalJson(content), 'base64url').slice(0, 22)
}
