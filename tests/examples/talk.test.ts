import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTalk } from '../../examples/demo/talk.js'

describe('a step of the tour', () => {
  let server: Server
  let url: string
  beforeAll(async () => {
    server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end('{"data":{"balance":1700}}'))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())

  it('prints the request and what the answer says', async () => {
    let printed = ''
    const talk = createTalk(url, (text) => {
      printed += text
    })
    talk.step('Ask')
    await talk.ask({ request: 'GET /x', status: 200, says: { 'data.balance': 1700 } })
    expect(printed).toBe('\n1. Ask\n   → GET /x\n   ← 200\n     data.balance: 1700\n')
  })

  it.each([
    { status: 201, says: {} },
    { status: 200, says: { 'data.balance': 1699 } },
    { status: 200, says: { 'data.nothing': 1700 } },
  ])('fails when another answer is expected: %j', async (expected) => {
    const talk = createTalk(url, () => {})
    await expect(talk.ask({ request: 'GET /x', ...expected })).rejects.toThrow('expected')
    await expect(talk.askQuietly({ request: 'GET /x', ...expected })).rejects.toThrow('expected')
  })
})
