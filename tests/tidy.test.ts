import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import {
  asyncInDomain,
  changelogProblems,
  type Files,
  fileCycles,
  folderCycles,
  forbiddenReach,
  longFiles,
  strayMachinery,
  undocumentedExports,
  wrongArrows,
} from './support/tidy-rules.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const maxLines = 300
const peerAdapters = ['src/adapters/kysely', 'src/adapters/pglite']

describe('the house', () => {
  const files = sources()
  const manifest: { version: string; exports: object } = JSON.parse(read('package.json'))
  const publicNames: Record<string, string[]> = ts.parseConfigFileTextToJson('tsconfig.json', read('tsconfig.json')).config.compilerOptions
    .paths
  const entries = Object.values(publicNames).flatMap(([path = '']) => path.replace(/^\.\//, ''))

  it('is there', () => {
    expect(entries.filter((path) => !files.has(path))).toEqual([])
  })

  it('has the same entry points for its users as for its own tests', () => {
    const exported = Object.keys(manifest.exports).filter((name) => name !== './package.json')
    expect(exported.map((name) => name.replace(/^\./, 'tenantry')).sort()).toEqual(Object.keys(publicNames).sort())
  })

  it('keeps its arrows', () => {
    expect(wrongArrows(files)).toEqual([])
  })

  it('has no file that needs itself', () => {
    expect(fileCycles(files)).toEqual([])
  })

  it('has no folders that need each other', () => {
    expect(folderCycles(files)).toEqual([])
  })

  it('runs without the peers of its adapters', () => {
    expect(forbiddenReach(files, 'src/index.ts', peerAdapters)).toEqual([])
  })

  it('reads time, chance and the environment in one place', () => {
    expect(strayMachinery(files)).toEqual([])
  })

  it('waits for nothing in the domain', () => {
    expect(asyncInDomain(files)).toEqual([])
  })

  it('documents what it exports', () => {
    expect(undocumentedExports(files, entries)).toEqual([])
  })

  it('has small files', () => {
    expect(longFiles(files, maxLines)).toEqual([])
  })

  it('keeps a changelog', () => {
    expect(changelogProblems(read('CHANGELOG.md'), manifest.version)).toEqual([])
  })
})

describe('arrows', () => {
  const allowed: [from: string, to: string][] = [
    ['src/domain/a.ts', 'src/errors.ts'],
    ['src/ports/store/a.ts', 'src/domain/b.ts'],
    ['src/services/credits/a.ts', 'src/services/access/b.ts'],
    ['src/services/credits/a.ts', 'src/ports/b.ts'],
    ['src/tenantry.ts', 'src/services/credits/b.ts'],
    ['src/tenantry.ts', 'src/adapters/memory/index.ts'],
    ['src/index.ts', 'src/tenantry.ts'],
    ['src/adapters/kysely/a.ts', 'src/adapters/node/b.ts'],
    ['src/testing/a.ts', 'src/adapters/kysely/b.ts'],
    ['src/cli/a.ts', 'src/index.ts'],
    ['src/http-status.ts', 'src/errors.ts'],
  ]
  it.each(allowed)('%s may import %s', (from, to) => {
    expect(wrongArrows(importing(from, to))).toEqual([])
  })

  const refused: [from: string, to: string][] = [
    ['src/domain/a.ts', 'src/ports/b.ts'],
    ['src/ports/a.ts', 'src/services/credits/b.ts'],
    ['src/ports/a.ts', 'src/adapters/node/b.ts'],
    ['src/services/credits/a.ts', 'src/tenantry.ts'],
    ['src/services/credits/a.ts', 'src/adapters/node/b.ts'],
    ['src/tenantry.ts', 'src/index.ts'],
    ['src/tenantry.ts', 'src/adapters/kysely/b.ts'],
    ['src/index.ts', 'src/cli/main.ts'],
    ['src/index.ts', 'src/testing/b.ts'],
    ['src/adapters/kysely/a.ts', 'src/services/credits/b.ts'],
    ['src/adapters/kysely/a.ts', 'src/adapters/memory/b.ts'],
    ['src/testing/a.ts', 'src/services/credits/b.ts'],
    ['src/cli/a.ts', 'src/services/credits/b.ts'],
    ['src/errors.ts', 'src/domain/b.ts'],
    ['src/errors.ts', 'src/ports/b.ts'],
  ]
  it.each(refused)('%s may not import %s', (from, to) => {
    expect(wrongArrows(importing(from, to))).toEqual([expect.stringContaining(`${from} imports ${to}`)])
  })

  const forms = [
    `import type { A } from '../ports/b.js'`,
    `import '../ports/b.js'`,
    `export * from '../ports/b.js'`,
    `export type { A } from '../ports/b.js'`,
    `export type B = import('../ports/b.js').A`,
    `export const load = () => import('../ports/b.js')`,
  ]
  it.each(forms)('are seen in %s', (text) => {
    expect(wrongArrows(fileMap({ 'src/domain/a.ts': text, 'src/ports/b.ts': '' }))).toHaveLength(1)
  })

  it('are not seen in comments and strings', () => {
    const text = `// import '../ports/b.js'\nexport const a = "import '../ports/b.js'"`
    expect(wrongArrows(fileMap({ 'src/domain/a.ts': text, 'src/ports/b.ts': '' }))).toEqual([])
  })

  it('let the errors name the types of the domain', () => {
    expect(wrongArrows(fileMap({ 'src/errors.ts': `import type { A } from './domain/a.js'`, 'src/domain/a.ts': '' }))).toEqual([])
  })

  it.each(['src/utils.ts', 'src/helpers/a.ts', 'src/adapters/a.ts'])('give %s no place', (path) => {
    expect(wrongArrows(fileMap({ [path]: '' }))).toEqual([`${path} is in no room of the plan`])
  })
})

describe('reach', () => {
  const throughServices = (form: string): Files =>
    fileMap({
      'src/index.ts': `export * from './services/a.js'`,
      'src/services/a.ts': form,
      'src/adapters/kysely/index.ts': '',
    })

  it.each([`import '../adapters/kysely/index.js'`, `import type { A } from '../adapters/kysely/index.js'`])('follows %s', (form) => {
    expect(forbiddenReach(throughServices(form), 'src/index.ts', peerAdapters)).toEqual([
      'src/index.ts reaches src/adapters/kysely/index.ts',
    ])
  })

  it('ends where nothing is imported', () => {
    expect(forbiddenReach(throughServices(''), 'src/index.ts', peerAdapters)).toEqual([])
  })
})

describe('cycles', () => {
  const triangle = (last: string): Files =>
    fileMap({ 'src/domain/a.ts': `import './b.js'`, 'src/domain/b.ts': `export * from './c.js'`, 'src/domain/c.ts': last })

  it('of files are reported with their way round', () => {
    expect(fileCycles(triangle(`import { type A } from './a.js'`))).toEqual([
      'src/domain/a.ts -> src/domain/b.ts -> src/domain/c.ts -> src/domain/a.ts',
    ])
  })

  it('of one file are reported', () => {
    expect(fileCycles(importing('src/domain/a.ts', 'src/domain/a.ts'))).toEqual(['src/domain/a.ts -> src/domain/a.ts'])
  })

  it('of types alone are none', () => {
    expect(fileCycles(triangle(`import type { A } from './a.js'`))).toEqual([])
  })

  it('of folders are reported, even where no file needs itself and types alone close them', () => {
    const files = fileMap({
      'src/services/members/a.ts': `import '../limits/b.js'`,
      'src/services/limits/b.ts': '',
      'src/services/limits/c.ts': `import type { D } from '../members/d.js'`,
      'src/services/members/d.ts': '',
    })
    expect(fileCycles(files)).toEqual([])
    expect(folderCycles(files)).toEqual(['src/services/members -> src/services/limits -> src/services/members'])
  })

  it('are not seen between a folder and one inside it', () => {
    const files = fileMap({
      'src/ports/index.ts': `export * from './store/a.js'`,
      'src/ports/store/a.ts': `import '../runtime.js'`,
      'src/ports/runtime.ts': '',
    })
    expect(folderCycles(files)).toEqual([])
  })
})

describe('machinery', () => {
  const banned: [text: string, word: string][] = [
    ['const t = Date.now()', 'Date.now'],
    [`const t = Date['now']()`, 'Date.now'],
    ['const t = globalThis.Date.now()', 'Date.now'],
    ['const t = new Date()', 'new Date()'],
    ['const t = new Date', 'new Date()'],
    ['const t = Date()', 'Date()'],
    [`const clock = \`\${Date.now()}\``, 'Date.now'],
    ['const r = Math.random', 'Math.random'],
    ['setTimeout(work, 5)', 'setTimeout'],
    [`import { setTimeout as sleep } from 'node:timers/promises'`, 'setTimeout'],
    ['globalThis.setInterval(work, 5)', 'setInterval'],
    ['const url = process.env.DATABASE_URL', 'process.env'],
  ]
  it.each(banned)('is found in %s', (text, word) => {
    expect(strayMachinery(fileMap({ 'src/services/credits/a.ts': `\n${text}` }))).toEqual([
      `src/services/credits/a.ts: ${word} on line 2 belongs to adapters/node`,
    ])
  })

  it('is left alone where it belongs', () => {
    const text = 'export const now = () => new Date(process.env.NOW ?? Date.now())'
    expect(strayMachinery(fileMap({ 'src/adapters/node/a.ts': text, 'src/cli/main.ts': text }))).toEqual([])
  })

  it('is not found in comments, strings, types or a date made of something', () => {
    const text = `// Date.now()\n/** new Date() */\nexport const a = 'setTimeout Math.random process.env'\nexport const b = (at: Date): Date => new Date(at)`
    expect(strayMachinery(fileMap({ 'src/domain/a.ts': text }))).toEqual([])
  })
})

describe('waiting', () => {
  const waits: [text: string, word: string][] = [
    ['export async function a() {}', 'async'],
    ['export const a = async () => 1', 'async'],
    ['for await (const a of b) c(a)', 'await'],
    ['await a', 'await'],
    ['export declare function a(): Promise<void>', 'Promise'],
    ['export const a = Promise.resolve()', 'Promise'],
  ]
  it.each(waits)('is found in %s', (text, word) => {
    expect(asyncInDomain(fileMap({ 'src/domain/a.ts': text }))).toContain(`src/domain/a.ts: ${word} on line 1 in the domain`)
  })

  it('is no matter elsewhere, nor in words', () => {
    const files = fileMap({
      'src/services/a/b.ts': 'export async function a() {}',
      'src/domain/a.ts': `// await a Promise\nexport const a = 'async'`,
    })
    expect(asyncInDomain(files)).toEqual([])
  })
})

describe('documentation', () => {
  const behindIndex = (text: string): Files =>
    fileMap({
      'src/index.ts': `export * from './domain/a.js'\nexport { b as c } from './domain/b.js'`,
      'src/domain/a.ts': text,
      'src/domain/b.ts': '/** B. */\nexport const b = 1',
    })
  const check = (text: string) => undocumentedExports(behindIndex(text), ['src/index.ts'])

  const bare = [
    'export const a = 1',
    'export function a() {}',
    'export interface a {}',
    'export type a = 1',
    'export class a {}',
    'const a = 1\nexport { a }',
    '// A.\nexport const a = 1',
    '/** */\nexport const a = 1',
    '/** A. */\nconst b = 1\nexport const a = b',
    '/** A. */\nexport const a = 1\nexport type a = 1',
  ]
  it.each(bare)('is missed at %j', (text) => {
    expect(check(text)).toEqual(['a in src/domain/a.ts has no doc comment'])
  })

  const documented = [
    '/** A. */\nexport const a = 1',
    '/** A. */\nexport function a(): void\nexport function a(b?: string): void {}',
    '/** A. */\nexport interface a { b: string }',
    '/** @deprecated use b */\nexport type a = 1',
    '/** A. */\nconst a = 1\nexport { a }',
    '/** A. */\nexport const a = 1\n/** The type of A. */\nexport type a = 1',
    'const a = 1',
  ]
  it.each(documented)('is seen at %j', (text) => {
    expect(check(text)).toEqual([])
  })

  it('is missed behind a name of another file and behind a namespace', () => {
    const files = fileMap({
      'src/index.ts': `export { a as b } from './domain/a.js'\nexport * as all from './domain/c.js'`,
      'src/domain/a.ts': 'export const a = 1',
      'src/domain/c.ts': 'export const c = 1',
    })
    expect(undocumentedExports(files, ['src/index.ts'])).toEqual([
      'a in src/domain/a.ts has no doc comment',
      'c in src/domain/c.ts has no doc comment',
    ])
  })

  it('is not asked of what no entry exports', () => {
    const files = fileMap({ 'src/index.ts': '/** A. */\nexport const a = 1', 'src/domain/a.ts': 'export const hidden = 1' })
    expect(undocumentedExports(files, ['src/index.ts'])).toEqual([])
  })

  it('cannot be checked in an entry that is not there', () => {
    expect(undocumentedExports(fileMap({}), ['src/index.ts'])).toEqual(['src/index.ts is missing or exports nothing'])
  })
})

describe('size', () => {
  const file = (lines: number): Files => fileMap({ 'src/domain/a.ts': 'line\n'.repeat(lines) })

  it('is counted in lines', () => {
    expect(longFiles(file(maxLines), maxLines)).toEqual([])
    expect(longFiles(file(maxLines + 1), maxLines)).toEqual([`src/domain/a.ts has ${maxLines + 1} lines, more than ${maxLines}`])
  })
})

describe('changelog', () => {
  it.each(['# Changelog\n\n## [Unreleased]\n', '# Changelog\n\n## [1.2.3] - 2026-01-31\n'])('is in order with %j', (text) => {
    expect(changelogProblems(text, '1.2.3')).toEqual([])
  })

  it.each(['', '# Changelog\n\n## [1.2.2] - 2026-01-01\n', '# Changelog\n\nSee ## [Unreleased]\n'])('is out of date with %j', (text) => {
    expect(changelogProblems(text, '1.2.3')).toHaveLength(1)
  })
})

function sources(): Files {
  const paths = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  return new Map(paths.map((path) => `src/${path.split(sep).join('/')}`).map((path) => [path, read(path)]))
}

function fileMap(files: Record<string, string>): Files {
  return new Map(Object.entries(files))
}

/** Two files, of which `from` imports `to`. */
function importing(from: string, to: string): Files {
  const up = '../'.repeat(from.split('/').length - 1)
  return fileMap({ [to]: '', [from]: `import './${up}${to.replace(/\.ts$/, '.js')}'` })
}
