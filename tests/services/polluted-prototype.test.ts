import { afterEach, describe, expect, test } from 'vitest'
import { admin, createHost, signUp, transfer } from '../support/host.js'

const pollute = (field: string, value: unknown) => {
  Object.defineProperty(Object.prototype, field, { value, configurable: true, enumerable: true, writable: true })
}
const polluted = ['accountId', 'acceptAmount', 'reason', 'promote', 'userId']

// Another package of the host's may let strangers write to Object.prototype. What a caller left out must not come from there.
describe('a polluted Object.prototype', () => {
  afterEach(() => {
    for (const field of polluted) Reflect.deleteProperty(Object.prototype, field)
  })

  test('lets nobody in without a credential', async () => {
    const host = await createHost()
    const { account } = await signUp(host)
    pollute('accountId', account.id)
    expect(await host.tenantry.authorize({ scope: 'api' } as never)).toMatchObject({ ok: false, code: 'invalid_credential' })
    expect(await host.tenantry.validateAccountAndPlan({} as never)).toMatchObject({ ok: false, code: 'invalid_subject' })
  })

  test('accepts no amount', async () => {
    const host = await createHost()
    const { account } = await signUp(host)
    const short = { ...transfer(account.id), amount: '1.00' }
    pollute('acceptAmount', { reason: 'polluted' })
    await expect(host.tenantry.confirmBankTransfer(short, admin)).rejects.toMatchObject({ code: 'amount_mismatch' })
    pollute('reason', 'polluted')
    await expect(host.tenantry.confirmBankTransfer({ ...short, acceptAmount: {} } as never, admin)).rejects.toMatchObject({
      code: 'invalid_input',
    })
  })
})
