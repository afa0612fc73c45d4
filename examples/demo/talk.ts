/** A request of the tour, with what is expected of the answer. */
export interface Request {
  /** Such as `GET /api/v1/plans/`. */
  readonly request: string
  /** A session token or an API key. */
  readonly as?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  readonly status: number
  /** What the answer has to say, by dotted path. It is printed as well. */
  readonly says?: Readonly<Record<string, unknown>>
}

/** An answer; `at` reads it by dotted path. */
export interface Answer {
  readonly headers: Headers
  at(path: string): unknown
}

/** Talks with a server and tells the reader about it. */
export interface Talk {
  step(title: string): void
  say(text: string): void
  /** Sends a request and prints it with its answer. Throws when the answer is not the expected one. */
  ask(request: Request): Promise<Answer>
  /** The same, without a word. */
  askQuietly(request: Request): Promise<Answer>
}

/** A talk with the server at `url`. */
export function createTalk(url: string, write: (text: string) => void): Talk {
  let steps = 0
  return {
    step: (title) => write(`\n${++steps}. ${title}\n`),
    say: (text) => write(`   ${text}\n`),
    async ask(request) {
      write(`   → ${request.request}${request.body === undefined ? '' : ` ${JSON.stringify(request.body)}`}\n`)
      if (request.as !== undefined) write(`     Authorization: Bearer ${request.as.slice(0, 18)}…\n`)
      for (const [name, value] of Object.entries(request.headers ?? {})) write(`     ${name}: ${value}\n`)
      const answer = await send(url, request)
      write(`   ← ${request.status}\n`)
      for (const path of Object.keys(request.says ?? {})) write(`     ${path}: ${show(answer.at(path))}\n`)
      return answer
    },
    askQuietly: (request) => send(url, request),
  }
}

async function send(url: string, { request, as, headers, body, status, says = {} }: Request): Promise<Answer> {
  const [method = 'GET', path = '/'] = request.split(' ')
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(as !== undefined && { Authorization: `Bearer ${as}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const answered: unknown = await response.json()
  const at = (dotted: string): unknown => dotted.split('.').reduce(fieldOf, answered)
  const isRight = response.status === status && Object.entries(says).every(([dotted, value]) => at(dotted) === value)
  if (!isRight) throw new Error(`${request}: expected ${status} ${show(says)}, but ${response.status} came: ${show(answered)}`)
  return { headers: response.headers, at }
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
