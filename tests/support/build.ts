import { execFile } from 'node:child_process'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
const lock = join(root, 'node_modules', '.tenantry-build')
const lockLivesMs = 300_000

/** Builds the package into `dist`, unless what is there is newer than its sources. Test runs at the same time build one after the other. */
export async function ensureBuilt(): Promise<void> {
  await takeLock()
  try {
    const sources = [join(root, 'src'), ...['package.json', 'tsconfig.json', 'tsup.config.ts'].map((name) => join(root, name))]
    const [newestSource, oldestOutput] = [Math.max(...(await times(sources))), Math.min(...(await times([join(root, 'dist')])))]
    if (!(oldestOutput < Number.POSITIVE_INFINITY && newestSource < oldestOutput)) await run('npm', ['run', 'build'], { cwd: root })
  } finally {
    await rm(lock, { recursive: true, force: true })
  }
}

/** When the files in these places were last written, in milliseconds. */
async function times(paths: readonly string[]): Promise<number[]> {
  const all = await Promise.all(paths.map(filesIn))
  return Promise.all(all.flat().map(async (path) => (await stat(path)).mtimeMs))
}

async function filesIn(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTDIR') return [path]
    if (code === 'ENOENT') return []
    throw error
  }
}

async function takeLock(): Promise<void> {
  for (;;) {
    try {
      return await mkdir(lock).then(() => undefined)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const age = Date.now() - ((await stat(lock).catch(() => null))?.mtimeMs ?? 0)
    if (age > lockLivesMs) await rm(lock, { recursive: true, force: true })
    else await wait(250)
  }
}
