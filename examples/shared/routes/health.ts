import type { App } from '../app.js'
import { succeeded } from '../http/answers.js'
import type { Answer, Route } from '../http/exchange.js'

/** Is the server ready? */
export const healthRoutes: Route[] = [{ access: 'anyone', method: 'GET', path: '/healthz', handle: health }]

/** Ready when the store answers and knows its tables; otherwise it throws, which is answered with 503. */
export async function health({ checkReady }: App): Promise<Answer> {
  await checkReady()
  return succeeded({ status: 'ok' })
}
