import { posix } from 'node:path'
import ts from 'typescript'

/** Source files by path from the root of the repository, such as `src/domain/money.ts`. */
export type Files = ReadonlyMap<string, string>

/** Each rule answers with one sentence per thing that breaks it. */
export type Problems = readonly string[]

interface Arrow {
  readonly from: string
  readonly to: string
  /** Gone after compilation: `import type`, `export type`, `import('…').T`. */
  readonly typeOnly: boolean
}

// ---------------------------------------------------------------------------- who may import whom

const lower = ['domain', 'ports', 'errors']
const assembled = [...lower, 'services', 'adapters/node', 'adapters/memory']

/** What each room of the house may import besides itself. `adapters` stands for every folder in it. */
const plan: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  domain: ['errors'],
  ports: ['domain', 'errors'],
  services: lower,
  adapters: [...lower, 'adapters/node'],
  testing: [...lower, 'adapters'],
  'tenantry.ts': assembled,
  'index.ts': [...assembled, 'tenantry.ts'],
  cli: ['index.ts', 'errors', 'adapters'],
}

/** What every room may use, and what needs no other room. */
const commonFiles = ['errors.ts', 'failure-reason.ts', 'go-on.ts', 'http-status.ts', 'refusal-messages.ts', 'tell-quietly.ts']

/** `domain`, `adapters/kysely`, `index.ts`, …; `null` for a file that has no place in the plan. */
function roomOf(path: string): string | null {
  const [, first = '', second = '', ...rest] = path.split('/')
  if (commonFiles.includes(first)) return 'errors'
  if (first === 'adapters') return rest.length > 0 ? `adapters/${second}` : null
  return Object.hasOwn(plan, first) ? first : null
}

const covers = (allowed: string, room: string): boolean => room === allowed || room.startsWith(`${allowed}/`)

function mayImport(from: string, to: string, typeOnly: boolean): boolean {
  if (from === to) return true
  if (from === 'errors') return to === 'domain' && typeOnly
  return (plan[from.startsWith('adapters/') ? 'adapters' : from] ?? []).some((allowed) => covers(allowed, to))
}

/** `domain <- ports <- services <- tenantry.ts <- index.ts`, and what the other rooms may see. */
export function wrongArrows(files: Files): Problems {
  const homeless = [...files.keys()].filter((path) => roomOf(path) === null).map((path) => `${path} is in no room of the plan`)
  const wrong = arrows(files).flatMap(({ from, to, typeOnly }) => {
    const [here, there] = [roomOf(from), roomOf(to)]
    if (here === null || there === null || mayImport(here, there, typeOnly)) return []
    return [`${from} imports ${to}: ${here} may not import ${there}`]
  })
  return [...homeless, ...wrong]
}

/** No file of `folders` may be loaded, not even for its types, by whoever imports `entry`. */
export function forbiddenReach(files: Files, entry: string, folders: readonly string[]): Problems {
  const next = neighbours(arrows(files))
  const reached = new Set([entry])
  for (const path of reached) for (const to of next.get(path) ?? []) reached.add(to)
  return [...reached].filter((path) => folders.some((folder) => path.startsWith(`${folder}/`))).map((path) => `${entry} reaches ${path}`)
}

// ---------------------------------------------------------------------------- cycles

/** Files that need each other to be loaded first. Types are free to refer to one another. */
export const fileCycles = (files: Files): Problems => cycles(arrows(files).filter(({ typeOnly }) => !typeOnly))

/** Folders side by side that import each other, be it for types. */
export const folderCycles = (files: Files): Problems => cycles(arrows(files).flatMap(betweenFolders))

/** The two folders of an arrow that lie side by side, if it runs between folders. */
function betweenFolders({ from, to, typeOnly }: Arrow): Arrow[] {
  const [a, b] = [from.split('/'), to.split('/')]
  const parting = a.findIndex((part, index) => part !== b[index])
  if (parting < 0 || parting >= a.length - 1 || parting >= b.length - 1) return []
  return [{ from: a.slice(0, parting + 1).join('/'), to: b.slice(0, parting + 1).join('/'), typeOnly }]
}

function cycles(edges: readonly Arrow[]): Problems {
  const next = neighbours(edges)
  const done = new Set<string>()
  const found: string[] = []
  const visit = (node: string, path: readonly string[]): void => {
    const start = path.indexOf(node)
    if (start >= 0) found.push([...path.slice(start), node].join(' -> '))
    if (start >= 0 || done.has(node)) return
    for (const to of next.get(node) ?? []) visit(to, [...path, node])
    done.add(node)
  }
  for (const node of next.keys()) visit(node, [])
  return found
}

function neighbours(edges: readonly Arrow[]): Map<string, Set<string>> {
  const next = new Map<string, Set<string>>()
  for (const { from, to } of edges) next.set(from, (next.get(from) ?? new Set()).add(to))
  return next
}

// ---------------------------------------------------------------------------- what the code may not do

const machineRooms = ['adapters/node', 'cli']
const timers = new Set(['setTimeout', 'setInterval'])
const members = new Set(['Date.now', 'Math.random', 'process.env'])

/** The clock, randomness, timers and the environment belong to the machine rooms. */
export const strayMachinery = (files: Files): Problems =>
  [...files]
    .filter(([path]) => !machineRooms.includes(roomOf(path) ?? ''))
    .flatMap(([path, text]) => findings(path, text, machinery).map((word) => `${path}: ${word} belongs to adapters/node`))

function machinery(node: ts.Node): string | null {
  if (ts.isIdentifier(node) && timers.has(node.text)) return node.text
  if (ts.isNewExpression(node) && isNamed(node.expression, 'Date') && !node.arguments?.length) return 'new Date()'
  if (ts.isCallExpression(node) && isNamed(node.expression, 'Date')) return 'Date()'
  const member = memberName(node)
  return member !== null && members.has(member) ? member : null
}

/** `Date.now` for `Date.now`, `Date['now']` and `globalThis.Date.now`. */
function memberName(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node)) return `${lastName(node.expression)}.${node.name.text}`
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return `${lastName(node.expression)}.${node.argumentExpression.text}`
  }
  return null
}

const lastName = (node: ts.Expression): string =>
  ts.isIdentifier(node) ? node.text : ts.isPropertyAccessExpression(node) ? node.name.text : ''

const isNamed = (node: ts.Expression, name: string): boolean => lastName(node) === name

/** Pure rules have nothing to wait for. */
export const asyncInDomain = (files: Files): Problems =>
  [...files]
    .filter(([path]) => roomOf(path) === 'domain')
    .flatMap(([path, text]) => findings(path, text, waiting).map((word) => `${path}: ${word} in the domain`))

function waiting(node: ts.Node): string | null {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async'
  if (node.kind === ts.SyntaxKind.AwaitKeyword || ts.isAwaitExpression(node)) return 'await'
  return ts.isIdentifier(node) && /^Promise(Like)?$/.test(node.text) ? node.text : null
}

/** Files that have outgrown `max` lines. */
export const longFiles = (files: Files, max: number): Problems =>
  [...files].flatMap(([path, text]) => {
    const lines = text.replace(/\n$/, '').split('\n').length
    return lines > max ? [`${path} has ${lines} lines, more than ${max}`] : []
  })

/** The changelog speaks of what is coming, or of this version. */
export function changelogProblems(changelog: string, version: string): Problems {
  const headings = [...changelog.matchAll(/^## \[([^\]]+)\]/gm)].map((match) => match[1])
  const current = headings.some((heading) => heading === 'Unreleased' || heading === version)
  return current ? [] : [`CHANGELOG.md has neither "## [Unreleased]" nor "## [${version}]"`]
}

// ---------------------------------------------------------------------------- documentation

/** Exports that a user can reach through `entries` and that carry no doc comment where they are declared. */
export function undocumentedExports(files: Files, entries: readonly string[]): Problems {
  const program = ts.createProgram({
    rootNames: entries.map(absolute),
    options: { noLib: true, types: [], module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
    host: hostOf(files),
  })
  const checker = program.getTypeChecker()
  const bare = entries.flatMap((entry) => {
    const source = program.getSourceFile(absolute(entry))
    const module = source && checker.getSymbolAtLocation(source)
    return module === undefined ? [`${entry} is missing or exports nothing`] : undocumentedIn(module, checker)
  })
  return [...new Set(bare)].sort()
}

function undocumentedIn(module: ts.Symbol, checker: ts.TypeChecker): string[] {
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    const declarations = symbol.declarations ?? []
    if (declarations.some(ts.isSourceFile)) return undocumentedIn(symbol, checker)
    return isDocumented(declarations) ? [] : [`${symbol.name} in ${declarations[0]?.getSourceFile().fileName.slice(1)} has no doc comment`]
  })
}

/** Overloads share one comment; a type and a value of one name need one each. */
function isDocumented(declarations: readonly ts.Declaration[]): boolean {
  const documented = new Set(declarations.filter(hasComment).map(({ kind }) => kind))
  return declarations.every(({ kind }) => documented.has(kind))
}

const hasComment = (declaration: ts.Declaration): boolean =>
  ts
    .getJSDocCommentsAndTags(declaration)
    .some((doc) => ts.isJSDoc(doc) && (doc.comment !== undefined || doc.tags !== undefined) && !/^\/\*\*[\s*]*\*\/$/.test(doc.getText()))

const absolute = (path: string): string => `/${path}`

/** The files as a disk of their own: packages are not there, and need not be. */
function hostOf(files: Files): ts.CompilerHost {
  const read = (name: string): string | undefined => files.get(name.slice(1))
  return {
    fileExists: (name) => read(name) !== undefined,
    readFile: read,
    getSourceFile: (name) => {
      const text = read(name)
      return text === undefined ? undefined : parse(name, text)
    },
    resolveModuleNameLiterals: (literals, from) =>
      literals.map(({ text }) => {
        const target = resolve(from.slice(1), text, files)
        if (target === undefined) return { resolvedModule: undefined }
        return { resolvedModule: { resolvedFileName: absolute(target), extension: ts.Extension.Ts, isExternalLibraryImport: false } }
      }),
    getDefaultLibFileName: () => '/lib.d.ts',
    writeFile: () => {},
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
  }
}

// ---------------------------------------------------------------------------- reading source

const parse = (path: string, text: string): ts.SourceFile => ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => walk(child, visit))
}

/** What `find` names in a file, with its line. Comments and strings are no code, so they are not looked at. */
function findings(path: string, text: string, find: (node: ts.Node) => string | null): string[] {
  const source = parse(path, text)
  const found: string[] = []
  walk(source, (node) => {
    const word = find(node)
    if (word !== null) found.push(`${word} on line ${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`)
  })
  return found
}

function arrows(files: Files): readonly Arrow[] {
  return [...files].flatMap(([from, text]) =>
    importsOf(from, text).flatMap(({ specifier, typeOnly }) => {
      const to = resolve(from, specifier, files)
      return to === undefined ? [] : [{ from, to, typeOnly }]
    }),
  )
}

function importsOf(path: string, text: string): { specifier: string; typeOnly: boolean }[] {
  const found: { specifier: string; typeOnly: boolean }[] = []
  walk(parse(path, text), (node) => {
    const specifier = specifierOf(node)
    if (specifier && ts.isStringLiteralLike(specifier)) found.push({ specifier: specifier.text, typeOnly: isErased(node) })
  })
  return found
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined
  if (ts.isExternalModuleReference(node)) return node.expression
  return ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0] : undefined
}

/** `import { type A } from` still loads the file: `verbatimModuleSyntax` drops only the name. */
function isErased(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return node.importClause?.isTypeOnly ?? false
  return ts.isImportTypeNode(node) || (ts.isExportDeclaration(node) && node.isTypeOnly)
}

/** The file that a relative import means; a package is none. */
function resolve(from: string, specifier: string, files: Files): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  const target = posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts')
  return files.has(target) ? target : undefined
}
