import { type Actor, createTenantry, isTenantryError, type RegisterTrialInput, type Tenantry } from 'tenantry'
import { kyselyStore } from 'tenantry/kysely'
import type { App } from '../shared/app.js'
import { plans } from '../shared/plans.js'
import { people } from './people.js'

const day = 86_400_000

/** Fills an empty database with two customers and their history. Does nothing where they are already. */
export async function seed({ db, tenantry, clock }: App): Promise<void> {
  const start = clock()
  const travel = { now: start }
  const past = createTenantry({ store: kyselyStore(db), plans, clock: () => travel.now })
  const goBack = (days: number): void => {
    travel.now = new Date(start.getTime() - days * day)
  }

  goBack(4)
  const trial = await register(past, people.trial)
  if (trial !== null) await useDaily(past, trial, { first: 4, last: 0 }, goBack)

  goBack(25)
  const paying = await register(past, people.paying)
  if (paying === null) return
  const { user } = await tenantry.login(people.admin)
  const admin: Actor = { type: 'admin', id: user.id }
  await confirm(past, paying, admin)
  const spent = await useDaily(past, paying, { first: 24, last: 9 }, goBack)
  await correct(past, { accountId: paying, entryId: spent }, admin)
  await useDaily(past, paying, { first: 8, last: 0 }, goBack)
}

/** `null` when the person is there already. */
async function register(tenantry: Tenantry, person: RegisterTrialInput): Promise<string | null> {
  try {
    return (await tenantry.registerTrial(person)).account.id
  } catch (error) {
    if (isTenantryError(error, 'email_taken')) return null
    throw error
  }
}

async function confirm(tenantry: Tenantry, accountId: string, admin: Actor): Promise<void> {
  const transfer = {
    accountId,
    planSlug: 'starter',
    amount: '59.98',
    periodMonths: 2,
    externalPaymentId: 'DEMO-2031-0001',
    payerName: 'Ada Lovelace',
    proofUrl: 'https://bank.example/transfers/DEMO-2031-0001',
  }
  await tenantry.confirmBankTransfer(transfer, admin)
}

/** What support does now and then: credits that were bought, a mistake put right, and work that failed given back. */
async function correct(tenantry: Tenantry, { accountId, entryId }: { accountId: string; entryId: string }, admin: Actor): Promise<void> {
  const bought = { accountId, amount: 1000, type: 'purchase', description: '1,000 credits more' } as const
  await tenantry.grantCredits({ ...bought, idempotencyKey: 'demo:bought' }, admin)
  await tenantry.adjustCredits({ accountId, amount: -250, idempotencyKey: 'demo:mistake', reason: 'Counted twice by mistake' }, admin)
  await tenantry.refundCredits({ entryId, amount: 40, idempotencyKey: 'demo:blank', reason: 'The picture came out blank' }, admin)
}

const operations = ['page.generate', 'page.generate', 'page.translate', 'image.render'] as const

/** Something like a week: more on some days than on others, nothing on every seventh. Answers the last entry. */
async function useDaily(
  tenantry: Tenantry,
  accountId: string,
  { first, last }: { first: number; last: number },
  goBack: (days: number) => void,
): Promise<string> {
  let entryId = ''
  for (let ago = first; ago >= last; ago--) {
    if (ago % 7 === 6) continue
    goBack(ago)
    const amount = 20 + ((ago * 53) % 90)
    const operation = operations[ago % operations.length] ?? 'page.generate'
    const { entry } = await tenantry.spendCredits({ accountId, amount, operation, idempotencyKey: `demo:${ago}` })
    entryId = entry.id
  }
  return entryId
}
