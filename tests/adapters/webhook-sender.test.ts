import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AnyTenantryEvent, isTenantryError, verifyWebhook, type WebhookSenderOptions, webhookSecret, webhookSender } from 'tenantry'
import { afterEach, describe, expect, it } from 'vitest'

const secret = webhookSecret()
const now = new Date('2026-01-31T10:20:30.900Z')
const event: AnyTenantryEvent = {
  id: 'event-1',
  accountId: 'account-1',
  sequence: 3,
  name: 'account.suspended',
  data: { reason: 'Zoë did not pay' },
  createdAt: new Date('2026-01-31T10:00:00.123Z'),
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void

let close = async (): Promise<void> => undefined
afterEach(() => close())

/** A receiver on this machine; answers its address and what came in. */
async function receiver(answer: Answer) {
  const received: { headers: IncomingMessage['headers']; method: string | undefined; body: string }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    received.push({ headers: request.headers, method: request.method, body: Buffer.concat(chunks).toString() })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () =>
    new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  const { port } = server.address() as AddressInfo
  return { received, url: `http://127.0.0.1:${port}/hooks?token=hidden` }
}

const senderTo = (url: string, options: Partial<WebhookSenderOptions> = {}) =>
  webhookSender({ url, secrets: secret, allowHttp: true, clock: () => now, ...options })

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(code, headers).end('a body that nobody reads')

describe('the sender of webhooks', () => {
  it('sends the event, signed, as JSON', async () => {
    const { url, received } = await receiver(status(204))
    expect(await senderTo(url, { secrets: [webhookSecret(), secret] })(event)).toBeUndefined()
    const [request] = received
    expect(request?.method).toBe('POST')
    expect(request?.headers['content-type']).toBe('application/json')
    expect(JSON.parse(request?.body ?? '')).toEqual({
      type: 'account.suspended',
      timestamp: '2026-01-31T10:00:00.123Z',
      accountId: 'account-1',
      sequence: 3,
      data: { reason: 'Zoë did not pay' },
    })
    const verdict = verifyWebhook({ headers: request?.headers ?? {}, payload: request?.body ?? '' }, secret, { now })
    expect(verdict).toEqual({ ok: true, id: 'event-1', sentAt: new Date('2026-01-31T10:20:30.000Z') })
  })

  it.each([200, 201, 299])('takes %i for success', async (code) => {
    const { url } = await receiver(status(code))
    expect(await senderTo(url)(event)).toBeUndefined()
  })

  it('gives up when the receiver is gone', async () => {
    const { url } = await receiver(status(410))
    expect(await senderTo(url)(event)).toEqual({ giveUp: 'The receiver answered 410 (Gone).' })
  })

  it.each([400, 401, 404, 429, 500, 503])('fails on %i', async (code) => {
    const { url } = await receiver(status(code))
    await expect(senderTo(url)(event)).rejects.toThrow(`The receiver answered ${code}.`)
  })

  it.each([301, 302, 303, 307, 308])('follows no redirect (%i)', async (code) => {
    const { url, received } = await receiver(status(code, { location: '/elsewhere' }))
    await expect(senderTo(url)(event)).rejects.toThrow(`The receiver answered ${code}.`)
    expect(received).toHaveLength(1)
  })

  it('does not wait for ever', async () => {
    const { url } = await receiver(() => {})
    await expect(senderTo(url, { timeoutMs: 30 })(event)).rejects.toThrow('The receiver did not answer within 30 ms.')
  })

  it('does not wait for a body that never ends', async () => {
    const { url } = await receiver((_, response) => void response.writeHead(200).write('and so on'))
    expect(await senderTo(url)(event)).toBeUndefined()
  })

  it('says what went wrong without the address', async () => {
    const { url } = await receiver(status(200))
    await close()
    await expect(senderTo(url)(event)).rejects.toThrow(/^The receiver could not be reached \(ECONNREFUSED\)\.$/)
  })

  it.each([
    () => {
      throw new Error('https://example.com/?token=hidden')
    },
    async () => {
      throw { cause: { code: 'https://example.com/?token=hidden' } }
    },
    async () => {
      throw undefined
    },
  ])('repeats no words of a failing fetch', async (fetch) => {
    await expect(senderTo('https://example.com', { fetch })(event)).rejects.toThrow(/^The receiver could not be reached\.$/)
  })

  const wrong: [path: string, options: object][] = [
    ['url', { url: 'http://example.com', allowHttp: false }],
    ['url', { url: 'ftp://example.com' }],
    ['url', { url: 'https://ada:secret@example.com' }],
    ['url', { url: 'example.com' }],
    ['url', { url: undefined }],
    ['secrets', { secrets: 'secret' }],
    ['secrets', { secrets: [] }],
    ['secrets', { secrets: undefined }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['timeoutMs', { timeoutMs: 1.5 }],
  ]
  it.each(wrong)('refuses a wrong %s: %j', (path, options) => {
    try {
      senderTo('https://example.com', options)
      expect.unreachable()
    } catch (error) {
      expect(isTenantryError(error, 'invalid_input') && error.details.issues.map((issue) => issue.path)).toEqual([path])
    }
  })
})
