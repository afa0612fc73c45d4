import { createHmac, timingSafeEqual } from 'node:crypto'
import { TenantryError } from '../../errors.js'
import { secureRandomBytes } from './system-runtime.js'

/** The headers of a signed message, by the specification "Standard Webhooks" 1.0.0. */
export interface WebhookHeaders {
  /** The same at every attempt. */
  readonly 'webhook-id': string
  /** When this attempt was made, in seconds since 1970. */
  readonly 'webhook-timestamp': string
  /** `v1,` and the Base64 of an HMAC-SHA256; one for each secret, with a space between. */
  readonly 'webhook-signature': string
}

/** A message that is to be signed. */
export interface WebhookMessage {
  /** Tells repeated messages: printable ASCII without a point. */
  readonly id: string
  readonly sentAt: Date
  /** The body, exactly as it is sent. */
  readonly payload: string
}

/** What came in. */
export interface ReceivedWebhook {
  /** By lower-case name, as Node gives them; of a `Headers`, `Object.fromEntries(headers)`. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The body as it came, before anything has parsed it. */
  readonly payload: string | Uint8Array
}

/** Is a message what it says? If not, why: for the log, not for the sender. */
export type WebhookVerdict =
  | { readonly ok: true; readonly id: string; readonly sentAt: Date }
  | { readonly ok: false; readonly reason: 'header_missing' | 'wrong_time' | 'wrong_signature' }

/** A new secret for one receiver: `whsec_` and the Base64 of 32 random bytes. */
export const webhookSecret = (): string => `${secretPrefix}${Buffer.from(secureRandomBytes(32)).toString('base64')}`

/**
 * Signs a message with one secret, or with several while a secret is being replaced: the receiver needs any one of them.
 *
 * @throws TenantryError `invalid_input` for an id or a secret that the specification does not allow
 */
export function signWebhook({ id, sentAt, payload }: WebhookMessage, secrets: string | readonly string[]): WebhookHeaders {
  if (!/^[\x21-\x2d\x2f-\x7e]+$/.test(id)) throw wrong('id', 'must be printable ASCII without a point')
  const timestamp = String(Math.floor(sentAt.getTime() / 1000))
  const signatures = keysOf(secrets).map((key) => `v1,${signature(key, id, timestamp, payload).toString('base64')}`)
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}

/**
 * Tells whether a message was signed with one of the secrets, and sent within `toleranceSeconds` (300) of `now`. Whoever signs must also see
 * to it that a message is not taken twice: remember its id. Takes the same time wherever a signature differs.
 *
 * @throws TenantryError `invalid_input` for a secret that the specification does not allow
 */
export function verifyWebhook(
  { headers, payload }: ReceivedWebhook,
  secrets: string | readonly string[],
  { now, toleranceSeconds = 300 }: { now: Date; toleranceSeconds?: number },
): WebhookVerdict {
  const keys = keysOf(secrets)
  const [id, timestamp, signatures] = (['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const).map((name) => headers[name])
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return refused('header_missing')
  const sentAt = new Date(Number(timestamp) * 1000)
  const isTimely = /^\d{1,12}$/.test(timestamp) && Math.abs(now.getTime() - sentAt.getTime()) <= toleranceSeconds * 1000
  if (!isTimely) return refused('wrong_time')
  const given = signatures.split(' ').flatMap((one) => (one.startsWith('v1,') ? [Buffer.from(one.slice(3), 'base64')] : []))
  const isSigned = keys.some((key) => {
    const expected = signature(key, id, timestamp, payload)
    return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected))
  })
  return isSigned ? { ok: true, id, sentAt } : refused('wrong_signature')
}

const refused = (reason: Extract<WebhookVerdict, { ok: false }>['reason']): WebhookVerdict => ({ ok: false, reason })

const signature = (key: Buffer, id: string, timestamp: string, payload: string | Uint8Array): Buffer =>
  createHmac('sha256', key).update(`${id}.${timestamp}.`).update(payload).digest()

const secretPrefix = 'whsec_'

function keysOf(secrets: string | readonly string[]): Buffer[] {
  const list = typeof secrets === 'string' ? [secrets] : secrets
  if (!Array.isArray(list) || list.length === 0) throw wrong('secrets', 'must name a secret')
  return list.map(keyOf)
}

/** The specification asks for 24 to 64 bytes; its own examples have 18. */
function keyOf(secret: unknown): Buffer {
  const text = typeof secret === 'string' && secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : ''
  const key = Buffer.from(text, 'base64')
  const isBase64 = key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')
  if (isBase64 && key.length >= 16 && key.length <= 64) return key
  throw wrong('secrets', 'must be "whsec_" and the Base64 of 16 to 64 bytes')
}

const wrong = (path: string, message: string): TenantryError<'invalid_input'> =>
  new TenantryError('invalid_input', { issues: [{ path, message }] })
