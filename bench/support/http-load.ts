import { connect, type Socket } from 'node:net'
import { type Measured, measured } from './load.js'

/** What is sent to a server again and again, and what must come back. */
export interface HttpTraffic {
  readonly port: number
  /** Whole requests as they go over the wire, sent in turn; their answers keep the connection open. */
  readonly requests: readonly Buffer[]
  /** The body with which every answer ends. */
  readonly body: string
  readonly connections: number
}

const success = Buffer.from('HTTP/1.1 200 ')

/**
 * Keeps one request under way on each connection for so many seconds. Written on bare sockets: Node's own client takes more time for a request
 * than a server does, so that it and not the server would be measured.
 */
export async function httpLoad({ port, requests, body, connections }: HttpTraffic, seconds: number): Promise<Measured> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  const latencies: number[] = []
  let sent = 0
  const nextRequest = (): Buffer => requests[sent++ % requests.length] as Buffer
  const start = performance.now()
  const end = start + seconds * 1000
  await Promise.all(sockets.map((socket) => exchange(socket, nextRequest, Buffer.from(body), end, latencies)))
  for (const socket of sockets) socket.destroy()
  return measured(latencies, (performance.now() - start) / 1000)
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

function exchange(socket: Socket, nextRequest: () => Buffer, body: Buffer, end: number, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = performance.now()
    let answer: Buffer | null = null
    const fail = (why: string): void => reject(new Error(`${why}:\n${answer?.toString('latin1')}`))
    socket.on('data', (chunk) => {
      answer = answer === null ? chunk : Buffer.concat([answer, chunk])
      if (!startsWith(answer, success)) return fail('The server refused a request')
      if (!endsWith(answer, body)) return
      answer = null
      const now = performance.now()
      latencies.push(now - sent)
      if (now >= end) return resolve()
      sent = now
      socket.write(nextRequest())
    })
    socket.once('close', () => fail('The server closed a connection'))
    socket.write(nextRequest())
  })
}

const startsWith = (answer: Buffer, start: Buffer): boolean =>
  answer.length >= start.length && answer.compare(start, 0, start.length, 0, start.length) === 0

const endsWith = (answer: Buffer, body: Buffer): boolean =>
  answer.length > body.length && answer.compare(body, 0, body.length, answer.length - body.length) === 0
