import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Runs the command line in a process of its own in which some packages are not installed. */
function runWithout(packages: readonly string[], ...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const hook = `
    const missing = new Set(${JSON.stringify(packages)})
    export async function resolve(specifier, context, next) {
      if (missing.has(specifier)) throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
      return next(specifier, context)
    }`
  const register = `import { register } from 'node:module'; register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}))`
  const hooks = ['--import', 'tsx', '--import', `data:text/javascript,${encodeURIComponent(register)}`]
  return new Promise((resolve) => {
    const env = { ...process.env, DATABASE_URL: 'postgres://me@127.0.0.1:1/nowhere' }
    const child = execFile(process.execPath, [...hooks, 'src/cli/main.ts', ...argv], { cwd: root, env }, (_error, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr })
    })
  })
}

describe('the command line as a program', () => {
  it.each([
    { missing: ['pg'], says: 'The command line needs pg, not installed here: npm install pg\n' },
    { missing: ['kysely'], says: 'The command line needs kysely, not installed here: npm install kysely\n' },
    { missing: ['kysely', 'pg'], says: 'The command line needs kysely and pg, not installed here: npm install kysely pg\n' },
  ])('says what to install without $missing', async ({ missing, says }) => {
    expect(await runWithout(missing, 'status')).toEqual({ exitCode: 2, stdout: '', stderr: says })
  })

  it('explains itself without them', async () => {
    const { exitCode, stdout } = await runWithout(['kysely', 'pg'], 'grant', '--help')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('Usage: tenantry grant')
  })

  it('ends by itself, with the exit code of its answer', async () => {
    const { exitCode, stderr } = await runWithout([], 'status')
    expect(exitCode).toBe(1)
    expect(stderr).toBe('The database nowhere at 127.0.0.1:1 cannot be reached: nothing listens there.\n')
  })
})
