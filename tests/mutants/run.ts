import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Mutant, mutants } from './mutants.js'

// Plants bugs, one at a time, in a copy of the tree and looks whether the tests find them. Takes words of which one must be in a name.

const root = fileURLToPath(new URL('../..', import.meta.url))
const copied = ['src', 'tests', 'package.json', 'tsconfig.json', 'vitest.config.ts'] as const
/** Who hangs is found out too. */
const patience = 240_000

interface Verdict {
  readonly failed: number
  readonly skipped: number
  readonly passed: number
}

const folder = mkdtempSync(join(tmpdir(), 'tenantry-mutants-'))
let survivors = 0
try {
  for (const path of copied) cpSync(join(root, path), join(folder, path), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const words = process.argv.slice(2)
  const chosen = mutants.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))
  await requireHealth(chosen)
  for (const mutant of chosen) {
    const isKilled = await isFound(mutant)
    if (!isKilled) survivors += 1
    console.log(`${isKilled ? 'killed  ' : 'SURVIVED'}  ${mutant.name}`)
  }
  console.log(`${chosen.length - survivors} of ${chosen.length} mutants killed`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = survivors === 0 ? 0 : 1

/** Without a bug the tests must pass, and none may be skipped: otherwise they would prove nothing. */
async function requireHealth(chosen: readonly Mutant[]): Promise<void> {
  const suites = new Map(chosen.map(({ tests, only }) => [`${tests.join()} ${only}`, { tests, only }]))
  for (const { tests, only } of suites.values()) {
    const verdict = await runTests(tests, only)
    if (verdict !== 'hangs' && verdict.failed === 0 && verdict.passed > 0 && (only !== undefined || verdict.skipped === 0)) continue
    throw new Error(`${tests.join(', ')} must pass without a bug, and skip nothing: ${JSON.stringify(verdict)}`)
  }
}

async function isFound({ file, find, replace, tests, only, name }: Mutant): Promise<boolean> {
  const path = join(folder, file)
  const source = readFileSync(path, 'utf8')
  if (source.split(find).length !== 2) throw new Error(`"${name}" does not fit ${file}: its text must be there once`)
  writeFileSync(
    path,
    source.replace(find, () => replace),
  )
  const verdict = await runTests(tests, only)
  writeFileSync(path, source)
  return verdict === 'hangs' || verdict.failed > 0
}

async function runTests(tests: readonly string[], only: string | undefined): Promise<Verdict | 'hangs'> {
  const report = join(folder, 'report.json')
  rmSync(report, { force: true })
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--bail', '1', ...(only === undefined ? [] : ['-t', only]), ...tests]
  const env = { ...process.env, TENANTRY_JSON_REPORT: report, TENANTRY_MODEL_RUNS: '0.2' }
  const run = spawn(process.execPath, args, { cwd: folder, env, stdio: 'ignore', detached: true })
  const timer = setTimeout(() => process.kill(-(run.pid ?? 0), 'SIGKILL'), patience)
  const [, signal] = await once(run, 'exit')
  clearTimeout(timer)
  if (signal !== null) return 'hangs'
  const { numFailedTests, numPendingTests, numPassedTests } = JSON.parse(readFileSync(report, 'utf8'))
  return { failed: numFailedTests, skipped: numPendingTests, passed: numPassedTests }
}
