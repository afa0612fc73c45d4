import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'

/** A Redis Cluster of one node, which has all slots and still refuses a script whose keys lie in two. */
export interface RedisCluster {
  readonly port: number
  close(): Promise<void>
}

/** Starts a cluster with the program `redis-server` at this path. */
export async function startRedisCluster(program: string): Promise<RedisCluster> {
  for (let tries = 1; tries <= 10; tries++) {
    const cluster = await startOn(await freePort(), program)
    if (cluster !== null) return cluster
  }
  throw new Error('the cluster does not start')
}

/** `null` where the server ends at once, since somebody else has taken the port meanwhile, or has that of the bus. */
async function startOn(port: number, program: string): Promise<RedisCluster | null> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-redis-'))
  const settings = {
    port,
    bind: '127.0.0.1',
    'cluster-announce-ip': '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'no',
    'cluster-enabled': 'yes',
  }
  const server = spawn(
    program,
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: 'ignore' },
  )
  const close = async (): Promise<void> => {
    await end(server)
    rmSync(folder, { recursive: true, force: true })
  }
  const redis = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: null })
  redis.on('error', () => undefined) // until it is there
  const hasStarted = await Promise.race([takesAllSlots(redis).then(() => true), once(server, 'exit').then(() => false)])
  redis.disconnect()
  if (hasStarted) return { port, close }
  await close()
  return null
}

async function takesAllSlots(redis: Redis): Promise<void> {
  await redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  while (!String(await redis.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) await sleep(20)
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return
  server.kill('SIGKILL')
  await once(server, 'exit')
}

/** A port whose number leaves room for the bus of the cluster, which is 10,000 above it. */
async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    server.close()
    await once(server, 'close')
    if (address !== null && typeof address === 'object' && address.port < 55_000) return address.port
  }
}
