import type pg from 'pg'
import { median } from './figures.js'

/** What the figures of a bench depend on. */
export interface ServerFacts {
  readonly version: string
  readonly fsync: string
  readonly synchronousCommit: string
  readonly maxConnections: number
  readonly connectionsInUse: number
  /** The median time of one small transaction on one connection, in milliseconds; and of one that does not wait for the disk. */
  readonly commitMs: number
  readonly commitWithoutFlushMs: number
}

/** Asks the server, and times a few hundred of the smallest commits. */
export async function readServerFacts(pool: pg.Pool): Promise<ServerFacts> {
  const { rows } = await pool.query(
    `select current_setting('server_version') as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as "synchronousCommit", current_setting('max_connections')::int as "maxConnections",
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as "connectionsInUse"`,
  )
  const client = await pool.connect()
  try {
    await client.query('create table bench_commit (n int)')
    const commitMs = await timeCommits(client)
    await client.query('set synchronous_commit = off')
    const commitWithoutFlushMs = await timeCommits(client)
    await client.query('reset synchronous_commit')
    await client.query('drop table bench_commit')
    return { ...rows[0], commitMs, commitWithoutFlushMs }
  } finally {
    client.release()
  }
}

async function timeCommits(client: pg.PoolClient): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < 300; n++) {
    const start = performance.now()
    await client.query({ name: 'bench-commit', text: 'insert into bench_commit values ($1)', values: [n] })
    times.push(performance.now() - start)
  }
  return median(times)
}

/** Says what the server is like; `false`, and why, where its figures would mean nothing. */
export function describeServer({ version, fsync, synchronousCommit, commitMs, commitWithoutFlushMs }: ServerFacts): boolean {
  console.log(`Postgres ${version}, fsync ${fsync}, synchronous_commit ${synchronousCommit}`)
  console.log(
    `A commit of one row takes ${commitMs.toFixed(2)} ms; ${commitWithoutFlushMs.toFixed(2)} ms when it does not wait for the disk.`,
  )
  const isDurable = fsync === 'on' && synchronousCommit !== 'off'
  if (!isDurable) console.error('This server does not wait for the disk: what it commits can be lost, and its figures do not count.')
  return isDurable
}
