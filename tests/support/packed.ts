import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './build.js'

const execute = promisify(execFile)

/** The package as npm would publish it. */
export interface Packed {
  /** What it holds. */
  readonly files: readonly string[]
  /** Where it is unpacked. */
  readonly folder: string
  readonly remove: () => Promise<void>
}

/** Packs what was built, and unpacks it into a folder of its own. */
export async function pack(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-package-'))
  const { stdout } = await execute('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root })
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  await execute('tar', ['-xzf', join(folder, filename), '-C', folder])
  return {
    files: files.map(({ path }) => path),
    folder: join(folder, 'package'),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** A project that has the package installed. */
export interface Consumer {
  readonly folder: string
  /** Compiles a project of it as a strict user would, declarations and those of the libraries included. Answers what the compiler says. */
  readonly compile: (project: string) => Promise<string>
  /** Runs a program of it, which has to end by itself. */
  readonly run: (...args: readonly string[]) => Promise<Ended>
}

/** How a program ended. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const strictest = {
  target: 'ES2022',
  lib: ['ES2022'],
  module: 'NodeNext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  declaration: true,
  skipLibCheck: false,
  outDir: 'out',
}

/** Installs the package into a new project, with links to dependencies of this repository and no others. */
export async function makeConsumer(packed: Packed, name: string, dependencies: readonly string[]): Promise<Consumer> {
  const folder = join(dirname(packed.folder), name)
  const modules = join(folder, 'node_modules')
  await mkdir(modules, { recursive: true })
  await cp(packed.folder, join(modules, 'tenantry'), { recursive: true })
  for (const dependency of dependencies) {
    await mkdir(dirname(join(modules, dependency)), { recursive: true })
    await symlink(join(root, 'node_modules', dependency), join(modules, dependency), 'dir')
  }
  return {
    folder,
    compile: async (project) =>
      (await end(join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ['-p', join(folder, project)], folder)).stdout,
    run: ([program = '', ...args]) => end(join(folder, program), args, folder),
  }
}

/** Adds a project of the given kind of module with these files. */
export async function addProject(
  { folder }: Consumer,
  project: string,
  type: 'module' | 'commonjs',
  files: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(join(folder, project))
  const all = {
    ...files,
    'package.json': JSON.stringify({ type }),
    'tsconfig.json': JSON.stringify({ compilerOptions: strictest, include: ['*.ts'] }),
  }
  await Promise.all(Object.entries(all).map(([name, text]) => writeFile(join(folder, project, name), text)))
}

/** A program in `tests/package`. */
export const readProgram = (name: string): Promise<string> => readFile(join(root, 'tests', 'package', name), 'utf8')

/** A program that does not end within a minute is ended, with the code -1. */
async function end(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  try {
    const { stdout, stderr } = await execute(process.execPath, [program, ...args], {
      cwd,
      timeout: 60_000,
      env: { PATH: process.env['PATH'] },
    })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number | null; stdout: string; stderr: string }
    return { code: code ?? -1, stdout, stderr }
  }
}
