import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const expectation = /^\s*\/\/ @ts-expect-error: .*$/

/** The files whose mere compilation is the test; `npm run typecheck` compiles them as they are. */
const files = readdirSync(at('types')).filter((name) => name.endsWith('.test-d.ts'))
const paths = files.map((name) => at(`types/${name}`))

/** The lines of a file that must not compile, counted from 0. */
const linesToFail = (path: string): number[] =>
  (ts.sys.readFile(path) ?? '').split('\n').flatMap((line, index) => (expectation.test(line) ? [index + 1] : []))

/** Compiles the files once more, without a word of what is expected to fail. */
function compile(): ts.Program {
  const { config } = ts.readConfigFile(at('../tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, at('..'))
  const host = ts.createCompilerHost(options)
  const { readFile } = host
  host.readFile = (path) => {
    const text = readFile(path)
    return paths.includes(path) ? text?.replaceAll(new RegExp(expectation, 'gm'), '') : text
  }
  return ts.createProgram(paths, options, host)
}

describe('the type tests', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThan(3)
    expect(paths.flatMap(linesToFail).length).toBeGreaterThan(30)
  })

  it('fail to compile in exactly the lines that are expected to', { timeout: 60_000 }, () => {
    const program = compile()
    const failing = paths.map((path) => {
      const source = program.getSourceFile(path) as ts.SourceFile
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      const lines = found.map(({ start = 0 }) => source.getLineAndCharacterOfPosition(start).line)
      return [...new Set(lines)].sort((a, b) => a - b)
    })
    expect(failing).toEqual(paths.map(linesToFail))
  })
})
