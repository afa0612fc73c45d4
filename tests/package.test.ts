import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureBuilt, root } from './support/build.js'
import { type Consumer, makeConsumer, type Packed, pack } from './support/packed.js'

type Target = Readonly<Record<'import' | 'require', { readonly types: string; readonly default: string }>>
const manifest: { version: string; exports: Record<string, string | Target> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** What may be imported, and the files that are meant by it. */
const entries = Object.entries(manifest.exports).flatMap(([path, target]) =>
  typeof target === 'string' ? [] : [{ name: path.replace(/^\./, 'tenantry'), target }],
)

// What a package manager installs beside the package, and what somebody on Postgres adds.
const required = ['bcryptjs', 'lru-cache', 'zod', '@types/node', 'undici-types']
const forPostgres = ['kysely', 'pg', '@types/pg', 'pg-protocol', 'pg-types', '@electric-sql/pglite', 'pg-mem']

const folder = join(root, 'tests', 'package')
const programs = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
const { 'host.ts': _, ...bareProgram } = programs

let packed: Packed
let bare: Consumer
let host: Consumer
let complaints: { bare: string; host: string }

beforeAll(async () => {
  await ensureBuilt()
  packed = await pack()
  bare = await makeConsumer(packed, 'bare', { dependencies: required, programs: bareProgram })
  host = await makeConsumer(packed, 'host', { dependencies: [...required, ...forPostgres], programs })
  complaints = { bare: await bare.compile(), host: await host.compile() }
}, 300_000)
afterAll(() => packed?.remove())

describe('the package', { timeout: 60_000 }, () => {
  it('holds what a user needs and nothing else', () => {
    const known = /^(?:dist\/[\w-]+\.(?:js|cjs|d\.ts|d\.cts)|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/
    expect(packed.files.filter((file) => !known.test(file))).toEqual([])
    expect(packed.files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md', 'package.json', 'dist/cli.js']))
    const meant = entries.flatMap(({ target }) => [target.import, target.require].flatMap((file) => Object.values(file)))
    expect(packed.files).toEqual(expect.arrayContaining(meant.map((file) => file.replace('./', ''))))
  })

  it('compiles for a strict host on Postgres, in both formats, declarations too', () => {
    expect(complaints.host).toBe('')
  })

  it('compiles for a strict host without its optional peers, in both formats', () => {
    expect(complaints.bare).toBe('')
  })

  it.each(['esm', 'cjs'])('signs a customer up with bcrypt in worker threads, and lets the process end, as %s', async (format) => {
    const { stdout, ...ended } = await bare.run(`${format}/bare.js`)
    expect(ended).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ status: 'trial', credits: 2000, refused: true, passes: true, sample: 'account-1', contract: true })
  })

  it.each(['esm', 'cjs'])('runs with Kysely, as %s', async (format) => {
    expect(await host.run(`${format}/host.js`)).toEqual({ code: 0, stdout: 'true\n', stderr: '' })
  })

  it('exports the names that it is known for, in both formats', async () => {
    const { stdout, stderr } = await host.run('esm/names.mjs', ...entries.map(({ name }) => name))
    expect(stderr).toBe('')
    const values: Record<string, [string[], string[]]> = JSON.parse(stdout)
    const lines = entries.map(({ name, target }) => {
      const [esm = [], cjs] = values[name] ?? []
      const [types, typesOfCjs] = [declaredNames(target.import.types), declaredNames(target.require.types)]
      expect(cjs).toEqual(esm)
      expect(typesOfCjs).toEqual(types)
      const kinds = [...esm, ...types.filter((type) => !esm.includes(type)).map((type) => `type ${type}`)]
      return `${name}\n${kinds.map((kind) => `  ${kind}\n`).join('')}`
    })
    await expect(lines.join('')).toMatchFileSnapshot('support/exported-names.txt')
  })

  it('loads without its optional peers, but for what is made for them', async () => {
    const { code, stderr } = await bare.run('esm/names.mjs', 'tenantry', 'tenantry/memory', 'tenantry/redis', 'tenantry/testing')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const name of ['tenantry/kysely', 'tenantry/pglite']) {
      expect((await bare.run('esm/names.mjs', name)).stderr).toContain("Cannot find package 'kysely'")
    }
  })

  it('knows its errors across its two copies', async () => {
    const { stdout } = await host.run('esm/copies.mjs')
    const known = [
      [true, true],
      [true, true],
    ]
    expect(JSON.parse(stdout)).toEqual({ copies: true, known })
  })

  it('has a command line, which asks for the packages that it lacks', async () => {
    const cli = 'node_modules/tenantry/dist/cli.js'
    const help = await bare.run(cli, '--help')
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout).toContain('Usage: tenantry')
    expect((await bare.run(cli, '--version')).stdout).toContain(manifest.version)
    const status = await bare.run(cli, 'status', '--url', 'postgres://127.0.0.1:1/x')
    expect(status.code).toBeGreaterThan(0)
    expect(status.stderr).toContain('npm install kysely pg')
    expect(readFileSync(join(packed.folder, 'dist/cli.js'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  })
})

/** Every name that a file of declarations exports. */
function declaredNames(file: string): string[] {
  const path = join(host.folder, 'node_modules', 'tenantry', file)
  const program = ts.createProgram([path], { noLib: true, types: [], module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022 })
  const checker = program.getTypeChecker()
  const symbol = checker.getSymbolAtLocation(program.getSourceFile(path) as ts.SourceFile)
  return symbol === undefined
    ? []
    : checker
        .getExportsOfModule(symbol)
        .map(({ name }) => name)
        .sort()
}
