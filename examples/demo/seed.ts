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
  if (trial !== null) await useDaily(past, trial, 4, goBack)

  goBack(25)
  const paying = await register(past, people.paying)
  if (paying === null) return
  const { user } = await tenantry.login(people.admin)
  await confirm(past, paying, { type: 'admin', id: user.id })
  await useDaily(past, paying, 24, goBack)
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

/** Something like a week: more on some days than on others, nothing on every seventh. */
async function useDaily(tenantry: Tenantry, accountId: string, days: number, goBack: (days: number) => void): Promise<void> {
  for (let ago = days; ago >= 0; ago--) {
    if (ago % 7 === 6) continue
    goBack(ago)
    const amount = 20 + ((ago * 53) % 90)
    await tenantry.spendCredits({ accountId, amount, operation: 'page.generate', idempotencyKey: `demo:${ago}` })
  }
}
