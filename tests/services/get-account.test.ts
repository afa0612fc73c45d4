import { describe, expect, test } from 'vitest'
import { admin, cleanRefusalOf, createHost, password, signUp, subscribe, wrongFieldsOf } from '../support/host.js'

describe('getAccount', () => {
  test('finds an account by id, and by a member’s e-mail in any spelling', async () => {
    const { tenantry, ...host } = await createHost()
    const { account, subscription } = await signUp({ tenantry, ...host })
    const found = { account, subscription }
    expect(await tenantry.getAccount({ accountId: account.id })).toEqual(found)
    expect(await tenantry.getAccount({ email: '  ADA@Example.com ' })).toEqual(found)
  })

  test('finds it whatever the gate says of it', async () => {
    const host = await createHost()
    const { accountId } = await subscribe(host)
    host.clock.advance({ days: 400 })
    await host.tenantry.cancelAccount({ accountId, reason: 'gone' }, admin)
    expect(await host.tenantry.getAccount({ accountId })).toMatchObject({
      account: { status: 'cancelled', statusReason: 'gone' },
      subscription: { status: 'active' },
    })
  })

  test('finds the account that a person joined first', async () => {
    const host = await createHost()
    const ada = await signUp(host)
    const grace = await signUp(host, { email: 'grace@example.com' })
    host.clock.advance(1)
    await host.store.addMembership({ accountId: grace.account.id, userId: ada.user.id, role: 'admin', createdAt: host.clock() })
    expect((await host.tenantry.getAccount({ email: ada.user.email })).account.id).toBe(ada.account.id)
  })

  test('refuses what is not there', async () => {
    const host = await createHost()
    await host.tenantry.createAdmin({ email: 'root@example.com', password }, admin)
    const refused = async (input: object) => cleanRefusalOf(host, () => host.tenantry.getAccount(input))
    expect(await refused({ accountId: 'nobody' })).toEqual({ code: 'account_not_found', details: { accountId: 'nobody' } })
    for (const email of ['nobody@example.com', 'nobody', '', 'root@example.com']) {
      expect((await refused({ email })).code).toBe('account_not_found')
    }
  })

  test.each([[{}], [{ accountId: 'a', email: 'a@example.com' }], [{ accountId: 'a b' }]])('refuses %j', async (input) => {
    const host = await createHost()
    expect(await wrongFieldsOf(host, () => host.tenantry.getAccount(input))).toEqual(['accountId'])
  })
})
