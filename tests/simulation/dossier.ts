import type { Store, Tenantry } from 'tenantry'
import type { Customer } from './customer.js'

/**
 * Everything that is known of a customer's account at the end, as text: status, subscription, balance, lots, ledger, payments, receipts and
 * events, each in order, and what came of all that was done. What two runs cannot have in common is left out or numbered as it appears: ids, the
 * references of transfers, the numbers of receipts.
 */
export async function dossierOf(tenantry: Tenantry, store: Store, { accountId, answers }: Customer): Promise<string[]> {
  const state = await store.findAccountState(accountId)
  const own = { accountId, limit: 200 }
  const entries = await all((before) => tenantry.listCreditEntries({ ...own, ...before }))
  const payments = await all((before) => tenantry.listPayments({ ...own, ...before }))
  const receipts = await all((before) => tenantry.listReceipts({ ...own, ...before }))
  const events = await all((before) => tenantry.listEvents({ ...own, ...before }))
  const { balance, reserved, lots } = await tenantry.creditBalance({ accountId })
  const { account, subscription, ledger, ...dates } = state ?? { account: null, subscription: null, ledger: null }
  return anonymous([
    ...answers,
    { account: { ...account, plan: account?.plan?.slug } },
    ...events.map(({ event }) => ({ event })).sort((a, b) => a.event.sequence - b.event.sequence),
    ...entries.map((entry) => ({ entry })),
    ...payments.map((payment) => ({ payment })),
    ...receipts.map((receipt) => ({ receipt })),
    { subscription },
    dates,
    { balance, reserved },
    ...lots.map(({ id: _, ...lot }) => ({ lot })),
    { reservations: ledger?.reservations.length },
  ])
}

type Cursor = { readonly before?: string }

/** All pages, oldest first. */
async function all<Item>(read: (before: Cursor) => Promise<{ items: readonly Item[]; next: string | null }>): Promise<Item[]> {
  const items: Item[] = []
  for (let cursor: Cursor | null = {}; cursor !== null; ) {
    const page: { items: readonly Item[]; next: string | null } = await read(cursor)
    items.push(...page.items)
    cursor = page.next === null ? null : { before: page.next }
  }
  return items.reverse()
}

const unlike = new Set(['reference', 'number', 'hash'])
const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

function anonymous(facts: readonly unknown[]): string[] {
  const names = new Map<string, string>()
  const nameOf = (found: string): string => {
    const name = names.get(found) ?? `id ${names.size + 1}`
    names.set(found, name)
    return name
  }
  return facts.map((fact) => JSON.stringify(fact, alike).replace(id, nameOf))
}

/** The fields in one order, whichever store they come from. */
function alike(key: string, value: unknown): unknown {
  if (unlike.has(key)) return '…'
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The first line in which two dossiers differ, with what was before it; `null` where they are the same. */
export function difference(expected: readonly string[], found: readonly string[]): object | null {
  const length = Math.max(expected.length, found.length)
  for (let line = 0; line < length; line++) {
    if (expected[line] !== found[line]) return { before: expected.slice(line - 3, line), expected: expected[line], found: found[line] }
  }
  return null
}
