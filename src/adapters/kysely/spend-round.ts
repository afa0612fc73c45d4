import type { CreditSpend } from '../../ports/store/credits.js'

/** A spend as it is put into the statement. */
export interface Asked {
  readonly spend: CreditSpend
  /** Its metadata as JSON, its time as text, and the digest of its entry: written once, and by the call itself, so that nobody else pays for what cannot be written. */
  readonly metadata: string
  readonly createdAt: string
  readonly digest: string
}

/** What can be asked in one statement, in which no key may be twice. Calls that are in neither have to wait until it has ended. */
export interface Round {
  readonly asked: readonly Asked[]
  /** Calls that repeat one that is asked, and get what it gets. */
  readonly repeats: ReadonlyMap<Asked, Asked>
}

/** Sorts calls, in order of arrival, into what is asked now and what is not. Behind a call that has to wait, its account waits. */
export function sortOut(calls: readonly Asked[]): Round {
  const byKey = new Map<string, Asked>()
  const repeats = new Map<Asked, Asked>()
  const waiting = new Set<string>()
  for (const call of calls) {
    const { accountId, idempotencyKey } = call.spend
    if (waiting.has(accountId)) continue
    const key = `${accountId}\0${idempotencyKey}`
    const first = byKey.get(key)
    if (first === undefined) byKey.set(key, call)
    else if (sharesFate(first.spend, call.spend)) repeats.set(call, first)
    else waiting.add(accountId)
  }
  return { asked: [...byKey.values()], repeats }
}

/**
 * Where the first is spent, a later call with its key is a replay, whatever it asks for. Where the first is refused, so is one that asks for
 * no less and no earlier; but one that asks for less may still get it.
 */
const sharesFate = (first: CreditSpend, later: CreditSpend): boolean => later.amount >= first.amount && later.createdAt >= first.createdAt
