import type { Answer } from './exchange.js'

/** The answer to a question or a command that succeeded. */
export const succeeded = (data: object, more: { status?: number; headers?: Record<string, string>; message?: string } = {}): Answer => {
  const { status = 200, headers = {}, message } = more
  return { status, headers, body: { success: true, ...(message !== undefined && { message }), data } }
}

/** The one form of every refusal. */
export const refusalBody = ({ message, code }: { message: string; code: string }): object => ({ success: false, error: message, code })

/** Sends a browser to another page. */
export const redirect = (location: string): Answer => ({ status: 303, headers: { Location: location }, body: '' })

/** A page. Scripts and styles come as files from here and from nowhere else. */
export const page = (html: string, status = 200): Answer => ({
  status,
  headers: {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': contentSecurityPolicy,
    'Referrer-Policy': 'no-referrer',
  },
  body: html,
})

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Adds headers to an answer. */
export const withHeaders = (answer: Answer, headers: object): Answer => ({ ...answer, headers: { ...answer.headers, ...headers } })

/** An answer as it goes out. */
export interface WrittenAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string | Uint8Array
}

/** Writes an answer out: JSON for objects, and the headers that all answers bear. */
export function writeAnswer({ status, headers = {}, body }: Answer): WrittenAnswer {
  const isJson = typeof body === 'object' && !(body instanceof Uint8Array)
  const type = isJson ? 'application/json' : 'text/plain'
  return {
    status,
    headers: {
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Content-Type': `${type}; charset=utf-8`,
      ...headers,
    },
    payload: isJson ? JSON.stringify(body) : body,
  }
}
