import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ServerName } from './servers.js'

/** A server in a process of its own. */
export interface RunningServer {
  readonly name: ServerName
  readonly port: number
  /** Seconds of a processor that it has taken so far. */
  cpuSeconds(): Promise<number>
  stop(): void
}

const program = fileURLToPath(new URL('server-process.ts', import.meta.url))

/** Starts the server of this name, as it would run for customers. */
export async function runServer(name: ServerName, databaseUrl: string): Promise<RunningServer> {
  const child = fork(program, [name, databaseUrl], { env: { ...process.env, NODE_ENV: 'production' } })
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`The server "${name}" ended with ${code}`)))
  ended.catch(() => {}) // at the end of the bench it is stopped, and nobody waits for it any more
  const next = async (): Promise<unknown> => (await Promise.race([once(child, 'message'), ended]))[0]
  const port = Number(await next())
  return {
    name,
    port,
    async cpuSeconds() {
      const message = next()
      child.send('time')
      const { user, system } = (await message) as NodeJS.CpuUsage
      return (user + system) / 1e6
    },
    stop: () => void child.kill(),
  }
}
