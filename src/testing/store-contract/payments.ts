import assert from 'node:assert/strict'
import { paymentMethods } from '../../domain/account.js'
import { paymentStatuses } from '../../domain/payment.js'
import type { PaymentReference, RecordedPayment } from '../../ports/store/payments.js'
import type { Store } from '../../ports/store/store.js'
import { samples } from '../samples.js'
import { addAccount, at, atOnce, awkwardJson, locked, readPages, type StoreCases } from './world.js'

const elaborate = samples.recordedPayment({
  method: 'stripe',
  status: 'confirmed',
  reference: 'TNT "7" \\ ß',
  externalPaymentId: 'pi_123 $1',
  amount: { amountMinor: Number.MAX_SAFE_INTEGER, currency: 'JPY' },
  periodMonths: 36,
  dueAt: at(9),
  payerName: `Zoë O'Neil 漢字`,
  proofUrl: 'https://bank.example/proof?a=1&b=%20',
  decidedBy: { type: 'admin', id: 'user-7' },
  decidedAt: at(8),
  reason: 'paid "early"',
  createdAt: at(4),
  planId: 'plan-1',
  fingerprint: 'f'.repeat(64),
  outcome: JSON.stringify(awkwardJson),
})

async function save(store: Store, ...payments: readonly RecordedPayment[]): Promise<void> {
  for (const payment of payments) {
    await store.transaction(async (tx) => {
      await locked(tx, payment.payment.accountId)
      await tx.savePayment(payment)
    })
  }
}

const claim = (overrides: Partial<PaymentReference> = {}): PaymentReference => ({
  method: 'bank_transfer',
  externalPaymentId: 'BANK-1',
  accountId: 'account-1',
  paymentId: 'payment-1',
  ...overrides,
})

async function addListed(store: Store): Promise<void> {
  await addAccount(store)
  await addAccount(store, { id: 'account-2' })
  const moments = { p3: 1, p1: 1, p5: 2, p2: 1, p4: 0, p6: 3 }
  for (const [id, moment] of Object.entries(moments)) {
    const accountId = id === 'p2' || id === 'p6' ? 'account-2' : 'account-1'
    const status = id === 'p1' || id === 'p6' ? 'submitted' : 'requested'
    await save(store, samples.recordedPayment({ id, accountId, status, createdAt: at(moment) }))
  }
}

async function listed(
  store: Store,
  filter: { accountId?: string; status?: 'requested' | 'submitted' | 'rejected' } = {},
): Promise<string[][]> {
  const all = { accountId: null, status: null, ...filter }
  const pages = await readPages(
    2,
    (page) => store.listPayments({ ...all, ...page }),
    (payment) => payment,
  )
  return pages.map((page) => page.map(({ id }) => id))
}

/** Promises about payments and the external payments that they are bound to. */
export const paymentCases: StoreCases = {
  'a payment comes back with all that it is': async (store) => {
    await addAccount(store)
    const bare = samples.recordedPayment({ id: 'payment-2', planId: null })
    await save(store, elaborate, bare)
    assert.deepEqual(await store.findPayment('payment-1'), elaborate)
    assert.deepEqual(await store.findPayment('payment-2'), bare)
    assert.equal(await store.findPayment('payment-3'), null)
  },
  'every status and method comes back': async (store) => {
    await addAccount(store)
    for (const status of paymentStatuses) {
      for (const method of paymentMethods) {
        const payment = samples.recordedPayment({ id: `${status}-${method}`, status, method })
        await save(store, payment)
        assert.deepEqual(await store.findPayment(`${status}-${method}`), payment)
      }
    }
  },
  'saving a payment again replaces it, in the lists too': async (store) => {
    await addAccount(store)
    await save(store, samples.recordedPayment({ createdAt: at(4) }), elaborate)
    assert.deepEqual(await store.findPayment('payment-1'), elaborate)
    assert.deepEqual(await store.listPayments({ accountId: 'account-1', status: null, before: null, limit: 5 }), [elaborate.payment])
    assert.deepEqual(await store.listPayments({ accountId: null, status: 'requested', before: null, limit: 5 }), [])
  },
  'a payment needs the plan that it names': async (store) => {
    await addAccount(store)
    await assert.rejects(save(store, samples.recordedPayment({ planId: 'no-plan' })))
    assert.equal(await store.findPayment('payment-1'), null)
  },
  'payments of all accounts are listed newest first, without a gap or a repeat': async (store) => {
    await addListed(store)
    assert.deepEqual(await listed(store), [
      ['p6', 'p5'],
      ['p3', 'p2'],
      ['p1', 'p4'],
    ])
  },
  'payments are listed of one account': async (store) => {
    await addListed(store)
    assert.deepEqual(await listed(store, { accountId: 'account-1' }), [
      ['p5', 'p3'],
      ['p1', 'p4'],
    ])
    assert.deepEqual(await listed(store, { accountId: 'account-2' }), [['p6', 'p2']])
    assert.deepEqual(await listed(store, { accountId: 'nowhere' }), [])
  },
  'payments are listed of one status, in one account or in all': async (store) => {
    await addListed(store)
    assert.deepEqual(await listed(store, { status: 'submitted' }), [['p6', 'p1']])
    assert.deepEqual(await listed(store, { status: 'requested' }), [
      ['p5', 'p3'],
      ['p2', 'p4'],
    ])
    assert.deepEqual(await listed(store, { status: 'requested', accountId: 'account-1' }), [['p5', 'p3'], ['p4']])
    assert.deepEqual(await listed(store, { status: 'rejected' }), [])
  },
  'a payment is listed as it is found': async (store) => {
    await addAccount(store)
    await save(store, elaborate)
    assert.deepEqual(await store.listPayments({ accountId: null, status: null, before: null, limit: 1 }), [elaborate.payment])
  },
  'the first claim of an external payment holds, for ever and for every account': async (store) => {
    await addAccount(store)
    await addAccount(store, { id: 'account-2' })
    assert.deepEqual(await store.claimPaymentReference(claim()), claim())
    assert.deepEqual(await store.claimPaymentReference(claim({ paymentId: 'payment-2' })), claim())
    assert.deepEqual(await store.claimPaymentReference(claim({ paymentId: 'payment-3', accountId: 'account-2' })), claim())
    assert.deepEqual(await store.claimPaymentReference(claim()), claim())
  },
  'another reference, or the same of another method, is another external payment': async (store) => {
    await addAccount(store)
    await store.claimPaymentReference(claim())
    const others = [
      claim({ externalPaymentId: 'BANK-2', paymentId: 'payment-2' }),
      claim({ method: 'paypal', paymentId: 'payment-3' }),
      claim({ externalPaymentId: 'bank-1', paymentId: 'payment-4' }),
    ]
    for (const other of others) assert.deepEqual(await store.claimPaymentReference(other), other)
  },
  'of many claims at once, all answer the one that was first': async (store) => {
    await addAccount(store)
    const answers = await atOnce(10, (index) => store.claimPaymentReference(claim({ paymentId: `payment-${index}` })))
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    assert.deepEqual(await store.claimPaymentReference(claim({ paymentId: 'late' })), answers[0])
  },
  'a claim waits for one in a transaction, and answers it if that commits': async (store) => {
    await addAccount(store)
    const outside = await store.transaction(async (tx) => {
      await tx.claimPaymentReference(claim())
      return { answer: store.claimPaymentReference(claim({ paymentId: 'late' })) }
    })
    assert.deepEqual(await outside.answer, claim())
  },
  'a claim waits for one in a transaction, and is the first if that rolls back': async (store) => {
    await addAccount(store)
    const outside: { answer?: Promise<PaymentReference> } = {}
    const transaction = store.transaction(async (tx) => {
      await tx.claimPaymentReference(claim())
      outside.answer = store.claimPaymentReference(claim({ paymentId: 'late' }))
      throw new Error('rolled back')
    })
    await assert.rejects(transaction, /rolled back/)
    assert.deepEqual(await outside.answer, claim({ paymentId: 'late' }))
  },
  'a claim that came second leaves the transaction usable': async (store) => {
    await addAccount(store)
    await store.claimPaymentReference(claim())
    await store.transaction(async (tx) => {
      await locked(tx)
      assert.deepEqual(await tx.claimPaymentReference(claim({ paymentId: 'payment-2' })), claim())
      await tx.savePayment(elaborate)
    })
    assert.deepEqual(await store.findPayment('payment-1'), elaborate)
  },
}
