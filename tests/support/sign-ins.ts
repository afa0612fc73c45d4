import { isTenantryError, type ThrottleRequest, type ThrottleStore } from 'tenantry'
import { memoryThrottleStore } from 'tenantry/memory'
import { createHost, type HostOptions, signUp } from './host.js'
import { recordingStore, type StoreCall } from './wrapped-store.js'

/** Nobody's password. */
export const wrong = 'wrong horse battery'
/** Where the person lives, and another place. */
export const home = '203.0.113.7'
export const away = '198.51.100.1'
/** A stranger's address, a different one for each number. */
export const stranger = (index: number): string => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`

/** What the throttle store was asked. */
export interface Take {
  readonly keys: readonly string[]
  readonly cost: number
  readonly allowed: boolean
}

/** A throttle store that writes down what it was asked. */
export function recordingThrottles(): { throttles: ThrottleStore; takes: Take[] } {
  const inner = memoryThrottleStore()
  const takes: Take[] = []
  const take = async (requests: readonly ThrottleRequest[], cost: number, nowMs: number) => {
    const decision = await inner.take(requests, cost, nowMs)
    takes.push({ keys: requests.map(({ key }) => key), cost, allowed: decision.allowed })
    return decision
  }
  return { throttles: { take }, takes }
}

/** A host with one person, who has signed up nobody knows from where. */
export async function house(options: HostOptions = {}) {
  const { throttles, takes } = recordingThrottles()
  const calls: StoreCall[][] = []
  const wrap: HostOptions['wrap'] = (inner) => {
    const recorded = recordingStore(inner)
    calls.push(recorded.calls)
    return recorded.store
  }
  const host = await createHost({ throttles, wrap, ...options })
  const { user } = await signUp(host)
  const { tenantry } = host
  const enters = async (given: string, ip?: string, email = user.email) => {
    const code = await tenantry.login({ email, password: given, ip }).then(
      () => 'entered',
      (error: unknown) => (isTenantryError(error) ? error.code : String(error)),
    )
    return code
  }
  /** Strangers guess, each from an address of their own, until `seconds` have passed: so many of their guesses were tried. */
  const attack = async (seconds: number, every = 10): Promise<number> => {
    const before = admitted(takes)
    for (let second = 0, index = 0; second < seconds; second += every, index += 1) {
      await enters(wrong, stranger(index))
      host.clock.advance({ seconds: every })
    }
    return admitted(takes) - before
  }
  return { host, user, enters, attack, takes, storeCalls: calls[0] ?? [], ...host }
}

/** Of the guesses at a person, those whose budgets had room. */
export const admitted = (takes: readonly Take[]): number =>
  takes.filter(({ keys, cost, allowed }) => cost === 1 && allowed && keys[0]?.includes('/client/') === false).length

/** Does it so often at the same moment. */
export const many = <Result>(count: number, act: (index: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)))
