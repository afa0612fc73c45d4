import type { AnyTenantryEvent } from '../../domain/event.js'
import { TenantryError } from '../../errors.js'
import type { EventHandler, GiveUp } from '../../ports/event-handler.js'
import type { Clock } from '../../ports/runtime.js'
import { systemClock } from './system-runtime.js'
import { signWebhook } from './webhook-signature.js'

/** How events are sent to a receiver. */
export interface WebhookSenderOptions {
  /** An https address without a user name. It is the host's choice: an address that a customer names can lead into your own network. */
  readonly url: string
  /** One secret, or the new and the old one while it is being replaced; see {@link webhookSecret}. */
  readonly secrets: string | readonly string[]
  /** How long the receiver may take, in milliseconds: 15,000 when left out. Keep it below half of the lease. */
  readonly timeoutMs?: number | undefined
  /** Allows http, for a receiver on the same machine. */
  readonly allowHttp?: boolean | undefined
  /** The `fetch` of Node when left out. Pass one that goes through your proxy. */
  readonly fetch?: WebhookFetch | undefined
  readonly clock?: Clock | undefined
}

/** As much of `fetch` as is needed. */
export type WebhookFetch = (
  url: string,
  request: {
    method: 'POST'
    headers: Record<string, string>
    body: string
    redirect: 'manual'
    signal: AbortSignal
  },
) => Promise<{ readonly status: number; readonly body?: { cancel(): Promise<void> } | null }>

/**
 * A handler for `deliverEvents` that sends each event to one receiver by the specification "Standard Webhooks" 1.0.0, as
 * `{ type, timestamp, accountId, sequence, data }` with the event's id as `webhook-id`.
 *
 * A status of 200 to 299 is success. 410 (Gone) says that the receiver wants no more: the event is dead at once. Anything else fails and is
 * tried again: another status, a redirect, which is never followed, no answer in time, no connection. The answer's body is not read, and
 * neither the body nor the address is ever part of an error.
 *
 * @throws TenantryError `invalid_input` when an option is not valid
 * @example
 * await tenantry.deliverEvents(webhookSender({ url: 'https://example.com/hooks', secrets: ['whsec_…'] }))
 */
export function webhookSender(options: WebhookSenderOptions): EventHandler {
  const { timeoutMs = 15_000, allowHttp = false, clock = systemClock, fetch: send = globalThis.fetch } = options
  const url = requireAddress(options.url, allowHttp)
  const secrets = typeof options.secrets === 'string' ? options.secrets : [...(options.secrets ?? [])]
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 600_000) throw wrong('timeoutMs', 'must be 1 to 600,000 milliseconds')
  signWebhook({ id: 'check', sentAt: clock(), payload: '' }, secrets)
  return async (event) => {
    const body = webhookBody(event)
    const headers = { 'content-type': 'application/json', ...signWebhook({ id: event.id, sentAt: clock(), payload: body }, secrets) }
    const request = { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) } as const
    return verdictOn(await statusOf(() => send(url, request), timeoutMs))
  }
}

const webhookBody = ({ name, createdAt, accountId, sequence, data }: AnyTenantryEvent): string =>
  JSON.stringify({ type: name, timestamp: createdAt.toISOString(), accountId, sequence, data })

async function statusOf(send: () => ReturnType<WebhookFetch>, timeoutMs: number): Promise<number> {
  try {
    const { status, body } = await send()
    // Unread, it would hold the connection.
    body?.cancel().catch(() => undefined)
    return status
  } catch (error) {
    throw new Error(explain(error, timeoutMs))
  }
}

function verdictOn(status: number): GiveUp | undefined {
  if (status >= 200 && status <= 299) return undefined
  if (status === 410) return { giveUp: 'The receiver answered 410 (Gone).' }
  throw new Error(`The receiver answered ${status}.`)
}

/** In words of our own: those of the runtime may name the address, and with it a secret. */
function explain(error: unknown, timeoutMs: number): string {
  const { name, cause } = (error ?? {}) as { name?: unknown; cause?: { code?: unknown } | null }
  if (name === 'TimeoutError') return `The receiver did not answer within ${timeoutMs} ms.`
  const code = typeof cause?.code === 'string' && /^[A-Z_]{1,40}$/.test(cause.code) ? ` (${cause.code})` : ''
  return `The receiver could not be reached${code}.`
}

function requireAddress(url: unknown, allowHttp: boolean): string {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null
  const isAllowed = parsed?.protocol === 'https:' || (allowHttp && parsed?.protocol === 'http:')
  if (parsed !== null && isAllowed && parsed.username === '' && parsed.password === '') return parsed.href
  throw wrong('url', `must be an ${allowHttp ? 'http or https' : 'https'} address without a user name or password`)
}

const wrong = (path: string, message: string): TenantryError<'invalid_input'> =>
  new TenantryError('invalid_input', { issues: [{ path, message }] })
