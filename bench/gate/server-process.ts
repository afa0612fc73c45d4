import { type ServerName, type StartServer, servers } from './servers.js'

// One server in a process of its own: says its port, and at each message how much time of a processor it has taken so far.
const [name = '', databaseUrl = ''] = process.argv.slice(2)
const start: StartServer = servers[name as ServerName]
process.send?.(await start(databaseUrl))
process.on('message', () => process.send?.(process.cpuUsage()))
process.on('disconnect', () => process.exit())
