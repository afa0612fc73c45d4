import { createHash } from 'node:crypto'
import { TenantryError } from '../../errors.js'
import type { ThrottleDecision, ThrottleStore } from '../../ports/throttle-store.js'
import { coalesce } from '../node/coalescer.js'
import { aBoolean, aFunction, type OptionRule, optional, readOptions } from '../node/read-options.js'
import type { ThrottleCall } from '../node/throttle-calls.js'
import { callerOf } from './throttle-keys.js'
import { decisionsOf, scriptInput, throttleScript } from './throttle-script.js'

/** Runs a Lua script on Redis, as EVAL does, and answers with its reply. */
export type RedisEval = (script: string, keys: string[], args: string[]) => Promise<unknown>

/** How a throttle on Redis is reached. */
export interface RedisThrottleOptions {
  /** Runs a script with the host's own client, see {@link redisThrottleStore}. */
  readonly eval: RedisEval
  /**
   * Runs a script that Redis knows by its SHA-1, as EVALSHA does, and rejects with the error NOSCRIPT when it does not know it; `eval` is called
   * then. Left out, every call sends the script, about 1.5 kB.
   */
  readonly evalSha?: RedisEval | undefined
  /** Begins every key in Redis: 1 to 100 characters, none of them a brace; `tenantry:throttle:` when left out. */
  readonly prefix?: string | undefined
  /** Is it a Redis Cluster? Then only calls of one caller travel together. `false` when left out. */
  readonly cluster?: boolean | undefined
}

/** So many calls travel together at most: Redis does nothing else while it decides them, about a millisecond. */
const maxBatch = 256

/**
 * A throttle on Redis 5 or later, or what speaks like it, for any number of processes that share it. `eval` is all it needs of a client:
 *
 * ```ts
 * redisThrottleStore({ eval: (script, keys, args) => redis.eval(script, keys.length, ...keys, ...args) })   // ioredis
 * redisThrottleStore({ eval: (script, keys, args) => client.eval(script, { keys, arguments: args }) })      // node-redis
 * ```
 *
 * The script need not travel with every call: `evalSha: (sha, keys, args) => redis.evalsha(sha, keys.length, ...keys, ...args)` or
 * `evalSha: (sha, keys, args) => client.evalSha(sha, { keys, arguments: args })`.
 *
 * All budgets of a call are decided by one script, in one step. Calls that come in the same turn of the event loop, or while others are under
 * way, travel together and are decided in the order in which they came. A budget is one key with one number of 16 digits, about 120 bytes in
 * Redis; it goes a minute after the budget is whole, at once when a call finds it whole.
 *
 * On Redis Cluster the keys of one caller lie on one node: their hash tag is the last part of the throttle's key.
 *
 * `take` fails with `store_unavailable` when Redis cannot be reached, refuses the script or answers with something else. What the client does
 * not answer is not answered here either: it should have a time limit for commands, and no queue while it is offline.
 *
 * @throws TenantryError `invalid_input` when an option is not valid
 */
export function redisThrottleStore(options: RedisThrottleOptions): ThrottleStore {
  const read = readOptions(options ?? {}, rules)
  const { prefix = 'tenantry:throttle:', cluster = false } = read

  async function decide(calls: readonly ThrottleCall[]): Promise<readonly ThrottleDecision[]> {
    try {
      const { keys, args } = scriptInput(calls, prefix)
      return decisionsOf(calls, await run(read, keys, args))
    } catch (cause) {
      throw new TenantryError('store_unavailable', { operation: 'throttle' }, { message: unavailable, cause })
    }
  }

  const decideOne = async (call: ThrottleCall): Promise<ThrottleDecision> => (await decide([call]))[0] as ThrottleDecision

  const take = coalesce<ThrottleCall, ThrottleDecision>({
    laneOf: () => null,
    maxBatch,
    inParallel: true,
    isFaultOfOne: () => false,
    runOne: decideOne,
    runBatch: async (calls) => (cluster ? decideByCaller(calls, decide) : decide(calls)),
  })
  return { take: (requests, cost, nowMs) => take({ requests, cost, nowMs }) }
}

const scriptSha = createHash('sha1').update(throttleScript).digest('hex')

async function run(options: RedisThrottleOptions, keys: string[], args: string[]): Promise<unknown> {
  if (options.evalSha === undefined) return options.eval(throttleScript, keys, args)
  try {
    return await options.evalSha(scriptSha, keys, args)
  } catch (error) {
    // Nothing was done. Redis knows no script after it started, nor a replica that was promoted.
    if (!String((error as Error | null)?.message).startsWith('NOSCRIPT')) throw error
    return options.eval(throttleScript, keys, args)
  }
}

const unavailable = 'The store of the throttle could not answer. Try again.'

const aPrefix: OptionRule = {
  accepts: (value) => typeof value === 'string' && /^[^{}]{1,100}$/.test(value),
  message: 'must be 1 to 100 characters without braces',
}

const rules = {
  eval: { ...aFunction, message: 'must be a function that runs a script' },
  evalSha: optional({ ...aFunction, message: 'must be a function that runs a script by its SHA-1' }),
  prefix: optional(aPrefix),
  cluster: optional(aBoolean),
}

/** Decides the calls of each caller together, and those of different callers apart: their keys may lie on different nodes. */
function decideByCaller(
  calls: readonly ThrottleCall[],
  decide: (calls: readonly ThrottleCall[]) => Promise<readonly ThrottleDecision[]>,
): Promise<ThrottleDecision>[] {
  const groups = new Map<string, ThrottleCall[]>()
  for (const call of calls) {
    const caller = callerOf(call.requests[0]?.key ?? '')
    const group = groups.get(caller)
    if (group === undefined) groups.set(caller, [call])
    else group.push(call)
  }
  const answers = new Map<ThrottleCall, Promise<ThrottleDecision>>()
  for (const group of groups.values()) {
    const decided = decide(group)
    group.forEach((call, index) => {
      answers.set(
        call,
        decided.then((decisions) => decisions[index] as ThrottleDecision),
      )
    })
  }
  return calls.map((call) => answers.get(call) as Promise<ThrottleDecision>)
}
