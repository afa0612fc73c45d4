import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** When to cut a connection: as soon as the client has sent something that contains `text`, before or after the server has got it. */
export interface Cut {
  readonly text: string
  readonly when: 'before' | 'after'
}

/** A way to a database that can be cut at the worst moment. */
export interface CuttingProxy {
  /** The database's URL, through this proxy. */
  readonly url: string
  /** Cuts the next connection that fits, once. */
  cutAt(cut: Cut): void
  close(): Promise<void>
}

/** Stands between a client and the database of `url`. */
export async function cuttingProxy(url: string): Promise<CuttingProxy> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let cut: Cut | null = null
  const server = createServer((client) => {
    const database = connect(Number(target.port || 5432), target.hostname)
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket.on('error', () => {}) // the other side is told by the end of its own connection
    }
    client.on('data', (data) => {
      const due = cut !== null && data.includes(cut.text) ? cut : null
      if (due === null) return void database.write(data)
      cut = null
      if (due.when === 'before') return void database.destroy()
      // The server does its work and closes, and nobody hears what it has to say.
      database.removeAllListeners('data').resume()
      database.end(data)
    })
    database.on('data', (data) => client.write(data))
    client.on('close', () => database.end())
    database.on('close', () => client.destroy())
  })
  await listen(server)
  const through = new URL(url)
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: through.href,
    cutAt(next) {
      cut = next
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

const listen = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
