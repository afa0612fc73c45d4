import { expect, it } from 'vitest'
import { textAt } from './client.js'
import { registration, type World } from './world.js'

/** The page of a receipt. */
export function receiptCases(world: () => World): void {
  const html = { accept: 'text/html' }

  /** A customer who has paid; answers where the receipt is. */
  async function paid(more: object = {}, content: object = {}) {
    const { ask, confirm, server } = world()
    const answer = await ask('POST /api/v1/auth/register/', { json: registration(`${Math.random()}@example.com`, more) })
    const accountId = textAt(answer, 'data.user.account.id')
    await confirm({ account_id: accountId, ...content })
    const [receipt] = (await server.app.tenantry.listReceipts({ accountId })).items
    return { session: textAt(answer, 'data.access'), accountId, receipt, path: `/billing/receipts/${receipt?.id}` }
  }

  it('shows what was paid, by whom and for what, with and without a slash at its end', async () => {
    const { session, path, receipt } = await paid()
    for (const route of [path, `${path}/`]) {
      const { status, body, headers } = await world().ask(`GET ${route}`, { as: session, headers: html })
      expect(status).toBe(200)
      for (const text of [receipt?.number ?? '', 'Siteworks', 'Ada Lovelace', 'Starter, 1 month', '29.99 USD', 'Bank transfer']) {
        expect(body).toContain(text)
      }
      expect(body).not.toMatch(/<script(?![^>]+src=)|\son\w+=|\sstyle=/i)
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    }
  })

  it('escapes what others wrote', async () => {
    const nasty = '<img src=x onerror=alert(1)>'
    const { session, path } = await paid({ first_name: nasty }, { payer_name: nasty, external_payment_id: `${nasty} ${Math.random()}` })
    const { body } = await world().ask(`GET ${path}`, { as: session })
    expect(String(body).match(/&lt;img src=x onerror=alert\(1\)&gt;/g)).toHaveLength(3)
    expect(body).not.toContain('<img src=x')
  })

  it('is there for the account that paid and for nobody else', async () => {
    const { ask, signUp, apiKeyOf, admin } = world()
    const { session, accountId, path } = await paid()
    const stranger = await signUp()
    const nothing = await ask('GET /billing/receipts/nothing', { as: session, headers: html })
    expect(nothing.status).toBe(404)
    expect(await ask(`GET ${path}`, { as: stranger.session, headers: html })).toMatchObject({ status: 404, body: nothing.body })
    expect(await ask('GET /billing/receipts/%00', { as: session })).toMatchObject({ status: 404 })
    const { secret } = await apiKeyOf({ session, accountId, email: '', userId: '' })
    for (const as of [undefined, secret]) {
      const answer = await ask(`GET ${path}`, as === undefined ? {} : { as })
      expect(answer.status).toBe(303)
      expect(answer.headers.get('location')).toBe('/login')
    }
    expect((await ask(`GET ${path}`, { as: admin })).status).not.toBe(200)
  })
}
