import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startServer as startExpress } from '../../examples/express/server.js'
import { fastifyApp, startServer as startFastify } from '../../examples/fastify/server.js'
import { startServer as startHono } from '../../examples/hono/server.js'
import { startServer as startNest } from '../../examples/nest/server.js'
import { createApp } from '../../examples/shared/app.js'

const logger = { info() {}, warn() {}, error() {} }

describe('a request whose body never comes', () => {
  afterEach(() => void vi.useRealTimers())

  it.each([
    ['Express', startExpress],
    ['Fastify', startFastify],
    ['Hono', startHono],
    ['Nest', startNest],
  ])('does not keep %s from closing for more than five seconds', async (_name, startServer) => {
    const server = await startServer({ logger })
    const socket = await beginRequest(server.url)
    const cut = once(socket, 'close')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let isClosed = false
    const closing = server.close().then(() => {
      isClosed = true
    })
    await vi.advanceTimersByTimeAsync(4_999)
    expect(isClosed).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await closing
    await cut
  })

  it('is given up by Fastify after the time that it is given up by Node, on which Express stands', async () => {
    const app = await createApp({ logger })
    const fastify = await fastifyApp(app)
    try {
      expect(fastify.server.requestTimeout).toBe(createServer().requestTimeout)
      expect(fastify.server.requestTimeout).toBeGreaterThan(0)
    } finally {
      await fastify.close()
      await app.close()
    }
  })
})

/** Sends all but the body, and waits until the server asks for that. */
async function beginRequest(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {}) // cut off, as it should be
  socket.write(
    'POST /api/v1/auth/register/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n',
  )
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toContain('100 Continue')
  return socket
}
