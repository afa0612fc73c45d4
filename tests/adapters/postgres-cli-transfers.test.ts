import { type Payment, printedTransferReference } from 'tenantry'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type CliWorld, openCliWorld } from '../cli/world.js'

const serverUrl = inject('postgresUrl')
const starter = {
  name: 'Starter',
  prices: [{ amountMinor: 2999, currency: 'USD' }],
  billingCycle: 'monthly',
  includedCredits: 5000,
  limits: {},
} as const

describe.skipIf(serverUrl === null)('bank transfers by the command line on a real server', () => {
  let world: CliWorld
  beforeAll(async () => {
    world = await openCliWorld(serverUrl ?? '')
    await world.tenantry.createFreeTrialPlan()
    await world.tenantry.syncPlans({ starter })
  })
  afterAll(() => world.close())

  let people = 0
  async function asked(periodMonths = 1): Promise<{ payment: Payment; accountId: string; owner: { type: 'user'; id: string } }> {
    people += 1
    const { account, user } = await world.tenantry.registerTrial({ email: `p${people}@example.com`, accountName: `Works ${people}` })
    const owner = { type: 'user', id: user.id } as const
    const { payment } = await world.tenantry.requestBankTransfer({ accountId: account.id, planSlug: 'starter', periodMonths }, owner)
    return { payment, accountId: account.id, owner }
  }
  const pending = async (...options: string[]) => (await world.cli(['pending-transfers', '--json', ...options])).json().transfers
  const statusOf = async ({ id, accountId }: Payment) => {
    const { items } = await world.tenantry.listPayments({ accountId })
    return items.find((payment) => payment.id === id)?.status
  }

  it('shows what waits, oldest first, with names and references', async () => {
    expect(await world.cli(['pending-transfers'])).toMatchObject({ exitCode: 0, stdout: 'No transfer waits.\n' })
    const [first, second] = [await asked(3), await asked()]
    await world.tenantry.submitBankTransfer({ paymentId: first.payment.id, externalPaymentId: 'SEPA 1', payerName: 'Ada' }, first.owner)
    const found = await pending()
    expect(found).toMatchObject([
      { payment: { id: first.payment.id, status: 'submitted' }, accountName: 'Works 1', planSlug: 'starter' },
      { payment: { id: second.payment.id, status: 'requested', reference: second.payment.reference }, accountName: 'Works 2' },
    ])
    expect(await pending('--status', 'submitted')).toHaveLength(1)
    expect((await pending('--status', 'requested'))[0].payment.id).toBe(second.payment.id)
    const { stdout } = await world.cli(['pending-transfers'])
    expect(stdout).toMatch(/^payment +status +asked +due +account +name +plan +months +amount +reference +bank reference +payer\n/)
    const line = new RegExp(
      `${first.payment.id} +submitted .* Works 1 +starter +3 +89.97 USD +${printedTransferReference(first.payment.reference)} +SEPA 1 +Ada`,
    )
    expect(stdout).toMatch(line)
    expect((await world.cli(['pending-transfers', '--status', 'confirmed'])).exitCode).toBe(2)
  })

  it('confirms a requested transfer by its payment or its reference, dry at first', async () => {
    for (const by of ['--payment', '--requested-reference']) {
      const { payment, accountId } = await asked(2)
      const named = by === '--payment' ? payment.id : printedTransferReference(payment.reference).toLowerCase()
      const argv = ['confirm-bank-transfer', by, named, '--reference', `BT ${payment.id}`, '--amount', '59.98', '--payer', 'Ada']
      const before = await world.dump()
      const dry = await world.cli([...argv, '--dry-run', '--json'])
      expect(dry.json()).toMatchObject({ dryRun: true, payment: { id: payment.id, status: 'confirmed' } })
      expect(await world.dump()).toBe(before)
      const real = (await world.cli([...argv, '--json'])).json()
      expect(real).toMatchObject({
        dryRun: false,
        payment: { id: payment.id, periodMonths: 2 },
        account: { id: accountId, status: 'active' },
      })
      expect((await world.cli([...argv, '--json'])).json()).toMatchObject({ replayed: true, payment: { id: payment.id } })
    }
  })

  it('refuses an amount that does not fit with both figures, and a reference with a wrong check digit', async () => {
    const { payment } = await asked()
    const rest = ['--reference', `BT ${payment.id}`, '--payer', 'Ada']
    const short = await world.cli(['confirm-bank-transfer', '--payment', payment.id, '--amount', '19.99', ...rest])
    expect(short).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('comes to 29.99 USD, but 19.99 USD was named') })
    const wrong = payment.reference.slice(0, -1) + (payment.reference.endsWith('B') ? 'C' : 'B')
    const mistyped = await world.cli(['confirm-bank-transfer', '--requested-reference', wrong, '--amount', '29.99', ...rest])
    expect(mistyped).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('wrong check digit') })
    expect(await statusOf(payment)).toBe('requested')
  })

  it('rejects a transfer with a reason, dry at first', async () => {
    const { payment } = await asked()
    const argv = ['reject-bank-transfer', '--payment', payment.id, '--reason', 'nothing came', '--actor', 'admin-7']
    const before = await world.dump()
    const dry = await world.cli([...argv, '--dry-run'])
    expect(dry.exitCode).toBe(0)
    expect(dry.stdout).toMatch(/^status +rejected$/m)
    expect(dry.stdout).toMatch(/\ndry run: nothing was changed\n$/)
    expect(await world.dump()).toBe(before)
    const real = (await world.cli([...argv, '--json'])).json()
    expect(real).toMatchObject({ dryRun: false, payment: { id: payment.id, status: 'rejected', reason: 'nothing came' } })
    expect(await statusOf(payment)).toBe('rejected')
    expect((await world.tenantry.listAuditEntries({ limit: 1 })).items[0]).toMatchObject({
      action: 'rejectBankTransfer',
      reason: 'nothing came',
      actor: { type: 'admin', id: 'admin-7' },
    })
    const other = await world.cli(['reject-bank-transfer', '--payment', payment.id, '--reason', 'another', '--json'])
    expect(other.json()).toMatchObject({ error: { code: 'payment_closed' } })
    const unknown = await world.cli(['reject-bank-transfer', '--payment', 'none', '--reason', 'x'])
    expect(unknown).toMatchObject({ exitCode: 1, stderr: 'payment_not_found: There is no such payment.\n' })
    expect((await world.cli(['reject-bank-transfer', '--payment', payment.id])).exitCode).toBe(2)
  })
})
