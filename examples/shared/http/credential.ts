import type { IncomingHttpHeaders } from 'node:http'

const cookieName = 'tenantry_session'

/** The credential that came with a request: `Authorization: Bearer …`, `X-API-Key`, or the session cookie of a browser. */
export function credentialOf({
  headers,
  method = 'GET',
}: {
  headers: IncomingHttpHeaders
  method?: string | undefined
}): string | undefined {
  const bearer = /^bearer +([^\s]+)$/i.exec(headers.authorization ?? '')?.[1]
  const apiKey = headers['x-api-key']
  return bearer ?? (typeof apiKey === 'string' ? apiKey : undefined) ?? cookieOf(headers, method)
}

/** A browser sends cookies for every site that makes it call us: one of another site must not change anything in the customer's name. */
function cookieOf(headers: IncomingHttpHeaders, method: string): string | undefined {
  const site = headers['sec-fetch-site']
  const changes = method !== 'GET' && method !== 'HEAD'
  if (changes && site !== undefined && site !== 'same-origin') return undefined
  const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim())
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
