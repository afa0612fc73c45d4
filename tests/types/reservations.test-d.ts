import type { Actor, BookInvariant, CreditResult, Reservation, ReservationResult, Tenantry, UsageGrouping, UsageSum } from 'tenantry'

/** What reservations, refunds and reports take is known to the field. */
export async function wrongCalls(tenantry: Tenantry, actor: Actor): Promise<void> {
  const work = { accountId: 'a', amount: 5, idempotencyKey: 'k', operation: 'article', ttlSeconds: 60 }
  await tenantry.reserveCredits({ ...work, userId: 'u', apiKeyId: 'k', metadata: { page: 1 } })
  // @ts-expect-error: credits are set aside for some time
  await tenantry.reserveCredits({ accountId: 'a', amount: 5, idempotencyKey: 'k', operation: 'article' })
  // @ts-expect-error: for so many seconds, not until a moment
  await tenantry.reserveCredits({ ...work, expiresAt: new Date() })
  // @ts-expect-error: a settlement says what the work has cost
  await tenantry.settleReservation({ reservationId: 'r' })
  // @ts-expect-error: a release costs nothing
  await tenantry.releaseReservation({ reservationId: 'r', actual: 0 })
  // @ts-expect-error: somebody gives credits back
  await tenantry.refundCredits({ entryId: 'e', idempotencyKey: 'k', reason: 'r' })
  // @ts-expect-error: for a reason
  await tenantry.refundCredits({ entryId: 'e', idempotencyKey: 'k' }, actor)
  const january = { accountId: 'a', from: new Date(0), to: new Date(1) }
  // @ts-expect-error: there is no report by month
  await tenantry.usageReport({ ...january, by: 'month' })
  // @ts-expect-error: moments are dates
  await tenantry.usageReport({ ...january, from: '2026-01-01', by: 'day' })
}

/** Answers come as they are promised. */
export async function answers(tenantry: Tenantry, actor: Actor, by: UsageGrouping): Promise<void> {
  const ends: ReservationResult[] = [
    await tenantry.settleReservation({ reservationId: 'r', actual: 0 }),
    await tenantry.releaseReservation({ reservationId: 'r' }),
  ]
  const reservations: readonly Reservation[] = ends.map(({ reservation }) => reservation)
  const [first] = reservations
  first?.status satisfies 'open' | 'settled' | 'released' | 'expired' | undefined
  first?.closedAt satisfies Date | null | undefined
  // @ts-expect-error: what is answered is not the caller's to change
  if (first !== undefined) first.actual = 5
  const refund: CreditResult = await tenantry.refundCredits({ entryId: 'e', idempotencyKey: 'k', reason: 'r' }, actor)
  refund.entry.refundsEntryId satisfies string | null
  const { items, total } = await tenantry.usageReport({ accountId: 'a', from: new Date(0), to: new Date(1), by })
  items satisfies readonly UsageSum[]
  total.spent satisfies number
  const { problems } = await tenantry.verifyBooks()
  problems.map(({ invariant, reservationId }) => [invariant, reservationId]) satisfies (BookInvariant | string | undefined)[][]
}
