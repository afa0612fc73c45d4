import { type Actor, isTenantryError, printedTransferReference, transferReferenceProblem } from 'tenantry'
import { countingBytes } from 'tenantry/testing'
import { describe, expect, test } from 'vitest'
import {
  admin,
  cleanRefusalOf,
  contentsOf,
  createHost,
  expectWholeBooks,
  type Host,
  type HostOptions,
  plans,
  signUp,
  subscribe,
  system,
  transfer,
  type WrongInputs,
  wrongFieldsOf,
} from '../support/host.js'

async function trial(options: HostOptions = {}) {
  const host = await createHost({ start: '2026-03-10T12:00:00.000Z', ...options })
  const { account, user } = await signUp(host)
  const owner: Actor = { type: 'user', id: user.id }
  const asked = { accountId: account.id, planSlug: 'starter', periodMonths: 3 }
  return { host, accountId: account.id, owner, asked, ...host }
}

const days = (count: number, from = '2026-03-10T12:00:00.000Z') => new Date(new Date(from).getTime() + count * 86_400_000)
const eventNames = async ({ store }: Host, accountId: string) => {
  const records = await store.listEvents({ accountId, status: null, before: null, limit: 200 })
  return records.map(({ event }) => event).sort((a, b) => a.sequence - b.sequence)
}

describe('requestBankTransfer', () => {
  test('says what is due, until when and under which reference', async () => {
    const { host, tenantry, accountId, owner, asked, clock } = await trial()
    const { payment } = await tenantry.requestBankTransfer(asked, owner)
    const plan = (await tenantry.listPlans()).items.find(({ slug }) => slug === 'starter')
    expect(payment).toEqual({
      id: expect.any(String),
      accountId,
      method: 'bank_transfer',
      status: 'requested',
      reference: expect.any(String),
      externalPaymentId: null,
      amount: { amountMinor: 8997, currency: 'USD' },
      periodMonths: 3,
      planId: plan?.id,
      dueAt: days(14),
      payerName: null,
      proofUrl: null,
      decidedBy: null,
      decidedAt: null,
      reason: null,
      createdAt: clock(),
    })
    expect(transferReferenceProblem(payment.reference)).toBeNull()
    expect((await tenantry.listPayments({ accountId, status: 'requested' })).items).toEqual([payment])
    await expectWholeBooks(host, accountId)
  })

  test('lets an account on trial wait for its payment, with access until that is due', async () => {
    const { tenantry, accountId, owner, asked, clock } = await trial()
    clock.advance({ days: 10 })
    const { payment } = await tenantry.requestBankTransfer(asked, owner)
    expect(payment.dueAt).toEqual(days(24))
    const { account, subscription } = await tenantry.getAccount({ accountId })
    expect(account).toMatchObject({ status: 'pending_payment', plan: { slug: 'free-trial' } })
    expect(subscription).toMatchObject({ status: 'pending_payment', currentPeriodEnd: days(24) })
    clock.set(new Date(days(24).getTime() - 1))
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: true })
    clock.set(days(24))
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: false, code: 'payment_overdue' })
  })

  test('takes nothing of a trial that lasts longer', async () => {
    const { tenantry, accountId, owner, asked } = await trial({ billing: { paymentDueDays: 3 } })
    const { payment } = await tenantry.requestBankTransfer(asked, owner)
    expect(payment.dueAt).toEqual(days(3))
    expect((await tenantry.getAccount({ accountId })).subscription?.currentPeriodEnd).toEqual(days(14))
  })

  test('takes nothing of the grace after a paid period, and settles what that has left', async () => {
    const host = await createHost({ start: '2026-03-10T12:00:00.000Z', billing: { paymentDueDays: 2 } })
    const { accountId, periodEnd } = await subscribe(host)
    host.clock.set(new Date(periodEnd.getTime() + 86_400_000))
    await host.tenantry.requestBankTransfer({ accountId, planSlug: 'starter', periodMonths: 1 }, system)
    const { account, subscription } = await host.tenantry.getAccount({ accountId })
    expect(account).toMatchObject({ status: 'pending_payment', credits: 0 })
    expect(subscription).toMatchObject({ status: 'pending_payment', currentPeriodEnd: days(7, periodEnd.toISOString()) })
    await expectWholeBooks(host, accountId)
  })

  test('leaves an account whose paid time runs as it is', async () => {
    const host = await createHost({ start: '2026-03-10T12:00:00.000Z' })
    const { accountId } = await subscribe(host)
    const before = await host.tenantry.getAccount({ accountId })
    await host.tenantry.requestBankTransfer({ accountId, planSlug: 'starter', periodMonths: 1 }, system)
    expect(await host.tenantry.getAccount({ accountId })).toEqual(before)
  })

  test('lets a suspended account ask, which stays suspended', async () => {
    const { tenantry, accountId, owner, asked } = await trial()
    await tenantry.suspendAccount({ accountId, reason: 'did not pay' }, admin)
    await tenantry.requestBankTransfer(asked, owner)
    expect((await tenantry.getAccount({ accountId })).account).toMatchObject({ status: 'suspended', statusReason: 'did not pay' })
    const { account } = await tenantry.reinstateAccount({ accountId, reason: 'will pay' }, admin)
    expect(account.status).toBe('pending_payment')
  })

  test('asks for one billing cycle when no months are named, in the currency that is named', async () => {
    const { tenantry, accountId, owner } = await trial()
    const year = await tenantry.requestBankTransfer({ accountId, planSlug: 'annual' }, owner)
    expect(year.payment).toMatchObject({ periodMonths: 12, amount: { amountMinor: 29_900, currency: 'USD' } })
    const yen = await tenantry.requestBankTransfer({ accountId, planSlug: 'global', periodMonths: 2, currency: 'JPY' }, owner)
    expect(yen.payment).toMatchObject({ amount: { amountMinor: 800_000, currency: 'JPY' } })
  })

  test.each(['owner', 'manager', 'admin', 'system'])('can be asked by the %s', async (who) => {
    const { host, tenantry, store, clock, accountId, owner, asked } = await trial()
    const other = await signUp(host, { email: 'manager@example.com' })
    await store.addMembership({ accountId, userId: other.user.id, role: 'admin', createdAt: clock() })
    const actors: Record<string, Actor> = { owner, manager: { type: 'user', id: other.user.id }, admin, system }
    await tenantry.requestBankTransfer(asked, actors[who] ?? admin)
    expect((await tenantry.listAuditEntries({ accountId })).items[0]).toMatchObject({ action: 'requestBankTransfer', actor: actors[who] })
  })

  test('is written down and told, in the same commit', async () => {
    const { host, tenantry, accountId, owner, asked } = await trial()
    const { payment } = await tenantry.requestBankTransfer(asked, owner)
    const facts = { paymentId: payment.id, planSlug: 'starter', amountMinor: 8997, currency: 'USD', periodMonths: 3 }
    const due = { reference: payment.reference, dueAt: days(14).toISOString() }
    expect((await tenantry.listAuditEntries({ accountId })).items[0]).toMatchObject({
      before: { status: 'trial', subscription: 'trialing' },
      after: { status: 'pending_payment', subscription: 'pending_payment', ...facts, ...due, replaced: null },
    })
    expect((await eventNames(host, accountId)).at(-1)).toMatchObject({ name: 'payment.requested', data: { ...facts, ...due } })
  })
})

describe('requestBankTransfer, asked again', () => {
  test('for the same answers the same payment, whatever the plan costs by now', async () => {
    const { host, tenantry, owner, asked, clock } = await trial()
    const first = await tenantry.requestBankTransfer(asked, owner)
    clock.advance({ days: 13 })
    const { starter } = plans
    await tenantry.syncPlans({ starter: { ...starter, prices: [{ amountMinor: 9900, currency: 'USD' }] } })
    const before = await contentsOf(host)
    expect(await tenantry.requestBankTransfer({ ...asked, currency: 'USD' }, system)).toEqual(first)
    expect(await contentsOf(host)).toEqual(before)
  })

  test('by many at the same time asks once', async () => {
    const { tenantry, accountId, owner, asked } = await trial()
    const answers = await Promise.all(Array.from({ length: 20 }, () => tenantry.requestBankTransfer(asked, owner)))
    expect(new Set(answers.map(({ payment }) => payment.id)).size).toBe(1)
    expect((await tenantry.listPayments({ accountId })).items).toHaveLength(1)
  })

  test.each([{ planSlug: 'pro' }, { periodMonths: 1 }])('for something else (%o) replaces it, and gives no more time', async (other) => {
    const { host, tenantry, accountId, owner, asked, clock } = await trial()
    const first = await tenantry.requestBankTransfer(asked, owner)
    clock.advance({ days: 5 })
    const second = await tenantry.requestBankTransfer({ ...asked, ...other }, owner)
    expect(second.payment.reference).not.toBe(first.payment.reference)
    expect(second.payment.dueAt).toEqual(days(14))
    expect((await tenantry.getAccount({ accountId })).subscription?.currentPeriodEnd).toEqual(days(14))
    const replaced = { ...first.payment, status: 'rejected', reason: 'replaced', decidedBy: owner, decidedAt: clock() }
    expect((await tenantry.listPayments({ accountId })).items).toEqual([second.payment, replaced])
    expect((await tenantry.listAuditEntries({ accountId })).items[0]?.after).toMatchObject({ replaced: first.payment.id })
    const told = await eventNames(host, accountId)
    expect(told.slice(-2)).toMatchObject([
      { name: 'payment.rejected', data: { paymentId: first.payment.id, reason: 'replaced' } },
      { name: 'payment.requested', data: { paymentId: second.payment.id } },
    ])
  })

  test('once it is overdue is a new one with the price of today, and access stays refused', async () => {
    const { tenantry, accountId, owner, asked, clock } = await trial()
    const first = await tenantry.requestBankTransfer(asked, owner)
    clock.set(days(14))
    await tenantry.syncPlans({ starter: { ...plans.starter, prices: [{ amountMinor: 3999, currency: 'USD' }] } })
    const second = await tenantry.requestBankTransfer(asked, owner)
    expect(second.payment).toMatchObject({ amount: { amountMinor: 11_997 }, dueAt: days(28) })
    expect(second.payment.id).not.toBe(first.payment.id)
    expect(await tenantry.validateAccountAndPlan({ accountId })).toMatchObject({ ok: false, code: 'payment_overdue' })
  })

  test('while one is submitted answers that, and refuses anything else', async () => {
    const { host, tenantry, owner, asked, clock } = await trial()
    const { payment } = await tenantry.requestBankTransfer(asked, owner)
    const sent = await tenantry.submitBankTransfer({ paymentId: payment.id, externalPaymentId: 'B1', payerName: 'Ada' }, owner)
    clock.advance({ days: 20 })
    expect((await tenantry.requestBankTransfer(asked, owner)).payment).toEqual(sent.payment)
    const call = () => tenantry.requestBankTransfer({ ...asked, planSlug: 'pro' }, owner)
    expect(await cleanRefusalOf(host, call)).toEqual({ code: 'payment_closed', details: { paymentId: payment.id, status: 'submitted' } })
    await expect(call()).rejects.toThrow(printedTransferReference(payment.reference))
  })

  test('after one was rejected or confirmed is a new one', async () => {
    const { tenantry, accountId, owner, asked } = await trial()
    const first = await tenantry.requestBankTransfer(asked, owner)
    await tenantry.rejectBankTransfer({ paymentId: first.payment.id, reason: 'nothing came' }, admin)
    const second = await tenantry.requestBankTransfer(asked, owner)
    await tenantry.confirmBankTransfer({ ...transfer(accountId, 'starter', 3), paymentId: second.payment.id }, admin)
    const third = await tenantry.requestBankTransfer(asked, owner)
    expect(new Set([first, second, third].map(({ payment }) => payment.reference)).size).toBe(3)
  })
})

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

describe('requestBankTransfer refuses', () => {
  test('members who do not manage the account, and its keys', async () => {
    const { host, tenantry, store, clock, accountId, owner, asked } = await trial()
    const plain = await signUp(host, { email: 'plain@example.com' })
    await store.addMembership({ accountId, userId: plain.user.id, role: 'member', createdAt: clock() })
    const { apiKey } = await tenantry.createApiKey({ accountId, name: 'CI' }, owner)
    for (const actor of [{ type: 'user', id: plain.user.id } as const, { type: 'api_key', id: apiKey.id } as const]) {
      expect((await cleanRefusalOf(host, () => tenantry.requestBankTransfer(asked, actor))).code).toBe('forbidden')
    }
  })

  test('a stranger as if the account were not there, and an account that is not there', async () => {
    const { host, tenantry, accountId, asked } = await trial()
    const stranger = await signUp(host, { email: 'grace@example.com' })
    const notFound = { code: 'account_not_found', details: { accountId } }
    expect(await cleanRefusalOf(host, () => tenantry.requestBankTransfer(asked, { type: 'user', id: stranger.user.id }))).toEqual(notFound)
    expect((await cleanRefusalOf(host, () => tenantry.requestBankTransfer({ ...asked, accountId: 'nobody' }, admin))).code).toBe(
      'account_not_found',
    )
  })

  test('a cancelled account, a plan that is not there or not sold, and a currency it is not sold in', async () => {
    const { host, tenantry, accountId, owner, asked } = await trial()
    const refused = (input: object) => cleanRefusalOf(host, () => tenantry.requestBankTransfer({ ...asked, ...input }, owner))
    expect(await refused({ planSlug: 'gold' })).toEqual({ code: 'plan_not_found', details: { planSlug: 'gold' } })
    expect(await refused({ currency: 'EUR' })).toEqual({ code: 'currency_mismatch', details: { received: 'EUR', accepted: ['USD'] } })
    await tenantry.setPlanActive({ slug: 'pro', isActive: false }, admin)
    expect(await refused({ planSlug: 'pro' })).toEqual({ code: 'plan_inactive', details: { planSlug: 'pro' } })
    await tenantry.cancelAccount({ accountId, reason: 'gone' }, owner)
    expect(await refused({})).toEqual({ code: 'account_cancelled', details: { accountId } })
  })

  test('a plan to which the running one cannot be changed', async () => {
    const host = await createHost({ start: '2026-03-10T12:00:00.000Z' })
    const { accountId, periodEnd } = await subscribe(host, 'pro')
    const call = () => host.tenantry.requestBankTransfer({ accountId, planSlug: 'starter', periodMonths: 1 }, system)
    const until = { accountId, planSlug: 'pro', until: periodEnd }
    expect(await cleanRefusalOf(host, call)).toEqual({ code: 'already_subscribed', details: until })
  })

  const wrong: WrongInputs = [
    ['a plan that is free', { planSlug: 'free-trial' }],
    ['no plan', { planSlug: undefined }],
    ['no months', { periodMonths: 0 }],
    ['37 months', { periodMonths: 37 }],
    ['a part of a month', { periodMonths: 1.5 }],
    ['a currency that is none', { currency: 'XXX' }],
    ['no account', { accountId: undefined }],
    ['an amount of the caller’s', { amount: '1.00' }],
  ]
  test.each(wrong)('as input %s', async (_, input) => {
    const { host, tenantry, owner, asked } = await trial()
    const call = () => tenantry.requestBankTransfer({ ...asked, ...input } as never, owner)
    expect(await wrongFieldsOf(host, call)).toEqual(Object.keys(input))
  })

  test('as input a part of a year for a yearly plan, and no currency for a plan with several', async () => {
    const { host, tenantry, owner, accountId } = await trial()
    const wrongOf = (input: { planSlug: string; periodMonths: number }) =>
      wrongFieldsOf(host, () => tenantry.requestBankTransfer({ accountId, ...input }, owner))
    expect(await wrongOf({ planSlug: 'annual', periodMonths: 6 })).toEqual(['periodMonths'])
    expect(await wrongOf({ planSlug: 'global', periodMonths: 1 })).toEqual(['currency'])
  })

  test('as input more than a number can hold, and takes the most that it can', async () => {
    const { host, tenantry, owner, accountId } = await trial()
    const prices = [{ amountMinor: Number.MAX_SAFE_INTEGER, currency: 'USD' }]
    await tenantry.syncPlans({ dear: { ...plans.pro, prices } })
    const ask = (periodMonths: number) => tenantry.requestBankTransfer({ accountId, planSlug: 'dear', periodMonths }, owner)
    expect(await wrongFieldsOf(host, () => ask(2))).toEqual(['periodMonths'])
    expect((await ask(1)).payment.amount.amountMinor).toBe(Number.MAX_SAFE_INTEGER)
  })
})
