import { once } from 'node:events'
import PgBoss from 'pg-boss'
import { openWorker, report } from './worker.js'

/**
 * The same by a job queue that keeps its jobs in the same Postgres: one job a minute, whichever worker gets it. For hosts that have a queue
 * already; the timer does as well. A run is also started at once, so that nobody waits for the first minute.
 */
const queue = 'tenantry-run-due'
const worker = openWorker()
const boss = new PgBoss(worker.url)
boss.on('error', (error) => console.error(`The queue: ${error.message}`))
await boss.start()
// One job waits at most: a minute that was missed is made up for by the next run.
await boss.createQueue(queue, { name: queue, policy: 'short' })
await boss.schedule(queue, '* * * * *')
await boss.work(queue, { pollingIntervalSeconds: 1 }, async () => report(await worker.tenantry.runDue()))
await boss.send(queue, {})

await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
await boss.stop()
await worker.close()
console.log('Stopped.')
