import fc from 'fast-check'
import { type Actor, createTenantry, oneTrialPerMailbox } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import { plainHasher } from 'tenantry/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { plans as manyPlans, transfer } from '../support/host.js'
import { doStep, isToBePaid, planCase, previewAndChange } from '../support/plan-changes.js'
import { withClient } from '../support/postgres.js'
import { admin, allAtOnce, openWorld, times, type World } from './world.js'

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null)('on a real server', () => {
  let world: World
  let tenantry: World['tenantry']
  beforeAll(async () => {
    world = await openWorld(serverUrl ?? '')
    const options = { store: kyselyStore(world.db), clock: world.clock, passwords: plainHasher() }
    tenantry = createTenantry({ ...options, plans: manyPlans, trial: { eligibility: oneTrialPerMailbox } }) as unknown as World['tenantry']
    await tenantry.syncPlans(manyPlans)
  })
  afterAll(() => world.close())

  let people = 0
  /** A customer on a plan, and one who manages the account. */
  async function subscribe(planSlug: 'starter' | 'pro', months = 1): Promise<{ accountId: string; owner: Actor }> {
    people += 1
    const { account, user } = await tenantry.registerTrial({ email: `customer-${people}@example.com` })
    await tenantry.confirmBankTransfer(transfer(account.id, planSlug, months) as never, admin)
    return { accountId: account.id, owner: { type: 'user', id: user.id } }
  }

  it('50 sign-ups at once with one mailbox under different tags make one trial', async () => {
    // So that the secret of the installation is there: whoever makes it makes the others wait, and would hide what is looked for.
    await tenantry.registerTrial({ email: 'first@example.com' })
    const spelt = (index: number): string => (index % 2 === 0 ? `a.b+${index}@gmail.com` : `ab+${index}@googlemail.com`)
    const { results, codes } = await allAtOnce(times(50, (index) => () => tenantry.registerTrial({ email: spelt(index) })))
    expect(results).toHaveLength(1)
    expect(codes).toEqual(times(49, () => 'trial_used'))
    const [counts] = await world.query<Record<string, string>>(
      `select (select count(*) from tenantry_user) as users, (select count(*) from tenantry_account) as accounts,
        (select sum(amount) from tenantry_credit_entry) as credits, (select count(*) from tenantry_installation_secret) as secrets`,
    )
    expect(counts).toEqual({ users: '2', accounts: '2', credits: '4000', secrets: '1' })
  })

  it('50 sign-ups at once with the same fingerprints in different order make one trial', async () => {
    const cards = ['card 1', 'card 2', 'card 3']
    const calls = times(50, (index) => () => {
      const fingerprints = [...cards.slice(index % 3), ...cards.slice(0, index % 3)]
      return tenantry.registerTrial({ email: `f${index}@example.com`, fingerprints })
    })
    const { results, codes } = await allAtOnce(calls)
    expect(results).toHaveLength(1)
    expect(new Set(codes)).toEqual(new Set(['trial_used']))
  })

  it('a trial stays used when the person and the account are gone', async () => {
    const { user, account } = await tenantry.registerTrial({ email: 'gone@example.com' })
    const ofAccount = ['credit_lot', 'credit_entry', 'event', 'event_stream', 'subscription', 'session', 'membership']
    await withClient(world.url, async (client) => {
      await client.query('begin')
      await client.query('alter table tenantry_credit_entry disable trigger user')
      for (const table of ofAccount) await client.query(`delete from tenantry_${table} where account_id = $1`, [account.id])
      await client.query('alter table tenantry_credit_entry enable trigger user')
      await client.query('delete from tenantry_account where id = $1', [account.id])
      await client.query('delete from tenantry_user where id = $1', [user.id])
      await client.query('commit')
    })
    const { codes } = await allAtOnce([() => tenantry.registerTrial({ email: 'GONE@example.com' })])
    expect(codes).toEqual(['trial_used'])
  })

  it('30 changes up at once bring the difference once', async () => {
    const { accountId } = await subscribe('starter')
    const { results } = await allAtOnce(
      times(30, () => () => tenantry.changePlan({ accountId, planSlug: 'pro' as never, when: 'now' }, admin)),
    )
    expect(
      results
        .map(({ changed, creditsGranted }) => [changed, creditsGranted])
        .sort()
        .reverse(),
    ).toEqual([[true, 15_000], ...times(29, () => [false, 0])])
    expect((await tenantry.creditBalance({ accountId })).balance).toBe(20_000)
  })

  it('changes up and down at once with payments, spends, cancellations and resumptions keep the books', async () => {
    const { accountId, owner } = await subscribe('starter', 2)
    const calls = times(60, (index) => async () => {
      const wishes = [
        () => tenantry.changePlan({ accountId, planSlug: (index % 4 === 0 ? 'pro' : 'starter') as never, when: 'now' }, admin),
        () => tenantry.changePlan({ accountId, planSlug: 'saver' as never, when: 'period_end' }, owner),
        () => tenantry.spendCredits({ accountId, amount: 7, idempotencyKey: `k${index}`, operation: 'o' }),
        () => tenantry.confirmBankTransfer({ ...transfer(accountId, 'pro'), externalPaymentId: `race ${index % 20}` } as never, admin),
        () => tenantry.cancelSubscription({ accountId, when: 'period_end' }, owner),
        () => tenantry.resumeSubscription({ accountId }, owner),
      ]
      return wishes[index % wishes.length]?.()
    })
    const { codes } = await allAtOnce<unknown>(calls)
    expect([...new Set(codes)].filter((code) => !['invalid_transition', 'already_subscribed'].includes(code))).toEqual([])
    expect((await tenantry.verifyBooks()).problems).toEqual([])
    const sums = await world.query<{ month: string; sum: string }>(
      `select split_part(idempotency_key, ':change:', 1) as month, sum(amount) as sum from tenantry_credit_entry
        where account_id = $1 and idempotency_key like 'tenantry:plan:%' group by 1`,
      [accountId],
    )
    for (const { sum } of sums) expect(Number(sum)).toBeLessThanOrEqual(20_000)
  })

  it('a preview equals the change, also here', { timeout: 120_000 }, async () => {
    let cases = 0
    await fc.assert(
      fc.asyncProperty(planCase, async ({ steps, byOwner, ...wish }) => {
        cases += 1
        world.clock.set('2027-01-31T10:20:30.123Z')
        const { account, user } = await tenantry.registerTrial({ email: `case-${cases}@example.com` })
        const here = { tenantry: tenantry as never, clock: world.clock, accountId: account.id, tag: `case ${cases}` }
        for (const [number, given] of steps.entries()) await doStep(here, given, number)
        const { preview, again, applied } = await previewAndChange(here, wish, byOwner ? { type: 'user', id: user.id } : admin)
        expect(again).toEqual(preview)
        if (isToBePaid(applied)) expect(preview).toMatchObject({ amountsDue: applied.details.amountsDue })
        else expect(applied).toEqual(preview)
      }),
      { numRuns: 100, seed: 20_260_301 },
    )
    expect((await tenantry.verifyBooks()).problems).toEqual([])
  })
})
