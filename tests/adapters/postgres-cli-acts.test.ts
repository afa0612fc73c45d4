import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Account } from 'tenantry'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type CliWorld, openCliWorld } from '../cli/world.js'

const serverUrl = inject('postgresUrl')
const starter = {
  name: 'Starter',
  prices: [{ amountMinor: 2999, currency: 'USD' }],
  billingCycle: 'monthly',
  includedCredits: 5000,
  limits: { maxSites: 10, maxUsers: null },
}
const password = 'a long enough secret'

describe.skipIf(serverUrl === null)('acts by the command line on a real server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-cli-'))
  const catalogue = join(folder, 'plans.json')
  let world: CliWorld
  beforeAll(async () => {
    writeFileSync(catalogue, JSON.stringify({ starter }))
    world = await openCliWorld(serverUrl ?? '')
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true })
    await world.close()
  })

  let people = 0
  async function signUp(): Promise<{ account: Account; email: string; userId: string; subscriptionId: string }> {
    await world.tenantry.createFreeTrialPlan()
    await world.tenantry.syncPlans({ starter: { ...starter, billingCycle: 'monthly' } })
    people += 1
    const email = `person${people}@example.com`
    const { account, user, subscription } = await world.tenantry.registerTrial({ email })
    return { account, email, userId: user.id, subscriptionId: subscription.id }
  }

  /** Runs a command dry, which must change nothing and find what the real one does. */
  async function actOf(argv: readonly string[], env: Record<string, string> = {}) {
    const before = await world.dump()
    const dry = await world.cli([...argv, '--dry-run', '--json'], { env })
    const dryText = await world.cli([...argv, '--dry-run'], { env })
    expect(dryText.stdout).toMatch(/\ndry run: nothing was changed\n$/)
    expect(await world.dump()).toBe(before)
    const real = await world.cli([...argv, '--json'], { env })
    expect(await world.dump()).not.toBe(before)
    expect([dry.exitCode, dryText.exitCode, real.exitCode]).toEqual([0, 0, 0])
    expect([dry.stderr, dryText.stderr, real.stderr]).toEqual(['', '', ''])
    expect({ dry: dry.json().dryRun, real: real.json().dryRun }).toEqual({ dry: true, real: false })
    expect(Object.keys(dry.json())).toEqual(Object.keys(real.json()))
    return { result: real.json(), text: dryText.stdout }
  }

  /** Runs a command that must be refused, with and without `--dry-run`, and change nothing. */
  async function refusalOf(argv: readonly string[], env: Record<string, string> = {}) {
    const before = await world.dump()
    const [text, json, dry] = [
      await world.cli(argv, { env }),
      await world.cli([...argv, '--json'], { env }),
      await world.cli([...argv, '--dry-run', '--json'], { env }),
    ]
    expect([text.exitCode, json.exitCode, dry.exitCode]).toEqual([1, 1, 1])
    const { error } = json.json()
    expect(dry.json()).toEqual({ error })
    expect(json.stderr + dry.stderr + text.stdout).toBe('')
    expect(text.stderr).toBe(`${error.code}: ${error.message}\n`)
    expect(await world.dump()).toBe(before)
    return error
  }

  const lastAct = async () => (await world.tenantry.listAuditEntries({ limit: 1 })).items[0]
  const defaultActor = { type: 'admin', id: `cli:${userInfo().username}` }

  it('creates the plan of the free trial, and says when sign-ups have one already', async () => {
    const { result, text } = await actOf(['create-free-trial-plan'])
    expect(result.plan).toMatchObject({ slug: 'free-trial', includedCredits: 2000, isActive: true })
    expect(text).toMatch(/^slug +name .*\nfree-trial +Free Trial +0\.00 USD +monthly +2000 +active/)
    expect((await world.cli(['create-free-trial-plan', '--json'])).json().plan.id).toBe(result.plan.id)
  })

  it('writes plans from a file, lists them, and takes one off sale and back', async () => {
    const { result } = await actOf(['plans', '--sync', catalogue])
    expect(result.plans).toMatchObject([{ slug: 'starter', ...starter, isActive: true }])

    const off = await actOf(['plans', '--deactivate', 'starter', '--actor', 'admin-7'])
    expect(off.result.plans).toMatchObject([{ slug: 'starter', isActive: false }])
    expect(await lastAct()).toMatchObject({ action: 'setPlanActive', actor: { type: 'admin', id: 'admin-7' } })
    expect((await world.cli(['plans'])).stdout).toMatch(
      /^starter .* 29\.99 USD +monthly +5000 +inactive +maxSites 10, maxUsers unlimited$/m,
    )
    await actOf(['plans', '--activate', 'starter'])
    expect(await lastAct()).toMatchObject({ actor: defaultActor })
    const listed = (await world.cli(['plans', '--json'])).json()
    expect(listed.plans.map(({ slug, isActive }: { slug: string; isActive: boolean }) => [slug, isActive])).toContainEqual([
      'starter',
      true,
    ])

    expect(await refusalOf(['plans', '--activate', 'gold'])).toMatchObject({ code: 'plan_not_found', details: { planSlug: 'gold' } })
  })

  it('refuses a file that is no catalogue', async () => {
    const wrong = join(folder, 'wrong.json')
    writeFileSync(wrong, JSON.stringify({ starter: { ...starter, includedCredits: '1e3' } }))
    const error = await refusalOf(['plans', '--sync', wrong])
    expect(error).toMatchObject({ code: 'invalid_input', details: { issues: [{ path: 'starter.includedCredits' }] } })
    writeFileSync(wrong, '{ starter: 1 }')
    const { exitCode, stderr } = await world.cli(['plans', '--sync', wrong])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('is not JSON')
  })

  it('makes an administrator who can sign in', async () => {
    const env = { TENANTRY_ADMIN_PASSWORD: password }
    const argv = ['create-admin', '--email', ' Root@Example.com ', '--first-name', 'Ada', '--last-name', 'Lovelace']
    const { result, text } = await actOf(argv, env)
    expect(result).toMatchObject({ created: true, user: { email: 'root@example.com', firstName: 'Ada', platformRole: 'admin' } })
    expect(text).toMatch(/^administrator +root@example\.com\n/)
    expect(await lastAct()).toMatchObject({ action: 'createAdmin', actor: defaultActor })
    const stored = await world.query<{ hash: string }>(`select password_hash as hash from tenantry_user where email = 'root@example.com'`)
    expect(stored[0]?.hash).toMatch(/^\$2b\$12\$/)

    const again = await world.cli([...argv, '--password-stdin', '--json'], { input: 'another secret, not taken\n' })
    expect(again.json()).toMatchObject({ created: false, user: { id: result.user.id } })
    expect((await world.cli(argv, { env })).stdout).toContain('was an administrator already; nothing was changed')
  })

  it('makes an administrator of a customer only when asked to', async () => {
    const { email, userId } = await signUp()
    const env = { TENANTRY_ADMIN_PASSWORD: password }
    expect(await refusalOf(['create-admin', '--email', email], env)).toMatchObject({ code: 'email_taken' })
    const { result } = await actOf(['create-admin', '--email', email, '--promote'], env)
    expect(result).toMatchObject({ created: true, user: { id: userId, platformRole: 'admin' } })
  })

  it('refuses a password that is not good enough, without repeating it', async () => {
    const error = await refusalOf(['create-admin', '--email', 'x@example.com'], { TENANTRY_ADMIN_PASSWORD: 'hunter2' })
    expect(error).toMatchObject({ code: 'invalid_input', details: { issues: [{ path: 'password' }] } })
    expect(JSON.stringify(error)).not.toContain('hunter2')
  })

  it('confirms a bank transfer exactly once, whoever the account is named by', async () => {
    const { account, email, subscriptionId } = await signUp()
    const transfer = ['--reference', 'BT 2026-1', '--amount', '29.99', '--payer', 'Ada Lovelace', '--plan', 'starter']
    const { result, text } = await actOf(['confirm-bank-transfer', '--email', email.toUpperCase(), ...transfer])
    expect(result).toMatchObject({
      account: { id: account.id, status: 'active', paymentMethod: 'bank_transfer' },
      payment: { status: 'confirmed', amount: { amountMinor: 2999, currency: 'USD' }, payerName: 'Ada Lovelace', decidedBy: defaultActor },
      subscription: { id: subscriptionId },
      credits: 5000,
      creditsGranted: 5000,
      replayed: false,
    })
    expect(text).toMatch(/^status +active$/m)
    expect(text).toMatch(/^amount +29\.99 USD$/m)

    const before = await world.dump()
    for (const named of [
      ['--account', account.id],
      ['--subscription', subscriptionId],
      ['--email', email, '--subscription', subscriptionId],
    ]) {
      const again = await world.cli(['confirm-bank-transfer', ...named, ...transfer, '--json'])
      expect(again.json()).toMatchObject({ replayed: true, payment: { id: result.payment.id } })
    }
    expect((await world.cli(['confirm-bank-transfer', '--email', email, ...transfer])).stdout).toContain('was confirmed before')
    expect(await world.dump()).toBe(before)

    const conflict = await refusalOf(['confirm-bank-transfer', '--email', email, ...transfer.with(5, 'Somebody Else')])
    expect(conflict).toMatchObject({ code: 'payment_reference_conflict', details: { externalPaymentId: 'BT 2026-1' } })
  })

  it('takes all that can be said about a transfer', async () => {
    const { email } = await signUp()
    const { result } = await actOf(
      ['confirm-bank-transfer', '--email', email, '--reference', 'BT-2', '--amount', '80', '--payer', 'Ada', '--plan', 'starter'].concat(
        ['--currency', 'USD', '--months', '3', '--proof-url', 'https://bank.example/BT-2', '--accept-amount-reason', 'a discount'],
        ['--actor', 'admin-7'],
      ),
    )
    const paid = { periodMonths: 3, proofUrl: 'https://bank.example/BT-2', amount: { amountMinor: 8000, currency: 'USD' } }
    expect(result.payment).toMatchObject({ ...paid, decidedBy: { type: 'admin', id: 'admin-7' } })
    expect(await lastAct()).toMatchObject({ action: 'confirmBankTransfer', reason: 'a discount', actor: { id: 'admin-7' } })
  })

  it('refuses a transfer that does not fit, or that a member would confirm', async () => {
    const { account, email, userId } = await signUp()
    const transfer = ['confirm-bank-transfer', '--reference', 'BT-3', '--payer', 'Ada', '--plan', 'starter']
    expect(await refusalOf([...transfer, '--email', email, '--amount', '1'])).toMatchObject({ code: 'amount_mismatch' })
    expect(await refusalOf([...transfer, '--email', 'nobody@example.com', '--amount', '29.99'])).toMatchObject({
      code: 'account_not_found',
    })
    expect(await refusalOf([...transfer, '--payment', 'p1', '--amount', '29.99'])).toMatchObject({ code: 'payment_not_found' })
    const member = [...transfer, '--account', account.id, '--amount', '29.99', '--actor', userId]
    expect(await refusalOf(member)).toMatchObject({ code: 'forbidden' })
  })

  it('suspends an account and lets it go on again', async () => {
    const { account, email } = await signUp()
    const suspended = await actOf(['suspend', '--email', email, '--reason', 'chargeback'])
    expect(suspended.result.account).toMatchObject({ id: account.id, status: 'suspended', statusReason: 'chargeback' })
    expect(suspended.text).toMatch(/^reason +chargeback$/m)
    expect(await world.tenantry.validateAccountAndPlan({ accountId: account.id })).toMatchObject({ ok: false, code: 'account_suspended' })
    expect(await lastAct()).toMatchObject({ action: 'suspendAccount', reason: 'chargeback', actor: defaultActor })

    const reinstated = await actOf(['reinstate', '--account', account.id, '--reason', 'paid after all', '--actor', 'admin-7'])
    expect(reinstated.result.account).toMatchObject({ status: 'trial', statusReason: null })
    expect(await world.tenantry.validateAccountAndPlan({ accountId: account.id })).toMatchObject({ ok: true })
    const error = await refusalOf(['reinstate', '--account', account.id, '--reason', 'again'])
    expect(error).toMatchObject({ code: 'invalid_transition', details: { from: 'trial' } })
    expect(await refusalOf(['suspend', '--account', 'no-such', '--reason', 'x'])).toMatchObject({ code: 'account_not_found' })
  })

  it('gives an account throttles of its own and takes them away', async () => {
    const { account, email } = await signUp()
    const api = ['throttles', '--email', email, '--scope', 'api']
    const set = await actOf([...api, '--limit', '500', '--window', '60', '--burst', '50', '--reason', 'a launch'])
    expect(set.result.account).toMatchObject({ throttles: { api: { limit: 500, windowSeconds: 60, burst: 50 } } })
    expect(set.text).toMatch(/^api +500 in 60 s, 50 at once$/m)
    expect((await world.tenantry.throttle({ scope: 'api', accountId: account.id })).limit).toBe(500)
    expect(await lastAct()).toMatchObject({ action: 'setAccountThrottles', reason: 'a launch', actor: defaultActor })

    const shown = await world.cli(['throttles', '--email', email])
    expect(shown).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^api +500 in 60 s, 50 at once$/m) })
    expect(await lastAct()).toMatchObject({ reason: 'a launch' })

    const removed = await actOf([...api, '--remove'])
    expect(removed.result.account).toMatchObject({ throttles: {} })
    expect(removed.text).toMatch(/^note +has no throttles of its own; those of its plan count$/m)
    const none = await world.cli(['throttles', '--account', account.id])
    expect(none).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^note +has no throttles of its own; those of its plan count$/m),
    })
    const again = await world.cli([...api, '--remove'])
    expect(again).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^note +has no throttle of its own for api; nothing was changed$/m),
    })
    expect((await world.tenantry.throttle({ scope: 'api', accountId: account.id })).limit).toBe(600)
    expect(await refusalOf([...api, '--limit', '5', '--window', '60', '--burst', '6'])).toMatchObject({ code: 'invalid_input' })
    for (const wrong of [[], ['--limit', '5'], ['--window', '5'], ['--remove', '--limit', '5']]) {
      expect((await world.cli([...api, ...wrong])).exitCode).toBe(2)
    }
    for (const wrong of [['--remove'], ['--limit', '5', '--window', '60'], ['--burst', '5']]) {
      expect((await world.cli(['throttles', '--email', email, ...wrong])).exitCode).toBe(2)
    }
  })

  it('grants credits once per key', async () => {
    const { account, email } = await signUp()
    const argv = [
      'grant',
      '--email',
      email,
      '--amount',
      '250',
      '--key',
      'ticket-1',
      '--description',
      'an apology',
      '--expires',
      '2999-12-31',
    ]
    const { result, text } = await actOf(argv)
    expect(result).toMatchObject({ balance: 2250, replayed: false, entry: { amount: 250, type: 'promotion', description: 'an apology' } })
    expect(text).toMatch(/^balance +2250$/m)
    const { lots } = await world.tenantry.creditBalance({ accountId: account.id })
    expect(lots.find(({ id }) => id === result.entry.id)?.expiresAt).toEqual(new Date('2999-12-31T00:00:00Z'))

    const again = await world.cli([...argv, '--json'])
    expect(again.json()).toMatchObject({ balance: 2250, replayed: true, entry: { id: result.entry.id } })
    expect((await world.cli(argv)).stdout).toContain('nothing was done again')
    expect(await refusalOf(argv.with(4, '251'))).toMatchObject({ code: 'idempotency_mismatch', details: { idempotencyKey: 'ticket-1' } })
    expect(await refusalOf(argv.with(4, '0'))).toMatchObject({ code: 'invalid_input' })
    const bought = await actOf(['grant', '--account', account.id, '--amount', '10', '--key', 'order-1', '--type', 'purchase'])
    expect(bought.result.entry).toMatchObject({ type: 'purchase', actor: defaultActor })
  })
})
