import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureBuilt, root } from './support/build.js'
import { addProject, type Consumer, makeConsumer, type Packed, pack, readProgram } from './support/packed.js'

interface Manifest {
  readonly version: string
  readonly exports: Readonly<Record<string, string | Record<'import' | 'require', { readonly types: string; readonly default: string }>>>
}

const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest
const targets = Object.entries(manifest.exports).flatMap(([entry, target]) => (typeof target === 'string' ? [] : [{ entry, target }]))
const nameOf = (entry: string): string => entry.replace(/^\./, 'tenantry')
const entries = targets.map(({ entry }) => nameOf(entry))

// What a package manager installs beside the package, and what somebody on Postgres adds.
const required = ['bcryptjs', 'lru-cache', 'zod', '@types/node', 'undici-types']
const forPostgres = ['kysely', 'pg', '@types/pg', 'pg-protocol', 'pg-types', '@electric-sql/pglite', 'pg-mem']

let packed: Packed
let bare: Consumer
let host: Consumer

beforeAll(async () => {
  await ensureBuilt()
  packed = await pack()
  bare = await makeConsumer(packed, 'bare', required)
  host = await makeConsumer(packed, 'host', [...required, ...forPostgres])
  const [bareProgram, hostProgram] = [await readProgram('bare.ts'), await readProgram('host.ts')]
  for (const [project, type] of [
    ['esm', 'module'],
    ['cjs', 'commonjs'],
  ] as const) {
    await addProject(bare, project, type, { 'main.ts': bareProgram })
    await addProject(host, project, type, { 'main.ts': bareProgram, 'host.ts': hostProgram })
  }
  const names = `
    import { createRequire } from 'node:module'
    const require = createRequire(import.meta.url)
    const names = {}
    for (const entry of process.argv.slice(2)) names[entry] = [Object.keys(await import(entry)), Object.keys(require(entry))].map((keys) => keys.filter((key) => key !== 'default' && key !== 'module.exports').sort())
    console.log(JSON.stringify(names))`
  const copies = `
    import { createRequire } from 'node:module'
    import * as esm from 'tenantry'
    const cjs = createRequire(import.meta.url)('tenantry')
    const errors = [esm, cjs].map(({ TenantryError }) => new TenantryError('throttled', { retryAfterSeconds: 3 }))
    console.log(JSON.stringify({
      copies: esm.TenantryError !== cjs.TenantryError,
      known: errors.map((error) => [esm, cjs].map(({ isTenantryError }) => isTenantryError(error, 'throttled'))),
    }))`
  await addProject(host, 'scripts', 'module', { 'names.mjs': names, 'copies.mjs': copies })
  await addProject(bare, 'scripts', 'module', { 'names.mjs': names })
}, 240_000)
afterAll(() => packed?.remove())

describe('the package', { timeout: 120_000 }, () => {
  it('holds what a user needs and nothing else', () => {
    const known = /^(?:dist\/[\w-]+\.(?:js|cjs|d\.ts|d\.cts)|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/
    expect(packed.files.filter((file) => !known.test(file))).toEqual([])
    expect(packed.files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md', 'package.json', 'dist/cli.js']))
    const files = targets.flatMap(({ target }) => Object.values(target as object).flatMap((each: object) => Object.values(each)))
    expect(files.map((file: string) => file.replace('./', '')).filter((file) => !packed.files.includes(file))).toEqual([])
  })

  it.each(['esm', 'cjs'])('compiles for a strict host on Postgres, as %s, declarations too', async (project) => {
    expect(await host.compile(project)).toBe('')
  })

  it.each(['esm', 'cjs'])('compiles for a host without its optional peers, as %s', async (project) => {
    expect(await bare.compile(project)).toBe('')
  })

  it.each(['esm', 'cjs'])('signs a customer up with bcrypt in worker threads, and lets the process end, as %s', async (project) => {
    expect(await bare.compile(project)).toBe('')
    const { code, stdout, stderr } = await bare.run(`${project}/out/main.js`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ status: 'trial', credits: 2000, refused: true, passes: true, sample: 'account-1', contract: true })
  })

  it.each(['esm', 'cjs'])('runs on Kysely, as %s', async (project) => {
    expect(await host.compile(project)).toBe('')
    expect(await host.run(`${project}/out/host.js`)).toEqual({ code: 0, stdout: 'true\n', stderr: '' })
  })

  it('exports the names that it is known for, as ESM and as CommonJS', async () => {
    const { stdout, stderr } = await host.run('scripts/names.mjs', ...entries)
    expect(stderr).toBe('')
    const values = JSON.parse(stdout) as Record<string, [string[], string[]]>
    const lines = entries.map((entry) => {
      const [esm, cjs] = values[entry] ?? [[], []]
      expect(cjs).toEqual(esm)
      return `${entry}\n  values: ${esm.join(', ')}\n  types: ${typesOf(entry)
        .filter((name) => !esm.includes(name))
        .join(', ')}\n`
    })
    await expect(lines.join('\n')).toMatchFileSnapshot('package/exported-names.txt')
  })

  it('loads without its optional peers, but for what is made for them', async () => {
    const { code, stderr } = await bare.run('scripts/names.mjs', 'tenantry', 'tenantry/memory', 'tenantry/testing')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect((await bare.run('scripts/names.mjs', 'tenantry/kysely')).stderr).toContain("Cannot find package 'kysely'")
  })

  it('knows its errors across its two copies', async () => {
    const { stdout } = await host.run('scripts/copies.mjs')
    expect(JSON.parse(stdout)).toEqual({
      copies: true,
      known: [
        [true, true],
        [true, true],
      ],
    })
  })

  it('has a command line', async () => {
    const cli = 'node_modules/tenantry/dist/cli.js'
    const help = await bare.run(cli, '--help')
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout).toContain('Usage: tenantry')
    expect((await bare.run(cli, '--version')).stdout).toContain(manifest.version)
    const status = await bare.run(cli, 'status', '--url', 'postgres://127.0.0.1:1/x')
    expect(status.code).not.toBe(0)
    expect(status.stderr).toContain('npm install kysely pg')
    expect((await readFile(join(bare.folder, cli), 'utf8')).startsWith('#!/usr/bin/env node\n')).toBe(true)
  })
})

/** Every name that the declarations of an entry point export; those for ESM and for CommonJS must not differ. */
function typesOf(entry: string): string[] {
  const { target } = targets.find((each) => nameOf(each.entry) === entry) as (typeof targets)[number]
  const [esm, cjs] = (['import', 'require'] as const).map((kind) => {
    const file = join(host.folder, 'node_modules', 'tenantry', (target as Record<string, { types: string }>)[kind]?.types ?? '')
    const program = ts.createProgram([file], { noLib: true, types: [], module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022 })
    const checker = program.getTypeChecker()
    const symbol = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile)
    return (symbol === undefined ? [] : checker.getExportsOfModule(symbol)).map(({ name }) => name).sort()
  })
  expect(cjs).toEqual(esm)
  return esm ?? []
}
