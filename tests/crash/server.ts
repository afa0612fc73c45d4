import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withClient } from '../support/postgres.js'

/** A Postgres of its own that can be killed. */
export interface ThrowAwayServer {
  readonly url: string
  /** Kills all its processes at once, as a power cut would, and starts it again. */
  readonly killAndRestart: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Postgres refuses to run as root; then it runs as the user `postgres`. */
const runAs: { uid?: number; gid?: number } = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}

function idOf(option: string): number {
  return Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }))
}

const durable = ['fsync=on', 'synchronous_commit=on']
/** Acknowledges what is only in its own memory: whoever looks for lost acknowledgements must find some. */
const forgetful = ['synchronous_commit=off', 'wal_writer_delay=10s', 'wal_writer_flush_after=2GB', 'wal_buffers=64MB']

/** Makes a server out of the programs of a folder, in a temporary folder. */
export async function startServer(programs: string, { isDurable = true } = {}): Promise<ThrowAwayServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-postgres-'))
  if (runAs.uid !== undefined && runAs.gid !== undefined) chownSync(folder, runAs.uid, runAs.gid)
  const data = join(folder, 'data')
  const initdb = ['-D', data, '-U', 'tenantry', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  execFileSync(join(programs, 'initdb'), initdb, { ...runAs, cwd: folder, stdio: 'ignore' })
  // No port of the machine, which somebody else could have taken when the server starts again.
  const url = `postgresql://tenantry@localhost/postgres?host=${encodeURIComponent(folder)}`
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, ...(isDurable ? durable : forgetful)]
  const start = async (): Promise<ChildProcess> => {
    const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]
    const server = spawn(join(programs, 'postgres'), args, { ...runAs, cwd: folder, stdio: 'ignore' })
    await untilItAnswers(url, server)
    return server
  }
  let server = await start()
  return {
    url,
    async killAndRestart() {
      await killAll(server)
      server = await start()
    },
    async close() {
      await killAll(server)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Asks until the server lets somebody in, as long as it lives. */
async function untilItAnswers(url: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null && server.signalCode === null) {
    const isUp = await withClient(url, (client) => client.query('select 1')).then(
      () => true,
      () => false,
    )
    if (isUp) return
  }
  throw new Error('the server did not start')
}

/** The postmaster is stopped first, so that it starts nothing new; while a child lives, the folder cannot be used again. */
async function killAll(server: ChildProcess): Promise<void> {
  const pid = server.pid ?? 0
  server.kill('SIGSTOP')
  while (['R', 'S', 'D'].includes(statOf(pid)?.state ?? '')) await new Promise((resolve) => setImmediate(resolve))
  const children = childrenOf(pid)
  const ended = once(server, 'exit')
  server.kill('SIGKILL')
  for (const child of children) kill(child)
  await ended
  while (children.some(isAlive)) await new Promise((resolve) => setImmediate(resolve))
}

function childrenOf(parent: number): number[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return processes.map(Number).filter((pid) => statOf(pid)?.parent === parent)
}

/** State and parent of a process; what stands before them, the name in brackets, may hold anything. */
function statOf(pid: number): { state: string; parent: number } | null {
  try {
    const [state = '', parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return { state, parent: Number(parent) }
  } catch {
    return null
  }
}

const isAlive = (pid: number): boolean => ![undefined, 'Z', 'X'].includes(statOf(pid)?.state)

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
