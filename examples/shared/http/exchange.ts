import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Authorized } from 'tenantry'
import type { App } from '../app.js'

/** A request as the routes see it, whichever framework received it. */
export interface HttpRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** All values of a header, to tell one from several. */
  readonly headerValues: NodeJS.Dict<string[]>
  /** All headers as they came, name and value by turns. */
  readonly rawHeaders: string[]
  /** The bytes as they came. */
  readonly body: Uint8Array
  /** The address of the client, past the proxies that are ours and no others: a caller could write anything into a header. */
  readonly ip: string | null
  readonly isSecure: boolean
}

/** An answer, before it is written out. Objects become JSON. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | object
}

/** A route that anybody may call; whatever it asks of the caller it asks itself. */
export interface PublicRoute {
  readonly access: 'anyone'
  readonly method: Method
  readonly path: string
  /** Takes the form of a page, sent without a script, instead of JSON. */
  readonly takes?: 'form'
  readonly handle: (app: App, request: HttpRequest) => Promise<Answer>
}

/** A route for accounts that may act; the framework's `requireAccount` stands before it. */
export interface AccountRoute {
  readonly access: 'account'
  readonly method: Method
  readonly path: string
  readonly takes?: undefined
  /** What an API key must be allowed to do. */
  readonly scopes: readonly string[]
  readonly handle: (app: App, request: HttpRequest, caller: Caller) => Promise<Answer>
}

/** What the routes answer to; `HEAD` is answered where `GET` is. */
export type Method = 'GET' | 'POST' | 'DELETE'
/** A route of either kind. */
export type Route = PublicRoute | AccountRoute

/** Who called, once `requireAccount` let them pass. */
export type Caller = Authorized & { readonly principal: NonNullable<Authorized['principal']> }

/** A body may have this many bytes. */
export const maxBodyBytes = 64 * 1024

/** Reads a request of Node's server, which all the frameworks stand on. */
export function toRequest(
  { clientAddress }: Pick<App, 'clientAddress'>,
  raw: IncomingMessage,
  parsed: { params: Readonly<Record<string, string>>; body: unknown },
): HttpRequest {
  const [path = '/', query = ''] = splitOnce(raw.url ?? '/', '?')
  return {
    method: raw.method ?? 'GET',
    path,
    params: parsed.params,
    query: new URLSearchParams(query),
    headers: raw.headers,
    headerValues: raw.headersDistinct,
    rawHeaders: raw.rawHeaders,
    body: parsed.body instanceof Uint8Array ? parsed.body : new Uint8Array(),
    ip: clientAddress({ peer: raw.socket.remoteAddress, headers: raw.headers }),
    // A caller who forges the header of a proxy only restricts a cookie of their own.
    isSecure: 'encrypted' in raw.socket || raw.headers['x-forwarded-proto'] === 'https',
  }
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
