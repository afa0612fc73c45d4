import { isTenantryError, printedTransferReference } from 'tenantry'
import { countingBytes } from 'tenantry/testing'
import { describe, expect, test } from 'vitest'
import { cleanRefusalOf, contentsOf, createHost, type HostOptions, signUp, system } from '../support/host.js'
import { trial } from '../support/transfers.js'

describe('the reference', () => {
  /** A host whose references are made of these bytes, one after the other. */
  const scripted = async (bytes: readonly number[]) => {
    const left = [...bytes]
    const others = countingBytes()
    const host = await createHost({ randomBytes: (size) => (size === 8 ? new Uint8Array(8).fill(left.shift() ?? 0) : others(size)) })
    const [ada, grace] = [await signUp(host), await signUp(host, { email: 'grace@example.com' })]
    const ask = (accountId: string) => host.tenantry.requestBankTransfer({ accountId, planSlug: 'starter', periodMonths: 1 }, system)
    return { host, left, one: await ask(ada.account.id), askTwo: () => ask(grace.account.id) }
  }

  test('is made anew when it is taken', async () => {
    const { left, one, askTwo } = await scripted([7, 7, 7, 9])
    expect((await askTwo()).payment.reference).not.toBe(one.payment.reference)
    expect(left).toEqual([])
  })

  test('is given up on when ten in a row are taken, and nothing is left behind', async () => {
    const { host, left, askTwo } = await scripted(Array(11).fill(7))
    expect(await cleanRefusalOf(host, askTwo)).toEqual({ code: 'conflict', details: { operation: 'requestBankTransfer' } })
    expect(left).toEqual([])
  })
})

describe('the instructions', () => {
  const bankDetails = { 'Account holder': 'Example Ltd', IBAN: 'DE02 1203 0000 0000 2020 51' }

  test('say in plain words all that a customer needs', async () => {
    const { tenantry, owner, asked } = await trial({ billing: { bankDetails, supportContact: 'help@example.com' } })
    const { payment, instructions } = await tenantry.requestBankTransfer(asked, owner)
    expect(instructions).toBe(`Please transfer 89.97 USD for 3 months of Starter by 2026-03-24.

Account holder: Example Ltd
IBAN: DE02 1203 0000 0000 2020 51
Amount: 89.97 USD
Reference: ${printedTransferReference(payment.reference)}

Transfer exactly this amount, and write the reference on the transfer as it stands here: by it we know whose money it is.
Questions: help@example.com`)
  })

  test('are the host’s own where it writes them', async () => {
    const transferInstructions: NonNullable<NonNullable<HostOptions['billing']>['transferInstructions']> = (request) =>
      JSON.stringify([
        request.account.id,
        request.plan.slug,
        request.payment.id,
        request.reference,
        request.bankDetails,
        request.supportContact ?? null,
      ])
    const { tenantry, accountId, owner, asked } = await trial({ billing: { bankDetails, transferInstructions } })
    const { payment, instructions } = await tenantry.requestBankTransfer(asked, owner)
    expect(JSON.parse(instructions)).toEqual([
      accountId,
      'starter',
      payment.id,
      printedTransferReference(payment.reference),
      bankDetails,
      null,
    ])
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('no template')
      },
      'no template',
    ],
    ['answers no text', () => null as never, 'must answer a text'],
  ] as const)('that the host %s leave nothing behind', async (_, transferInstructions, message) => {
    const { host, tenantry, owner, asked } = await trial({ billing: { transferInstructions } })
    const before = await contentsOf(host)
    await expect(tenantry.requestBankTransfer(asked, owner)).rejects.toThrow(message)
    expect(await contentsOf(host)).toEqual(before)
  })

  test.each([{ bankDetails: { '': 'x' } }, { bankDetails: { IBAN: '' } }, { bankDetails: 'DE02' }, { transferInstructions: 'Pay!' }])(
    'cannot be made of %j',
    async (billing) => {
      await expect(createHost({ billing: billing as never })).rejects.toSatisfy((error: unknown) => isTenantryError(error, 'invalid_input'))
    },
  )
})
