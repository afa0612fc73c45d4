import { once } from 'node:events'
import { realpathSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { App, AppOptions } from './app.js'

/** What `startServer` of every framework takes. */
export interface ServerOptions extends AppOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number | undefined
  /** The address to listen on; only this machine can reach the server when left out. */
  readonly host?: string | undefined
}

/** A server that listens. */
export interface RunningServer {
  readonly url: string
  readonly app: App
  /** Finishes the requests that run, then closes the database. */
  close(): Promise<void>
}

/** Starts everything that an example needs. */
export type StartServer = (options?: ServerOptions) => Promise<RunningServer>

/** Where a server can be reached. */
export function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Only this machine, unless the host says otherwise. */
export const loopback = '127.0.0.1'

/** Listens, and closes the server together with the application. `close` is how a framework closes its server. */
export async function listen(server: Server, app: App, options: ServerOptions, close?: () => Promise<void>): Promise<RunningServer> {
  const { port = 0, host = loopback } = options
  try {
    await once(server.listen(port, host), 'listening')
  } catch (error) {
    await app.close()
    throw error
  }
  return {
    url: urlOf(server, host),
    app,
    async close() {
      await closeServer(server, close)
      await app.close()
    },
  }
}

/** Stops listening and waits for the requests that run, five seconds at most. `close` is how a framework closes its server. */
export async function closeServer(server: Server, close = () => closeAndWait(server)): Promise<void> {
  const impatience = setTimeout(() => server.closeAllConnections(), 5_000)
  try {
    await close()
  } finally {
    clearTimeout(impatience)
  }
}

async function closeAndWait(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  await closed
}

/** Is this module the program that was started? */
export const isProgram = (moduleUrl: string): boolean =>
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === realpathSync(fileURLToPath(moduleUrl))

/** Starts a server as the environment says, says where it listens, and closes it when it is asked to end. */
export async function runServer(startServer: StartServer): Promise<void> {
  const server = await startServer(readEnvironment(process.env))
  process.stdout.write(`Listening on ${server.url}\n`)
  closeOnSignal(() => server.close())
}

/** Ends the process cleanly at the first signal; at the second it ends at once. */
export function closeOnSignal(close: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      await close()
      process.exit(0)
    })
  }
}

function readEnvironment(env: NodeJS.ProcessEnv): ServerOptions {
  const { PORT, HOST, DATABASE_URL, ADMIN_EMAIL, ADMIN_PASSWORD, TRUSTED_PROXIES } = env
  return {
    port: readPort(PORT),
    host: HOST || undefined,
    databaseUrl: DATABASE_URL || undefined,
    proxies: { trustedProxies: readProxies(TRUSTED_PROXIES) },
    administrator: readAdministrator(ADMIN_EMAIL, ADMIN_PASSWORD),
  }
}

/** A port as the environment names it; 3000 when it names none. */
export function readPort(text = ''): number {
  const port = Number(text || 3000)
  if (!/^\d*$/.test(text) || port > 65_535) throw new Error(`PORT must be a number from 0 to 65535, not "${text}".`)
  return port
}

/** How many proxies there are, or a list of their addresses and networks with commas between them; none when it is left out. */
const readProxies = (text = ''): number | string[] => (/^\d*$/.test(text) ? Number(text) : text.split(',').map((part) => part.trim()))

function readAdministrator(email = '', password = ''): AppOptions['administrator'] {
  if (email === '' && password === '') return undefined
  if (email === '' || password === '') throw new Error('ADMIN_EMAIL and ADMIN_PASSWORD belong together: set both or none.')
  return { email, password }
}
