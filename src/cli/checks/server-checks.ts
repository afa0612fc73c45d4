import type { Database } from '../database.js'
import { type Check, type Diagnosis, doubtful, fine, wrong } from './finding.js'

/** What the server says of itself and of this connection. */
export interface ServerFacts {
  readonly version: string
  readonly versionNumber: number
  readonly encoding: string
  readonly dateStyle: string
  readonly fsync: string
  readonly fullPageWrites: string
  readonly synchronousCommit: string
  readonly readOnly: string
  readonly inRecovery: boolean
  readonly role: string
  readonly isSuperuser: boolean
  readonly bypassesRowSecurity: boolean
  readonly isEncrypted: boolean
  readonly isLocal: boolean
}

async function readServer({ db, sql }: Database): Promise<ServerFacts> {
  const { rows } = await sql<ServerFacts>`
    select
      current_setting('server_version') as "version",
      current_setting('server_version_num')::integer as "versionNumber",
      current_setting('server_encoding') as "encoding",
      current_setting('DateStyle') as "dateStyle",
      current_setting('fsync') as "fsync",
      current_setting('full_page_writes') as "fullPageWrites",
      current_setting('synchronous_commit') as "synchronousCommit",
      current_setting('transaction_read_only') as "readOnly",
      pg_is_in_recovery() as "inRecovery",
      current_user::text as "role",
      rolsuper as "isSuperuser",
      rolbypassrls as "bypassesRowSecurity",
      coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as "isEncrypted",
      coalesce(inet_server_addr() = inet_client_addr(), true) as "isLocal"
    from pg_roles where rolname = current_user`.execute(db)
  return rows[0] as ServerFacts
}

const serverCheck = (name: string, judge: (server: ServerFacts) => Diagnosis): Check => ({
  name,
  look: async (database) => judge(await readServer(database)),
})

/** Postgres 15 is the oldest that this version is tested with. */
export const judgeVersion = ({ version, versionNumber }: ServerFacts): Diagnosis =>
  versionNumber >= 150_000 ? fine(`Postgres ${version}`) : wrong(`Postgres ${version}`, 'Upgrade the server to Postgres 15 or later.')

/** Names of customers must fit into the database. */
export const judgeEncoding = ({ encoding }: ServerFacts): Diagnosis =>
  encoding === 'UTF8'
    ? fine(encoding)
    : wrong(encoding, "Use a database made with encoding 'UTF8': names of customers do not fit into another.")

/** Drivers read times in no other style: some make null of them and say nothing. */
export const judgeDateStyle = ({ dateStyle }: ServerFacts): Diagnosis =>
  dateStyle.startsWith('ISO')
    ? fine(dateStyle)
    : wrong(
        `${dateStyle}, in which drivers read no times`,
        "Set it to 'ISO, MDY' for this role and database: alter role my_app set DateStyle = 'ISO, MDY'.",
      )

/** A standby answers questions, but takes no money. */
export function judgeWritable({ readOnly, inRecovery }: ServerFacts): Diagnosis {
  if (inRecovery) return wrong('a standby, which cannot be written to', 'Connect to the primary server.')
  if (readOnly === 'on') return wrong('transactions are read-only', 'Set default_transaction_read_only to off for this role and database.')
  return fine('can be written to')
}

/** A confirmed payment must survive a loss of power. */
export function judgeDurability({ fsync, fullPageWrites, synchronousCommit }: ServerFacts): Diagnosis {
  const settings = { fsync, full_page_writes: fullPageWrites, synchronous_commit: synchronousCommit }
  const off = Object.entries(settings).flatMap(([name, value]) => (value === 'off' ? [name] : []))
  if (off.length === 0) return fine(`${Object.keys(settings).join(', ')} on`)
  const isAre = off.length === 1 ? 'is' : 'are'
  return wrong(`${off.join(', ')} ${isAre} off: what was confirmed can be lost`, off.map((name) => `Set ${name} to on.`).join(' '))
}

/** Whoever may do anything is held by no trigger and no row-level security. */
export function judgeRole({ role, isSuperuser, bypassesRowSecurity }: ServerFacts): Diagnosis {
  const fix = 'Connect as a role that owns its schema and nothing more: create schema billing authorization my_app.'
  if (isSuperuser) return doubtful(`${role} is a superuser, for whom no rule of the database holds`, fix)
  return bypassesRowSecurity ? doubtful(`${role} bypasses row-level security`, fix) : fine(`${role}, an ordinary role`)
}

/** Password verifiers and customers' names travel on this connection. */
export function judgeEncryption({ isEncrypted, isLocal }: ServerFacts): Diagnosis {
  if (isEncrypted) return fine('the connection is encrypted')
  if (isLocal) return fine('the server is on this machine')
  return doubtful('the connection is not encrypted', 'Add sslmode=verify-full to the address, unless the network is your own.')
}

const maxClockDifferenceMs = 5_000

/** The end of a trial is decided by the clock of the process, not of the server; the two should agree. */
export function judgeClock(differenceMs: number): Diagnosis {
  const seconds = (Math.abs(differenceMs) / 1000).toFixed(1)
  if (Math.abs(differenceMs) < maxClockDifferenceMs) return fine(`${seconds} s from the server's`)
  const direction = differenceMs > 0 ? 'behind' : 'ahead of'
  return doubtful(`this machine is ${seconds} s ${direction} the server`, 'Synchronise the clocks of both machines (NTP).')
}

/** How far the server is ahead, taken for the middle of the question's journey. */
async function clockDifference({ db, sql }: Database): Promise<number> {
  const asked = Date.now()
  const { rows } = await sql<{ ms: number }>`select (extract(epoch from clock_timestamp()) * 1000)::double precision as ms`.execute(db)
  return (rows[0]?.ms ?? 0) - (asked + Date.now()) / 2
}

/** What matters about the server, whatever is stored in it. */
export const serverChecks: readonly Check[] = [
  serverCheck('server version', judgeVersion),
  serverCheck('encoding', judgeEncoding),
  serverCheck('date style', judgeDateStyle),
  serverCheck('writable', judgeWritable),
  serverCheck('durability', judgeDurability),
  serverCheck('role', judgeRole),
  serverCheck('encryption', judgeEncryption),
  { name: 'clock', look: async (database) => judgeClock(await clockDifference(database)) },
]
