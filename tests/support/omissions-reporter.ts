import { writeSync } from 'node:fs'
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node'
import { describeOmission, type Omission } from './services.js'

/** Says as the very last line of a run what was left out of it, so that a test cannot vanish unseen. */
export default class OmissionsReporter implements Reporter {
  #vitest: Vitest | undefined
  #line: string | undefined

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
    process.once('exit', () => this.#print()) // after the coverage summary too
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    // Without services.ts nothing was provided: the run broke before it began, and the error says why.
    const omissions: readonly Omission[] | undefined = this.#vitest?.getRootProject().getProvidedContext().omissions
    if (omissions === undefined) return
    this.#line = summary(omissions, skippedTests(modules, this.#vitest?.config.testNamePattern))
    if (this.#vitest?.config.watch) this.#print()
  }

  #print(): void {
    if (this.#line !== undefined) writeSync(1, `\n${this.#line}\n`)
    this.#line = undefined
  }
}

/** The line itself. */
export function summary(omissions: readonly Omission[], skipped: number): string {
  const tests = skipped === 0 ? 'No test was' : skipped === 1 ? '1 test was' : `${skipped} tests were`
  if (omissions.length > 0) return `Left out: ${omissions.map(describeOmission).join(', ')}. ${tests} skipped because of it.`
  return skipped === 0 ? 'Nothing left out.' : `Nothing left out for want of a service; ${tests} skipped for a reason of their own.`
}

/** Skipped tests, but for those that `vitest -t` filtered out. */
function skippedTests(modules: readonly TestModule[], pattern: RegExp | undefined): number {
  const wanted = (test: TestCase): boolean => pattern === undefined || pattern.test(test.fullName.replaceAll(' > ', ' '))
  return modules.flatMap((module) => [...module.children.allTests('skipped')]).filter(wanted).length
}
