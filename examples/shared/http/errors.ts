import { randomUUID } from 'node:crypto'
import { httpStatus, type InputIssue, isTenantryError, type Logger } from 'tenantry'
import { messagePage } from '../pages/message.js'
import { page, refusalBody } from './answers.js'
import type { Answer, HttpRequest } from './exchange.js'
import { snakeCase } from './names.js'

type Request = Pick<HttpRequest, 'method' | 'path' | 'headers'>

interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly more?: object
}

/** The answer to anything that was thrown. What nobody foresaw is logged whole, and told to nobody. */
export function errorAnswer(error: unknown, request: Request, logger: Logger): Answer {
  return show(refusalOf(error) ?? unforeseen(error, request, logger), request)
}

/** The answer for a path that is no route. */
export const notFound = (request: Request): Answer => show({ status: 404, code: 'not_found', message: 'There is nothing here.' }, request)

function refusalOf(error: unknown): Refusal | null {
  if (isTenantryError(error, 'invalid_input')) {
    return invalid(error.details.issues.map(({ path, message }) => ({ path: snakeCase(path), message })))
  }
  if (isTenantryError(error)) return { status: httpStatus(error.code), code: error.code, message: error.message }
  const status = statusOf(error)
  return status >= 400 && status < 500 ? unreadable(status) : null
}

/** Express and Fastify give their errors a status: a body too long, a path that cannot be decoded. */
function statusOf(error: unknown): number {
  if (!(error instanceof Error)) return 0
  const { statusCode, status = statusCode } = error as { statusCode?: unknown; status?: unknown }
  return typeof status === 'number' ? status : 0
}

const unreadable = (status: number): Refusal =>
  invalid([{ path: '', message: status === 413 ? 'the body is too large' : 'the request cannot be read' }])

const invalid = (issues: readonly InputIssue[]): Refusal => ({
  status: 400,
  code: 'invalid_input',
  message: `Invalid input: ${issues.map(({ path, message }) => (path === '' ? message : `${path} ${message}`)).join('; ')}.`,
  more: { issues },
})

function unforeseen(error: unknown, { method, path }: Request, logger: Logger): Refusal {
  const requestId = randomUUID()
  logger.error('a request failed', { requestId, method, path, error: error instanceof Error ? error.stack : String(error) })
  const message = 'Something went wrong here. Try again; if it stays, tell support the request id.'
  return { status: 500, code: 'internal_error', message, more: { request_id: requestId } }
}

/** People who follow a link see a page, programs see JSON. */
function show({ status, more, ...refusal }: Refusal, { path, headers }: Request): Answer {
  const isForPeople = !path.startsWith('/api/') && (headers.accept ?? '').includes('text/html')
  return isForPeople ? page(messagePage('Sorry', refusal.message), status) : { status, body: { ...refusalBody(refusal), ...more } }
}
