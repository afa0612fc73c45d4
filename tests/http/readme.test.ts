import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Kysely, PostgresDialect } from 'kysely'
import { createTenantry } from 'tenantry'
import { kyselyStore, migrate } from 'tenantry/kysely'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPool, freshDatabase } from '../support/postgres.js'

// The README's programs, written out, compiled and run as a reader would: what it says cannot rot.
const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = `${root}.readme/`
const run = promisify(execFile)

interface Program {
  readonly file: string
  readonly code: string
  /** Marked in the README as one that runs by itself. */
  readonly runs: boolean
}

async function readPrograms(): Promise<Program[]> {
  const readme = await readFile(`${root}README.md`, 'utf8')
  const blocks = [...readme.matchAll(/^```ts( run)?\n(.*?)^```$/gms)]
  return blocks.map(([, mark, code], index) => ({ file: `${folder}program-${index}.ts`, code: code ?? '', runs: mark !== undefined }))
}

const programs = await readPrograms()
const named = (text: string): Program => programs.find(({ code }) => code.includes(text)) as Program

beforeAll(async () => {
  await mkdir(folder, { recursive: true })
  await writeFile(`${folder}my-store.ts`, "export { memoryStore as myStore } from 'tenantry/memory'\n")
  await writeFile(`${folder}middleware.ts`, "export * from '../examples/express/middleware.js'\n")
  await Promise.all(programs.map(({ file, code }) => writeFile(file, code)))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the programs of the README', () => {
  it('are all there', () => {
    expect(programs.filter(({ runs }) => runs)).toHaveLength(8)
    expect(programs.length).toBeGreaterThanOrEqual(5)
  })

  it('compile under the strict options of the repository', () => {
    const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile)
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
    const files = programs.map(({ file }) => file)
    const program = ts.createProgram(files, options)
    const errors = files.flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)))
    expect(errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([])
  })

  it.each(programs.filter(({ runs }) => runs))('print what they promise: $file', async ({ file, code }) => {
    const { stdout } = await run('node', ['--import', 'tsx', file], { cwd: root })
    const promised = [...code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, line]) => line?.replace(' …', '') ?? '')
    const printed = stdout.split('\n').filter((line) => line !== '')
    expect(printed).toHaveLength(promised.length)
    for (const [index, line] of promised.entries()) expect(printed[index]).toContain(line)
  })
})

const serverUrl = inject('postgresUrl')

describe.skipIf(serverUrl === null)("the README's Fastify application on a real server", () => {
  let address: string
  let close: () => Promise<void>

  beforeAll(async () => {
    const database = await freshDatabase(serverUrl ?? '')
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: createPool(database.url, 2) }) })
    await migrate(db)
    const tenantry = createTenantry({ store: kyselyStore(db) })
    await tenantry.createAdmin({ email: 'root@example.com', password: 'the secret of the admin' }, { type: 'system', id: 'test' })
    const server = spawn('node', ['--import', 'tsx', named('Fastify()').file], {
      cwd: root,
      env: { ...process.env, DATABASE_URL: database.url, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    close = async () => {
      server.kill()
      await db.destroy()
      await database.drop()
    }
    address = await firstLine(server)
  })
  afterAll(() => close())

  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> }
  }
  const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` })

  it('asks for an idempotency key, and says what is wrong with a body', async () => {
    const { body } = await post('/register', { email: 'grace@example.com', password: 'a long enough secret' })
    expect(await post('/generate', { amount: 10 }, bearer(body['access']))).toMatchObject({ status: 400 })
    expect(await post('/generate', null, { ...bearer(body['access']), 'idempotency-key': '1' })).toMatchObject({ status: 400 })
    expect(await post('/register', { email: 'grace@example.com' })).toMatchObject({ status: 400 })
  })

  it('signs up, spends once per key, and confirms a transfer', async () => {
    const signUp = await post('/register', { email: 'ada@example.com', password: 'a long enough secret' })
    expect(signUp).toMatchObject({ status: 201, body: { credits: 2000 } })
    const caller = { ...bearer(signUp.body['access']), 'idempotency-key': '1' }
    const spent = await post('/generate', { amount: 10 }, caller)
    expect(spent).toMatchObject({ status: 200, body: { balance: 1990, replayed: false } })
    expect(spent.headers.get('ratelimit')).toMatch(/^"api";r=119;t=\d+$/)
    expect(await post('/generate', { amount: 10 }, caller)).toMatchObject({ body: { balance: 1990, replayed: true } })

    const transfer = { accountId: signUp.body['accountId'], reference: 'BT-1', amount: '29.99', payer: 'Ada Lovelace' }
    expect(await post('/admin/confirm', transfer, bearer(signUp.body['access']))).toMatchObject({ status: 403 })
    const admin = await post('/login', { email: 'root@example.com', password: 'the secret of the admin' })
    const asAdmin = bearer(admin.body['access'])
    expect(await post('/admin/confirm', transfer, asAdmin)).toMatchObject({ status: 200, body: { status: 'active', credits: 5000 } })
    expect(await post('/admin/confirm', { ...transfer, payer: 'Charles' }, asAdmin)).toMatchObject({
      status: 409,
      body: { code: 'payment_reference_conflict' },
    })
    expect(await post('/generate', { amount: 10 })).toMatchObject({ status: 401, body: { code: 'invalid_credential' } })
  })
})

/** What a process prints first; it has started then. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('\n')) resolve(output.split('\n')[0] ?? '')
    })
    child.once('exit', (code) => reject(new Error(`the program ended with ${code} before it printed an address`)))
  })
}
