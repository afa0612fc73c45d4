import {
  accountStatuses,
  isTenantryError,
  type Life,
  type LifeEvent,
  lifeOf,
  lifeTable,
  nextLife,
  subscriptionStatuses,
  unborn,
} from 'tenantry'
import { samples } from 'tenantry/testing'
import { describe, expect, it } from 'vitest'
import { printedLife, shownLife } from '../support/life-document.js'

type Account = NonNullable<Life['account']>
type Subscription = NonNullable<Life['subscription']>
/** Where an event leads, by the status before; what is not there is refused. */
type Expected<Status extends string> = Partial<Record<Status | 'none', Status | 'none' | ((life: Life) => Status | null)>>

const stays = <Status extends string>(...statuses: Status[]) =>
  Object.fromEntries(statuses.map((status) => [status, status])) as Expected<Status>
const all = ['none', ...subscriptionStatuses] as Subscription[]
const whilePaid =
  <Status extends string>(status: Status) =>
  (life: Life) =>
    life.paidTimeRuns ? status : 'pending_payment'
/** What runs goes on; what does not is not there to be changed, or ends at once. */
const whatRuns = (otherwise: 'canceled' | null): Expected<Subscription> => ({
  trialing: (life) => (life.trialRuns ? 'trialing' : otherwise),
  active: (life) => (life.paidTimeRuns ? 'active' : otherwise),
  past_due: (life) => (life.paidTimeRuns ? 'past_due' : otherwise),
})
const implied = ({ subscription }: Life): Account =>
  subscription === 'trialing' ? 'trial' : subscription === 'pending_payment' ? 'pending_payment' : 'active'

/** The life of an account once more, written down by what it is for and not by the table. */
const expected: Record<LifeEvent, [Expected<Account>, Expected<Subscription>]> = {
  sign_up: [{ none: 'trial' }, { none: 'trialing' }],
  trial_expired: [stays('trial', 'suspended'), stays('trialing')],
  payment_requested: [
    { ...stays('pending_payment', 'suspended'), trial: 'pending_payment', active: whilePaid('active') },
    {
      none: 'none',
      pending_payment: 'pending_payment',
      trialing: 'pending_payment',
      active: whilePaid('active'),
      canceled: 'canceled',
      past_due: (life) =>
        life.paidTimeRuns || life.account === 'pending_payment' || life.account === 'suspended' ? 'past_due' : 'pending_payment',
    },
  ],
  payment_confirmed: [
    { trial: 'active', active: 'active', pending_payment: 'active', suspended: 'active' },
    Object.fromEntries(all.map((status) => [status, 'active'])),
  ],
  payment_overdue: [stays('active', 'pending_payment', 'suspended'), { ...stays(...all), pending_payment: 'past_due' }],
  period_ended: [
    stays('active', 'suspended'),
    {
      ...stays('canceled'),
      active: (life) => (life.endsWithPeriod ? 'canceled' : 'past_due'),
      past_due: (life) => (life.endsWithPeriod ? 'canceled' : 'past_due'),
    },
  ],
  grace_over: [{ active: 'suspended', pending_payment: 'suspended', suspended: 'suspended' }, stays('past_due')],
  plan_changed: [stays('trial', 'active'), whatRuns(null)],
  cancel_at_period_end: [
    { ...stays('trial', 'active', 'suspended'), pending_payment: 'active' },
    { ...whatRuns('canceled'), pending_payment: 'canceled', canceled: 'canceled' },
  ],
  cancel_now: [
    { ...stays('trial', 'active', 'suspended'), pending_payment: 'active' },
    { trialing: 'canceled', active: 'canceled', past_due: 'canceled', pending_payment: 'canceled', canceled: 'canceled' },
  ],
  resume: [stays('trial', 'active'), whatRuns(null)],
  suspend: [{ trial: 'suspended', active: 'suspended', pending_payment: 'suspended', suspended: 'suspended' }, stays(...all)],
  reinstate: [{ suspended: implied, cancelled: implied }, stays(...all)],
  cancel: [Object.fromEntries(accountStatuses.map((status) => [status, 'cancelled'])), stays(...all)],
}

const lives: Life[] = [null, ...accountStatuses].flatMap((account) =>
  [null, ...subscriptionStatuses].flatMap((subscription) =>
    [false, true].flatMap((paidTimeRuns) =>
      [false, true].flatMap((trialRuns) =>
        [false, true].map((endsWithPeriod) => ({ account, subscription, paidTimeRuns, trialRuns, endsWithPeriod })),
      ),
    ),
  ),
)

function reached<Status extends string>(steps: Expected<Status>, from: Status | null, life: Life): string | null {
  const step = steps[from ?? 'none']
  return (typeof step === 'function' ? step(life) : step) ?? null
}

const answerOf = (life: Life, event: LifeEvent) => {
  try {
    return nextLife(life, event)
  } catch (error) {
    if (!isTenantryError(error, 'invalid_transition')) throw error
    return error
  }
}

describe('the life of an account', () => {
  const events = Object.keys(lifeTable) as LifeEvent[]

  it('knows the events that are expected', () => {
    expect(events.toSorted()).toEqual(Object.keys(expected).toSorted())
  })

  it.each(events)('leads from every state at "%s" where it must, or nowhere', (event) => {
    const [ofAccount, ofSubscription] = expected[event]
    for (const life of lives) {
      const account = reached(ofAccount, life.account, life)
      const subscription = reached(ofSubscription, life.subscription, life)
      const answer = answerOf(life, event)
      if (account !== null && subscription !== null) {
        expect(answer, JSON.stringify(life)).toEqual({ account, subscription: subscription === 'none' ? null : subscription })
      } else {
        const from = (account === null ? life.account : life.subscription) ?? 'none'
        expect(answer, JSON.stringify(life)).toMatchObject({ code: 'invalid_transition', details: { from } })
        expect((answer as Error).message).toMatch(
          account === null ? /^An account that is \w+ cannot / : /^A subscription that is \w+ cannot /,
        )
      }
    }
  })

  it('begins with the sign-up, and with nothing else', () => {
    expect(nextLife(unborn, 'sign_up')).toEqual({ account: 'trial', subscription: 'trialing' })
    for (const event of events.filter((event) => event !== 'sign_up')) {
      expect(answerOf(unborn, event)).toMatchObject({ code: 'invalid_transition', details: { from: 'none' } })
    }
  })

  it('refuses what is no status, also a name that every object has', () => {
    expect(answerOf({ ...unborn, account: 'constructor' as never }, 'cancel')).toMatchObject({ code: 'invalid_transition' })
  })

  it('leads no account out of its statuses, and none back to before its sign-up', () => {
    for (const { account, subscription } of Object.values(lifeTable)) {
      expect([...accountStatuses]).toEqual(expect.arrayContaining(targetsOf(account)))
      expect(['none', ...subscriptionStatuses]).toEqual(expect.arrayContaining(targetsOf(subscription)))
    }
  })

  it('is read from an account, its subscription and the clock', () => {
    const subscription = samples.subscription({ status: 'active', cancelAtPeriodEnd: true })
    const held = { account: samples.account({ status: 'suspended' }), subscription }
    const end = subscription.currentPeriodEnd
    const life = { account: 'suspended', subscription: 'active', trialRuns: false, endsWithPeriod: true }
    expect(lifeOf(held, new Date(end.getTime() - 1))).toEqual({ ...life, paidTimeRuns: true })
    expect(lifeOf(held, end)).toEqual({ ...life, paidTimeRuns: false })
    const onTrial = { ...held, subscription: { ...subscription, status: 'trialing' as const } }
    expect(lifeOf(onTrial, new Date(end.getTime() - 1))).toMatchObject({ trialRuns: true, paidTimeRuns: false })
    expect(lifeOf(onTrial, end)).toMatchObject({ trialRuns: false, paidTimeRuns: false })
    expect(lifeOf({ ...held, subscription: null }, end)).toEqual({ ...unborn, account: 'suspended' })
  })

  it('is what the README shows; if not, run: npm run docs', () => {
    expect(shownLife()).toBe(printedLife())
  })
})

const targetsOf = (steps: object): string[] =>
  [...JSON.stringify(Object.values(steps)).matchAll(/"(?:to":"|else":")?([a-z_]+)"/g)].flatMap(([, name]) =>
    name === undefined || ['to', 'else', 'when'].includes(name) ? [] : [name],
  )
