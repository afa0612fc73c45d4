import { createHost, type HostOptions, subscribe } from './host.js'

/** A customer on a plan that allows three calls of the scope `api` a minute, and who makes calls of these scopes. */
export async function throttledCustomer(scope: string | readonly string[], options: HostOptions = {}) {
  const host = await createHost(options)
  const { accountId, session } = await subscribe(host)
  const call = (more: object = {}) => host.tenantry.throttle({ scope, accountId, ...more })
  return { host, accountId, token: session.token, call, ...host }
}
