import { once } from 'node:events'
import { type IncomingMessage, request as open } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

/** Headers as they are sent, in this order, a name as often as it stands here. */
export type SentHeaders = readonly (readonly [name: string, value: string])[]

/** What came back. */
export interface GateAnswer {
  readonly status: number
  /** By name in small letters. Throws where one came more than once, which none of ours may. */
  readonly header: (name: string) => string | null
  readonly names: readonly string[]
  readonly text: string
  /** The text as JSON. */
  readonly body: unknown
}

export type GateClient = (request: string, headers?: SentHeaders, json?: unknown) => Promise<GateAnswer>

/** Sends headers that `fetch` would join or refuse. */
export const gateClient =
  (url: string): GateClient =>
  async (request, headers = [], json) => {
    const [method = 'GET', path = '/'] = request.split(' ')
    const body = json === undefined ? '' : JSON.stringify(json)
    const own = [
      ['Host', new URL(url).host],
      ['Content-Length', String(Buffer.byteLength(body))],
      ...(json === undefined ? [] : [['Content-Type', 'application/json']]),
    ]
    const sent = open(`${url}${path}`, { method, agent: false, headers: [...own, ...headers].flat() })
    sent.end(body)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return answerOf(response, await text(response))
  }

function answerOf({ statusCode = 0, headersDistinct }: IncomingMessage, body: string): GateAnswer {
  return {
    status: statusCode,
    header(name) {
      const values = headersDistinct[name] ?? []
      if (values.length > 1) throw new Error(`${name} came ${values.length} times`)
      return values[0] ?? null
    },
    names: Object.keys(headersDistinct),
    text: body,
    get body() {
      return JSON.parse(body)
    },
  }
}

/** Sends bytes as they are, and answers with what came until the server hung up. */
export async function sendBytes(url: string, bytes: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const hungUp = once(socket, 'close')
  socket.on('error', () => {}) // a server may hang up before it has read everything
  let answered = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    answered += chunk
  })
  socket.write(bytes)
  await hungUp
  return answered
}
