import { describe, expect, it } from 'vitest'
import { admin, createHost, expectWholeBooks, subscribe, transfer } from '../support/host.js'

describe('an account with the largest balance there can be', () => {
  it('goes on when its plan has more credits for it', async () => {
    const host = await createHost()
    const { tenantry } = host
    const { accountId, credits } = await subscribe(host, 'saver', 12)
    const largest = Number.MAX_SAFE_INTEGER
    await tenantry.grantCredits({ accountId, amount: largest - credits, type: 'purchase', idempotencyKey: 'all' }, admin)

    host.clock.advance({ days: 70 })
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(largest)
    expect((await tenantry.spendCredits({ accountId, amount: 1, idempotencyKey: 'one', operation: 'article' })).balance).toBe(largest - 1)
    expect((await tenantry.confirmBankTransfer(transfer(accountId, 'saver', 2), admin)).credits).toBeLessThanOrEqual(largest)
    await expectWholeBooks(host, accountId)
  })
})
