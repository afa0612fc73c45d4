import type { Store } from '../../ports/store/store.js'
import type { ContractCase } from '../contract-case.js'
import { accessCases } from './access.js'
import { accountCases } from './accounts.js'
import { apiKeyCases } from './api-keys.js'
import { auditCases } from './audit.js'
import { bookCases } from './books.js'
import { creditCases } from './credits.js'
import { dueCases } from './due.js'
import { entryCases } from './entries.js'
import { eventDeliveryCases } from './event-delivery.js'
import { eventCases } from './events.js'
import { hashCases } from './hashes.js'
import { ledgerCases } from './ledgers.js'
import { membershipCases } from './memberships.js'
import { paymentCases } from './payments.js'
import { planCases } from './plans.js'
import { receiptCases } from './receipts.js'
import { refundCases } from './refunds.js'
import { replayCases } from './replays.js'
import { reservationCases } from './reservations.js'
import { sessionCases } from './sessions.js'
import { signInCases } from './sign-ins.js'
import { subscriptionCases } from './subscriptions.js'
import { transactionCases } from './transactions.js'
import { transferCases } from './transfers.js'
import { trialCases } from './trials.js'
import { usageCases } from './usage.js'
import { userCases } from './users.js'
import type { StoreCases } from './world.js'

const chapters: Readonly<Record<string, StoreCases>> = {
  plans: planCases,
  users: userCases,
  memberships: membershipCases,
  sessions: sessionCases,
  'sign-ins': signInCases,
  access: accessCases,
  accounts: accountCases,
  subscriptions: subscriptionCases,
  ledgers: ledgerCases,
  credits: creditCases,
  replays: replayCases,
  entries: entryCases,
  hashes: hashCases,
  reservations: reservationCases,
  refunds: refundCases,
  usage: usageCases,
  'API keys': apiKeyCases,
  trials: trialCases,
  payments: paymentCases,
  due: dueCases,
  transfers: transferCases,
  audit: auditCases,
  events: eventCases,
  'event delivery': eventDeliveryCases,
  receipts: receiptCases,
  books: bookCases,
  transactions: transactionCases,
}

/**
 * Every promise of the port {@link Store}, as cases for any test runner:
 *
 * ```ts
 * for (const { name, run } of storeContract(makeStore)) test(name, run)
 * ```
 *
 * `makeStore` is called once for each case and gives an empty store. What a store holds open is closed by whoever made it. No case waits
 * inside a transaction for something outside of it, so that engines with a single connection can be tried too; that writers who meet do not
 * disturb each other is shown as far as one process can show it.
 */
export function storeContract(makeStore: () => Promise<Store> | Store): ContractCase[] {
  return Object.entries(chapters).flatMap(([noun, cases]) =>
    Object.entries(cases).map(([sentence, check]) => ({
      name: `${noun}: ${sentence}`,
      run: async () => check(await makeStore()),
    })),
  )
}
