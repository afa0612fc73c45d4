/** A bug to plant: a text in a source file, once, and what takes its place. */
export interface Mutant {
  readonly name: string
  readonly file: string
  readonly find: string
  readonly replace: string
  /** The test files of which at least one must fail. */
  readonly tests: readonly string[]
  /** Where one test of them is enough, part of its name. */
  readonly only?: string
}

const model = ['tests/model/memory.test.ts']
const serverModel = ['tests/races/model.test.ts']
const duplicates = ['tests/races/duplicates.test.ts']
const apiKeys = ['tests/races/api-keys.test.ts']
const clientAddress = ['tests/domain/client-address.test.ts']
const throttleScopes = ['tests/services/throttle-scopes.test.ts']
const sqlOf = { spendSql: 'src/adapters/kysely/spend-sql.ts', batchSql: 'src/adapters/kysely/spend-batch-sql.ts' }

/** Bugs that ledgers really had, and that the tests must find. */
export const mutants: readonly Mutant[] = [
  {
    name: 'the entry is inserted on conflict do nothing',
    file: sqlOf.spendSql,
    find: '  from debit\n  returning',
    replace: '  from debit on conflict do nothing\n  returning',
    tests: duplicates,
  },
  {
    name: 'the entries of a batch are inserted on conflict do nothing',
    file: sqlOf.batchSql,
    find: '  where decided.sequence is not null\n), debit',
    replace: '  where decided.sequence is not null on conflict do nothing\n), debit',
    tests: ['tests/races/coalesced-spend.test.ts'],
  },
  {
    name: 'the key is looked up before the account is locked',
    file: 'src/services/credits/record-credits.ts',
    find: `  const held = await lockAccount(tx, accountId)
  const recorded = await tx.findCreditEntryByKey({ accountId, idempotencyKey })`,
    replace: `  const recorded = await tx.findCreditEntryByKey({ accountId, idempotencyKey })
  const held = await lockAccount(tx, accountId)`,
    tests: duplicates,
  },
  {
    name: 'the account is not locked',
    file: 'src/adapters/kysely/locked-accounts.ts',
    find: ".where('id', '=', accountId).forNoKeyUpdate()",
    replace: ".where('id', '=', accountId)",
    tests: duplicates,
  },
  {
    name: 'API keys are counted before the account is locked',
    file: 'src/services/api-keys/create-api-key.ts',
    find: `    const held = await lockAccount(tx, accountId)
    const manager = await requireManager(tx, accountId, actor, 'make API keys for this account')
    await requireRoomForKey(context, tx, held, now)`,
    replace: `    const unheld = await tx.findAccountAccess(accountId)
    if (unheld !== null) await requireRoomForKey(context, tx, unheld, now)
    await lockAccount(tx, accountId)
    const manager = await requireManager(tx, accountId, actor, 'make API keys for this account')`,
    tests: apiKeys,
  },
  {
    name: 'an API key is replaced twice',
    file: 'src/adapters/kysely/api-keys.ts',
    find: ".where('replaced_by_id', 'is', null)",
    replace: '',
    tests: ['tests/adapters/kysely-pg-mem.test.ts'],
    only: 'API keys',
  },
  {
    name: 'every use of an API key is written',
    file: 'src/adapters/kysely/api-keys.ts',
    find: "is('last_used_at', '<=', addSeconds(at, -keyUseSeconds))",
    replace: "is('last_used_at', '<=', addSeconds(at, keyUseSeconds))",
    tests: apiKeys,
  },
  {
    name: 'the use of an API key waits for who holds it',
    file: 'src/adapters/kysely/api-keys.ts',
    find: '      .skipLocked()\n',
    replace: '',
    tests: apiKeys,
  },
  {
    name: 'the use of an API key is written on the way',
    file: 'src/services/access/authenticate.ts',
    find: `    context.keyUses.note({ secretHash: hash, lastUsedAt: key.apiKey.lastUsedAt, at: now })
    return keyPrincipal(key)`,
    replace: '    return context.store.touchApiKeys({ secretHashes: [hash], at: now }).then(() => keyPrincipal(key))',
    tests: apiKeys,
  },
  {
    name: 'a secret is a field like any other',
    file: 'src/services/with-secret.ts',
    find: '[name]: { get: () => secret }',
    replace: '[name]: { value: secret, enumerable: true }',
    tests: ['tests/services/redaction.test.ts'],
  },
  {
    name: 'a spend uses what has expired',
    file: sqlOf.spendSql,
    find: '(settles_at is null or settles_at >',
    replace: '(settles_at is not null or settles_at is null or settles_at >',
    tests: serverModel,
  },
  {
    name: 'a spend uses what has expired, in memory',
    file: 'src/adapters/memory/credits.ts',
    find: ' && (settlesAt === null || createdAt < settlesAt)',
    replace: '',
    tests: model,
  },
  {
    name: 'a batch of spends uses what has expired',
    file: sqlOf.batchSql,
    find: '(held.settles_at is null or held.settles_at >',
    replace: '(held.settles_at is not null or held.settles_at is null or held.settles_at >',
    tests: ['tests/adapters/postgres-spend-batch.test.ts'],
  },
  {
    name: 'a batch of spends counts each by itself',
    file: sqlOf.batchSql,
    find: 'sum(amount) filter (where qualifies) over earlier as running',
    replace: 'amount as running',
    tests: ['tests/races/spend.test.ts'],
  },
  {
    name: 'more is settled than was reserved',
    file: 'src/services/credits/end-reservation.ts',
    find: '  if (wish.actual > found.amount) throw',
    replace: '  if (wish.actual > found.amount + 1) throw',
    tests: model,
  },
  {
    name: 'what is settled is not looked at when it expires',
    file: 'src/services/credits/end-reservation.ts',
    find: "  if (reservation.status !== 'open') return replayEnd(reservation, wish)\n  const ledger",
    replace: '  const ledger',
    tests: model,
  },
  {
    name: 'a reservation never expires',
    file: 'src/domain/settlement.ts',
    find: 'const ends = [...openReservations(ledger).map(reservationEnd), ',
    replace: 'const ends = [',
    tests: model,
  },
  {
    name: 'a spend is refunded twice',
    file: 'src/services/credits/refund-credits.ts',
    find: 'const left = -spent.amount - (await',
    replace: 'const left = -spent.amount - 0 * (await',
    tests: model,
  },
  {
    name: 'a key counts for all accounts',
    file: sqlOf.spendSql,
    find: ' and idempotency_key = ',
    replace: ' is not null and idempotency_key = ',
    tests: serverModel,
  },
  {
    name: 'a key is accepted with other content',
    file: 'src/services/credits/replay.ts',
    find: 'if (recorded !== fingerprint)',
    replace: 'if (recorded === null && fingerprint === null)',
    tests: model,
  },
  {
    name: 'a payment is accepted with other content',
    file: 'src/services/payments/claim-transfer.ts',
    find: '  if (transferFingerprint(asRepeated(first, transfer)) !== recorded.fingerprint) throw conflict\n',
    replace: '',
    tests: model,
  },
  {
    name: 'an expiry takes from another lot',
    file: 'src/domain/settlement.ts',
    find: '(other.id === lot.id ? ended : other))\n  if (lapsed',
    replace: '(other.id === lot.id ? ended : { ...other, remaining: Math.max(0, other.remaining - 1) }))\n  if (lapsed',
    tests: model,
  },
  {
    name: 'an expiry comes a moment late',
    file: 'src/domain/settlement.ts',
    find: '({ at }) => at <= until',
    replace: '({ at }) => at < until',
    tests: model,
  },
  {
    name: 'the burn order does not look at the expiry',
    file: 'src/domain/ledger.ts',
    find: '  if (expiry(a) !== expiry(b)) return expiry(a) - expiry(b)\n',
    replace: '',
    tests: model,
  },
  {
    name: 'a renewal begins now',
    file: 'src/domain/paid-period.ts',
    find: 'const start = subscription.currentPeriodEnd',
    replace: 'const start = stamp.now',
    tests: model,
  },
  {
    name: 'a month has thirty days',
    file: 'src/domain/calendar.ts',
    find: '  return moment\n}',
    replace: '  return new Date(anchor.getTime() + months * 30 * 86_400_000)\n}',
    tests: model,
  },
  {
    name: 'a month too many has credits',
    file: 'src/domain/plan-credits.ts',
    find: 'return next < subscription.currentPeriodEnd ?',
    replace: 'return next <= subscription.currentPeriodEnd ?',
    tests: model,
  },
  {
    name: 'a failed statement is swallowed',
    file: 'src/adapters/kysely/transaction.ts',
    find: 'return course.failure === null ? { result } : { error: course.failure }',
    replace: 'return { result }',
    tests: ['tests/adapters/kysely-pglite.test.ts', 'tests/adapters/postgres-store.test.ts'],
  },
  {
    name: 'a replay debits',
    file: 'src/adapters/memory/credits.ts',
    find: `    if (prior !== null) return { ...recorded(prior), outcome: 'replayed' }
    const account = tables.accounts.find(spend.accountId)`,
    replace: `    const account = tables.accounts.find(spend.accountId)
    if (prior !== null && account !== null) tables.accounts.put({ ...account, balance: account.balance - 1 })
    if (prior !== null) return { ...recorded(prior), outcome: 'replayed' }`,
    tests: model,
  },
  {
    name: 'an answer comes before the commit',
    file: 'src/adapters/kysely/transaction.ts',
    find: `    await transaction.execute(async (db) => {
      outcome = await outcomeOf(() => work(connectTo({ ...home, db }, course)), course)
      if ('error' in outcome) throw outcome.error
    })`,
    replace: `    await new Promise<unknown>((done, failed) => {
      const execution = transaction.execute(async (db) => {
        outcome = await outcomeOf(() => work(connectTo({ ...home, db }, course)), course)
        if ('error' in outcome) throw outcome.error
        done(null)
        await new Promise((next) => setImmediate(next))
      })
      execution.then(done, failed)
    })`,
    tests: ['tests/crash/process.test.ts'],
    only: 'before commit',
  },
  {
    name: 'the client is the leftmost hop',
    file: 'src/domain/client-address.ts',
    find: '    if (!trusts(client, position)) break\n',
    replace: '',
    tests: clientAddress,
  },
  {
    name: 'a client hop that is no address is passed over',
    file: 'src/domain/client-address.ts',
    find: '    if (address === null) break',
    replace: '    if (address === null) continue',
    tests: clientAddress,
  },
  {
    name: 'a client may leave a quote open',
    file: 'src/domain/forwarded-hops.ts',
    find: "if (text[index] === ',' && !isQuoted) return index",
    replace: "if (text[index] === ',' && !text.slice(0, index).includes('\"')) return index",
    tests: clientAddress,
  },
  {
    name: 'a client is every IPv6 address by itself',
    file: 'src/domain/client-key.ts',
    find: 'prefix64(words.slice(0, 4))',
    replace: 'ip',
    tests: ['tests/services/throttle.test.ts'],
  },
  {
    name: 'a client mapped into IPv6 is another one',
    file: 'src/domain/ip-address.ts',
    find: '  if (!hasPrefix(words, mappedPrefix)) return null',
    replace: '  if (words.length > 0) return null',
    tests: ['tests/domain/throttle-keys.test.ts'],
  },
  {
    name: "what a host's transaction changes counts as committed",
    file: 'src/services/gate-cache/open-gate.ts',
    find: 'isJoined ? tellPending : tell',
    replace: 'tell',
    tests: ['tests/races/gate-cache.test.ts'],
  },
  {
    name: 'keys that are asked once each are locked in any order',
    file: 'src/adapters/kysely/throttle-each-sql.ts',
    find: ', n) order by n',
    replace: ', n) order by n desc',
    tests: ['tests/races/throttle.test.ts'],
  },
  {
    name: 'a row that cannot be read fails all that travel with it',
    file: 'src/adapters/kysely/access-batch.ts',
    find: 'return row === undefined ? null : readAlone(row, read)',
    replace: 'return row === undefined ? null : read(row)',
    tests: ['tests/adapters/postgres-gate-edges.test.ts'],
  },
  {
    name: 'throttle scopes are taken one by one',
    file: 'src/services/throttling/take-call.ts',
    find: '  const decision = context.throttles.take(requests, call.cost, now.getTime())',
    replace: `  const each = requests.map((request) => context.throttles.take([request], call.cost, now.getTime()) as Promise<ThrottleDecision>)
  const decision = Promise.all(each).then((all) => ({
    allowed: all.every((one) => one.allowed),
    states: all.flatMap((one) => one.states),
  })) as ThrottleDecision | Promise<ThrottleDecision>`,
    tests: throttleScopes,
  },
  {
    name: 'throttle shows the loosest budget',
    file: 'src/domain/shown-budget.ts',
    find: 'one.remaining < other.remaining',
    replace: 'one.remaining > other.remaining',
    tests: throttleScopes,
  },
  {
    name: 'throttle tells the shortest wait',
    file: 'src/domain/shown-budget.ts',
    find: 'one.retryAfterMs > other.retryAfterMs',
    replace: 'one.retryAfterMs < other.retryAfterMs',
    tests: ['tests/domain/throttle-headers.test.ts'],
  },
  {
    name: 'throttle forgets the rules of the account',
    file: 'src/services/throttling/take-call.ts',
    find: 'own(account?.throttles, scope) ?? ',
    replace: '',
    tests: throttleScopes,
  },
]
