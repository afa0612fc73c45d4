/** A request to a server under test. */
export interface Ask {
  /** A session token or an API key, as `Authorization: Bearer`. */
  readonly as?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly raw?: string | Uint8Array
}

/** What came back. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown
}

export type Client = (request: string, ask?: Ask) => Promise<Answered>

/** Sends requests such as `GET /api/v1/plans/`. Redirects are not followed. */
export const createClient =
  (url: string): Client =>
  async (request, { as, headers, json, raw } = {}) => {
    const [method = 'GET', path = '/'] = request.split(' ')
    const content = json === undefined ? raw : JSON.stringify(json)
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(as !== undefined && { Authorization: `Bearer ${as}` }),
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(content !== undefined && { body: content }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
    return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text }
  }

/** A part of an answer by dotted path. */
export const at = ({ body }: Answered, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], body)

/** A text in an answer by dotted path. */
export function textAt(answer: Answered, path: string): string {
  const value = at(answer, path)
  if (typeof value !== 'string') throw new Error(`no text at ${path}, but ${answer.status} ${JSON.stringify(answer.body)}`)
  return value
}
