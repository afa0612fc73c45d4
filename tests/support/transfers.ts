import type { Actor } from 'tenantry'
import { createHost, type Host, type HostOptions, signUp } from './host.js'

/** A customer on trial since 10 March 2026 who may ask for three months of starter: 89.97 USD. */
export async function trial(options: HostOptions = {}) {
  const host = await createHost({ start: '2026-03-10T12:00:00.000Z', ...options })
  const { account, user } = await signUp(host)
  const owner: Actor = { type: 'user', id: user.id }
  const asked = { accountId: account.id, planSlug: 'starter', periodMonths: 3 }
  return { host, accountId: account.id, owner, asked, ...host }
}

/** So many days after the sign-up, or after another moment. */
export const days = (count: number, from = '2026-03-10T12:00:00.000Z') => new Date(new Date(from).getTime() + count * 86_400_000)

/** What was told of an account, in order. */
export const eventsOf = async ({ store }: Host, accountId: string) => {
  const records = await store.listEvents({ accountId, status: null, before: null, limit: 200 })
  return records.map(({ event }) => event).sort((a, b) => a.sequence - b.sequence)
}
