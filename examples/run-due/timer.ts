import { setTimeout as sleep } from 'node:timers/promises'
import { openWorker, report } from './worker.js'

/**
 * Carries out what is due every minute, or every so many seconds as the first argument says, until it is told to stop. Start as many of it
 * as you like: each thing happens once. A run that is under way when it is told to stop is finished.
 */
const seconds = Number(process.argv[2] ?? 60)
const worker = openWorker()
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())

while (!stop.signal.aborted) {
  // A database that is away for a while must not end the worker: what is due stays due.
  await worker.tenantry.runDue().then(report, (error: unknown) => console.error(`The run has failed and will be repeated: ${error}`))
  await sleep(seconds * 1000, undefined, { signal: stop.signal }).catch(() => {})
}
await worker.close()
console.log('Stopped.')
