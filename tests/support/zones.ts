import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ZoneOrders, ZoneReport } from './life-in-a-zone.js'

const run = promisify(execFile)
const program = fileURLToPath(new URL('./life-in-a-zone.ts', import.meta.url))

/** Time zones with all that can go wrong: no summer time, half an hour of it, quarters of an hour, a day that was left out. */
export const zones = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'] as const

/** Lives in a process of its own whose time zone is this one. */
export async function lifeIn(zone: string, orders: ZoneOrders): Promise<ZoneReport> {
  const env = { ...process.env, TZ: zone, NODE_OPTIONS: '' }
  const { stdout } = await run(process.execPath, ['--import', 'tsx', program, JSON.stringify(orders)], { env, maxBuffer: 16 * 2 ** 20 })
  return JSON.parse(stdout) as ZoneReport
}
