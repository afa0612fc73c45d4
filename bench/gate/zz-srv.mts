import Fastify from 'fastify'
import { createTenantry } from 'tenantry'
import { memoryStore } from 'tenantry/memory'
import { tenantryPlugin } from '../../examples/fastify/plugin.js'
const t = createTenantry({ store: memoryStore(), gateCache: { ttlSeconds: 5 }, passwords: {hash: async (p:string)=>p, verify: async()=>true, isOutdated:()=>false}, throttling:{defaults:{api:{limit:1000000,windowSeconds:1}}} } as any)
await t.createFreeTrialPlan()
const { account, user } = await t.registerTrial({ email: 'a@example.com', password: 'long enough secret' })
const { secret } = await t.createApiKey({ accountId: account.id, name: 'x' }, { type: 'user', id: user.id })
console.log(secret)
const s = (Fastify as any)()
const items={items:[1,2,3]}
if (process.argv[2]==='bare') { s.get('/a', async()=>items) }
else if (process.argv[2]==='rl') { await s.register((await import('@fastify/rate-limit')).default, {max:1e9,timeWindow:'1 minute'}); s.get('/a', async()=>items) }
else { await s.register(tenantryPlugin, { tenantry: t }); s.get('/a', { onRequest: [s.requireAccount('api')] }, async()=>items) }
await s.listen({host:'127.0.0.1', port: Number(process.argv[3])})
let c=process.cpuUsage()
process.on('SIGUSR2',()=>{ const d=process.cpuUsage(c); c=process.cpuUsage(); console.log('cpu ms', (d.user+d.system)/1000) })
process.on('SIGTERM',()=>process.exit(0))
