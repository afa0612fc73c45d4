import type { IncomingMessage } from 'node:http'
import { credentialKind } from 'tenantry'

const cookieName = 'tenantry_session'

/** A request of Node's server. */
type NodeRequest = Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'method'>
type Header = (name: string) => string | null | undefined

/**
 * The credential that came with a request: `Authorization: Bearer …`, else `X-API-Key`, else the session cookie of a browser. The first
 * that is there counts, right or wrong. What was sent twice is no credential.
 */
export const credentialOf = ({ headers, rawHeaders, method = 'GET' }: NodeRequest): string | undefined =>
  pick((name) => (name === 'authorization' ? authorizationOf(rawHeaders) : headers[name]?.toString()), method)

/** The same of a request as `fetch` knows it. */
export const credentialIn = ({ headers, method }: Request): string | undefined => pick((name) => headers.get(name), method)

function pick(header: Header, method: string): string | undefined {
  const bearer = /^bearer +(\S.*)$/i.exec(header('authorization') ?? '')?.[1]
  return bearer ?? header('x-api-key') ?? cookieOf(header, method)
}

/** Node keeps the first of several `Authorization` headers and says nothing of the others. */
function authorizationOf(rawHeaders: readonly string[]): string {
  let found = ''
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = [rawHeaders[index], rawHeaders[index + 1]]
    if (name.length === 13 && name.toLowerCase() === 'authorization') found = found === '' ? value : `${found}, ${value}`
  }
  return found
}

/** The credential of a request, if it is a session's. An API key is for programs, and opens no page. */
export function sessionOf(request: NodeRequest): string | undefined {
  const credential = credentialOf(request)
  return credential !== undefined && credentialKind(credential) === 'session' ? credential : undefined
}

/** A browser sends cookies for every site that makes it call us: one of another site must not change anything in the customer's name. */
function cookieOf(header: Header, method: string): string | undefined {
  const site = header('sec-fetch-site') ?? 'same-origin'
  const changes = method !== 'GET' && method !== 'HEAD'
  if (changes && site !== 'same-origin') return undefined
  const cookies = (header('cookie') ?? '').split(';').map((cookie) => cookie.trim())
  return cookies.find((cookie) => cookie.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1)
}

/** `Set-Cookie` for a browser that signed in: out of reach of scripts and of other sites. */
export function sessionCookie({ token, expiresAt }: { token: string; expiresAt: Date }, isSecure: boolean): Record<string, string> {
  return setCookie(token, `Expires=${expiresAt.toUTCString()}`, isSecure)
}

/** `Set-Cookie` for a browser that signed out. */
export const noSessionCookie = (isSecure: boolean): Record<string, string> => setCookie('', 'Max-Age=0', isSecure)

const setCookie = (value: string, life: string, isSecure: boolean): Record<string, string> => ({
  'Set-Cookie': `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict; ${life}${isSecure ? '; Secure' : ''}`,
})
