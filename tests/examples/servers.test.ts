import { describe, expect, it } from 'vitest'
import { startExample } from './program.js'

describe.each(['express', 'fastify'])('the %s example as a program', (framework) => {
  it('is set up by its environment, and ends cleanly when it is asked to', { timeout: 120_000 }, async () => {
    const env = { PORT: '0', ADMIN_EMAIL: 'boss@example.com', ADMIN_PASSWORD: 'harbour-lamp-27' }
    const server = startExample(`${framework}/server.ts`, { env })
    await server.wrote('Listening on ')
    const url = /Listening on (\S+)/.exec(server.output())?.[1]
    const response = await fetch(`${url}/api/v1/auth/login/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: 'boss@example.com', password: 'harbour-lamp-27' }),
    })
    expect(response.status).toBe(200)
    server.signal('SIGTERM')
    expect(await server.ended()).toBe(0)
  })

  it.each([
    [{ PORT: 'http' }, 'PORT must be a number'],
    [{ PORT: '0', ADMIN_EMAIL: 'boss@example.com' }, 'belong together'],
  ])('does not start with %j', { timeout: 60_000 }, async (env, complaint) => {
    const server = startExample(`${framework}/server.ts`, { env })
    expect(await server.ended()).toBe(1)
    expect(server.output()).toContain(complaint)
  })
})
