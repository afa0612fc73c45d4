import { expect, it, vi } from 'vitest'
import { apiKey, bearer, type createGateWorld, type GateWorld, spend, usage } from './world.js'

/** What is told when something breaks inside: nothing of it. */
export function failureCases(world: () => GateWorld, ownWorld: () => ReturnType<typeof createGateWorld>): void {
  it('answers what nobody foresaw with a text that says nothing, and keeps the reason in the log', async () => {
    const { server, ask, log, signUp } = world()
    const { session } = await signUp()
    const failing = vi.spyOn(server.app.tenantry, 'authorize').mockRejectedValue(new Error(`relation "x" of ${session.length} letters`))
    try {
      const answer = await ask(usage, bearer(session))
      expect(answer.status).toBe(500)
      expect(answer.body).toEqual({
        success: false,
        code: 'internal_error',
        error: 'Something went wrong here. Try again; if it stays, tell support the request id.',
        request_id: expect.stringMatching(/^[\w-]{36}$/),
      })
      expect(log.filter((line) => line.includes('relation'))).toHaveLength(1)
      expect(log.at(-1)).toContain((answer.body as { request_id: string }).request_id)
    } finally {
      failing.mockRestore()
    }
    expect(await ask(usage, bearer(session))).toMatchObject({ status: 200 })
  })

  it('answers 503 while the database is away, also to callers whose credential is none', async () => {
    const own = await ownWorld()
    try {
      const { session, key } = await own.signUp()
      await own.server.app.db.destroy()
      for (const [request, headers] of [
        [usage, bearer(session)],
        [usage, apiKey(key)],
        [spend, apiKey(key)],
      ] as const) {
        const answer = await own.ask(request, headers, request === spend ? { amount: 1, operation: 'x' } : undefined)
        expect(answer.status).toBe(503)
        expect(answer.body).toEqual({
          success: false,
          code: 'store_unavailable',
          error: expect.not.stringMatching(/pool|driver|pglite|destroy/i),
        })
      }
      expect(await own.ask(usage, apiKey('wrong'))).toMatchObject({ status: 401 })
      own.wait(1)
      expect(await own.ask('GET /healthz')).toMatchObject({ status: 503, body: { code: 'store_unavailable' } })
      expect(own.secrets.filter((secret) => own.log.some((line) => line.includes(secret)))).toEqual([])
    } finally {
      await own.end()
    }
  })

  it('has written no secret into its log', () => {
    const { log, secrets } = world()
    expect(log.length).toBeGreaterThan(0)
    expect(secrets.length).toBeGreaterThan(20)
    expect(secrets.filter((secret) => log.some((line) => line.includes(secret)))).toEqual([])
  })
}
