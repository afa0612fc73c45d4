import { describe, expect, test } from 'vitest'
import { admin, createHost, signUp, system } from '../support/host.js'

/** Somebody else's account, and a key of it. */
async function strangers() {
  const host = await createHost()
  const { account, user } = await signUp(host)
  const other = await signUp(host, { email: 'grace@example.com' })
  const { apiKey } = await host.tenantry.createApiKey({ accountId: account.id, name: 'CI' }, admin)
  return { ...host, accountId: account.id, user: { type: 'user', id: user.id } as const, otherId: other.account.id, apiKey }
}

describe('a refusal says who may', () => {
  const operator = 'An administrator of the platform may.'

  test('where it takes an administrator of the platform', async () => {
    const { tenantry, accountId, user } = await strangers()
    const reason = 'x'
    const credits = { accountId, amount: 1, type: 'promotion', idempotencyKey: 'k' } as const
    const transfer = { accountId, externalPaymentId: 'BANK 1', amount: '29.99', payerName: 'Ada', planSlug: 'starter' } as const
    const acts = {
      'change plans': () => tenantry.setPlanActive({ slug: 'pro', isActive: false }, user),
      'make administrators': () => tenantry.createAdmin({ email: 'eve@example.com', password: 'correct horse battery' }, user),
      'grant credits': () => tenantry.grantCredits(credits, user),
      'suspend accounts': () => tenantry.suspendAccount({ accountId, reason }, user),
      'confirm bank transfers': () => tenantry.confirmBankTransfer(transfer, system),
    }
    for (const [action, act] of Object.entries(acts)) await expect(act()).rejects.toThrow(`You may not ${action}. ${operator}`)
  })

  test('where it takes another administrator', async () => {
    const { tenantry, accountId, user } = await strangers()
    const transfer = { accountId, externalPaymentId: 'BANK 1', amount: '29.99', payerName: 'Ada', planSlug: 'starter' } as const
    await expect(tenantry.confirmBankTransfer(transfer, { type: 'admin', id: user.id })).rejects.toThrow(
      'You may not confirm a transfer of your own account. Another administrator of the platform may.',
    )
  })

  test('where it takes who manages the account', async () => {
    const { tenantry, accountId, apiKey } = await strangers()
    const key = { type: 'api_key', id: apiKey.id } as const
    await expect(tenantry.cancelAccount({ accountId, reason: 'x' }, key)).rejects.toThrow(
      'You may not cancel this account. An owner or admin of the account may, but no API key.',
    )
  })
})

describe('a refusal gives nothing of others away', () => {
  const messageOf = (call: Promise<unknown>) => call.then(String, (error: Error) => error.message)

  test('of an account: one of others is refused like one that is not there', async () => {
    const { tenantry, user, otherId } = await strangers()
    const make = (accountId: string) => messageOf(tenantry.createApiKey({ accountId, name: 'x' }, user))
    expect(await make(otherId)).toBe('There is no such account. Check the id or e-mail; customers find only accounts that they belong to.')
    expect(await make('none')).toBe(await make(otherId))
  })

  test('of an API key: one of others is refused like one that is not there', async () => {
    const { tenantry, accountId, user, otherId } = await strangers()
    const { apiKey } = await tenantry.createApiKey({ accountId: otherId, name: 'x' }, admin)
    const revoke = (apiKeyId: string) => messageOf(tenantry.revokeApiKey({ accountId, apiKeyId }, user))
    expect(await revoke('none')).toBe('There is no such API key, or it has been revoked or has expired; create a new one.')
    expect(await revoke(apiKey.id)).toBe(await revoke('none'))
  })
})

test('text that must not be empty is said to be that', async () => {
  const { tenantry, accountId } = await strangers()
  await expect(tenantry.createApiKey({ accountId, name: ' ' }, admin)).rejects.toThrow('Invalid input. name: must not be empty')
})
