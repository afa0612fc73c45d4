import { createTenantry, type Store } from 'tenantry'
import { accountGate as expressGate } from '../../examples/express/middleware.js'
import { accountGate as fetchGate } from '../../examples/fetch/with-account.js'
import { accountGate as honoGate } from '../../examples/hono/middleware.js'
import { claim, type Same } from './same.js'

declare const store: Store

const rule = { limit: 5, windowSeconds: 60 }
const named = createTenantry({ store, throttling: { defaults: { api: rule, 'api.daily': rule } } })
const unnamed = createTenantry({ store })

type Known = 'api' | 'api.daily'

claim<
  [
    Same<Parameters<ReturnType<typeof expressGate<typeof named>>>[0], Known | readonly Known[]>,
    Same<Parameters<ReturnType<typeof expressGate<typeof unnamed>>>[0], string | readonly string[]>,
  ]
>()

/** The gates to copy take the host's scopes, one or several. */
export const withKnownScopes = [
  expressGate(named)('api', ['articles:write']),
  expressGate(named)(['api', 'api.daily']),
  honoGate(named)('api.daily'),
  honoGate(named)(['api', 'api.daily'], ['articles:write']),
  fetchGate(named)(['api', 'api.daily'], [], () => new Response()),
]

export const withUnknownScopes = (): unknown[] => [
  // @ts-expect-error: the host throttles no such scope
  expressGate(named)('apii'),
  // @ts-expect-error: the host throttles no such scope
  expressGate(named)(['api', 'apii']),
  // @ts-expect-error: the host throttles no such scope
  honoGate(named)('apii'),
  // @ts-expect-error: the host throttles no such scope
  fetchGate(named)('apii', [], () => new Response()),
]

/** Where no scope is known by name, any text is one. */
export const withAnyScope = (scope: string): unknown[] => [
  expressGate(unnamed)(scope),
  honoGate(unnamed)([scope, 'api']),
  fetchGate(unnamed)(scope, [], () => new Response()),
]
