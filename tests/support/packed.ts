import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
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

/** A project that has the package installed, with programs as ESM (in `esm`) and as CommonJS (in `cjs`). */
export interface Consumer {
  readonly folder: string
  /** Compiles it as strictly as can be, with declarations and those of the libraries. Answers what the compiler says. */
  readonly compile: () => Promise<string>
  /** Runs a program of it, which has to end by itself. */
  readonly run: (program: string, ...args: readonly string[]) => Promise<Ended>
}

/** How a program ended. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const compilerOptions = {
  target: 'ES2022',
  lib: ['ES2022'],
  module: 'NodeNext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  declaration: true,
  skipLibCheck: false,
}

/** What a project is made of. */
export interface Project {
  /** Packages to be found in it: links to those of this repository, and no others. */
  readonly dependencies: readonly string[]
  /** TypeScript, compiled in both folders. */
  readonly programs: Readonly<Record<string, string>>
}

/** Installs the package into a new project. */
export async function makeConsumer(packed: Packed, name: string, { dependencies, programs }: Project): Promise<Consumer> {
  const folder = join(dirname(packed.folder), name)
  await cp(packed.folder, join(folder, 'node_modules', 'tenantry'), { recursive: true })
  for (const dependency of dependencies) {
    const link = join(folder, 'node_modules', dependency)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(root, 'node_modules', dependency), link, 'dir')
  }
  await writeAll(folder, { 'tsconfig.json': JSON.stringify({ compilerOptions, include: ['esm/*.ts', 'cjs/*.ts'] }) })
  await writeAll(join(folder, 'esm'), { ...programs, 'package.json': JSON.stringify({ type: 'module' }) })
  await writeAll(join(folder, 'cjs'), { ...programs, 'package.json': JSON.stringify({ type: 'commonjs' }) })
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  return {
    folder,
    compile: async () => (await end(compiler, ['-p', folder], folder)).stdout,
    run: (program, ...args) => end(join(folder, program), args, folder),
  }
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true })
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)))
}

/** A program that does not end within two minutes is ended, with the code -1. */
async function end(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  try {
    const { stdout, stderr } = await execute(process.execPath, [program, ...args], {
      cwd,
      timeout: 120_000,
      env: { PATH: process.env['PATH'] },
    })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number | null; stdout: string; stderr: string }
    return { code: code ?? -1, stdout, stderr }
  }
}
