import { CompiledQuery } from 'kysely'
import { isTenantryError, TenantryError } from '../../errors.js'
import type { ThrottleDecision, ThrottleStore } from '../../ports/throttle-store.js'
import { coalesce as coalesced } from '../node/coalescer.js'
import { aBoolean, optional, readOptions } from '../node/read-options.js'
import { callerAt, replayed, type Tats, type ThrottleCall } from '../node/throttle-calls.js'
import { isFaultOfOne } from './errors.js'
import { type HomeOptions, type HostDatabase, homeOf, homeRules } from './home.js'
import { pooledRun } from './pooled-run.js'
import { type EachParameters, eachParameters, foundTats, type TakeParameters, takeParameters } from './throttle-batch.js'
import { throttleSweep } from './throttle-sweep.js'
import type { Run } from './verbs.js'

/** How {@link kyselyThrottleStore} reaches its database. */
export interface KyselyThrottleOptions extends HomeOptions {
  /**
   * Lets calls that wait at the same moment travel in one statement, up to 500 of them; each gets its own answer, and none waits for company.
   * `true` when left out. Not on engines inside the process, where it would gain nothing.
   */
  readonly coalesce?: boolean | undefined
}

/** Whoever is in a longer statement waits for all of it. */
const maxBatch = 500
const operation = 'takeThrottle'

/**
 * A throttle for any number of processes on one Postgres (15 or newer, or a compatible service, or PGlite), through the host's Kysely: all
 * of them together admit what the rules allow. Run {@link migrate} first; `db.withSchema('x')` keeps it in schema `x`, as the store.
 *
 * One statement for all calls that wait at the same moment, with or without a pool; give the `pg.Pool` of `db` as `pool` to have it
 * prepared. Calls of one caller are decided in their order. The table is unlogged, so no call waits for the disk: after a crash of the
 * server, or on a replica that took over, every budget is whole. Once a minute it forgets, beside the calls, the budgets that have been
 * whole for a minute; so it holds about as many rows as budgets were used within the longest window.
 *
 * Rejects with `store_unavailable` when the database cannot be asked or the answer is lost: the call may then have been taken, which costs
 * the caller at most that call.
 *
 * @throws TenantryError `invalid_input` when an option is not valid, for a transaction, with which a throttle would roll back, and for
 * pg-mem; there use `memoryThrottleStore()`
 */
export function kyselyThrottleStore(db: HostDatabase, options: KyselyThrottleOptions = {}): ThrottleStore {
  const { coalesce = true, ...homeOptions } = readOptions(options, { ...homeRules, coalesce: optional(aBoolean) })
  if (isTransaction(db)) throw unfit('give the Kysely itself: in a transaction, what was taken would roll back with it')
  const home = homeOf(db, homeOptions)
  if (!home.isFullPostgres) throw unfit('use memoryThrottleStore() beside pg-mem')
  const run = pooledRun(home)
  const runBatch = (calls: readonly ThrottleCall[]): Promise<ThrottleDecision[]> => takeAll(run, calls)
  const runOne = async (call: ThrottleCall): Promise<ThrottleDecision> => (await takeAll(run, [call]))[0] as ThrottleDecision
  const together = coalesced({ runBatch, runOne, isFaultOfOne, laneOf: callerOf, maxBatch, inParallel: true })
  const decide = coalesce && home.hasManyConnections ? together : runOne
  const sweep = throttleSweep(home)
  return {
    take(requests, cost, nowMs) {
      sweep(nowMs)
      return decide({ requests, cost, nowMs })
    },
  }
}

const isTransaction = (db: HostDatabase | null | undefined): boolean => db?.isTransaction === true

const unfit = (message: string): TenantryError<'invalid_input'> => new TenantryError('invalid_input', { issues: [{ path: 'db', message }] })

/** The part that the keys of a call have in common. */
function callerOf({ requests }: ThrottleCall): string | null {
  const key = requests[0]?.key
  return key === undefined ? null : key.slice(callerAt(key))
}

async function takeAll(run: Run, calls: readonly ThrottleCall[]): Promise<ThrottleDecision[]> {
  const each = eachParameters(calls)
  try {
    return replayed(calls, each === null ? await takenTogether(run, takeParameters(calls)) : await takenOnce(run, each))
  } catch (error) {
    throw outage(error)
  }
}

/** Takes from keys that are asked once each; answers what was found. */
async function takenOnce(run: Run, { rules, keys, parameters }: EachParameters): Promise<Tats> {
  const rows = await run(operation, ({ hot, execute }) =>
    execute<{ found: string | null }>(CompiledQuery.raw(hot.throttleEach[rules], [...parameters])),
  )
  return foundTats(
    keys,
    rows.map(({ found }) => found),
  )
}

/** Takes for calls of any kind; answers what was found. */
async function takenTogether(run: Run, { keys, parameters }: TakeParameters): Promise<Tats> {
  const [row] = await run(operation, ({ hot, execute }) =>
    execute<{ found: string | null }>(CompiledQuery.raw(hot.throttleTake, [...parameters])),
  )
  return foundTats(keys, row?.found?.slice(1, -1).split(',') ?? [])
}

/** A throttle that has not answered is out of order, whatever it may have taken. */
function outage(error: unknown): unknown {
  if (!isTenantryError(error, 'outcome_unknown') && !isTenantryError(error, 'conflict')) return error
  return new TenantryError('store_unavailable', { operation }, { cause: error.cause })
}
