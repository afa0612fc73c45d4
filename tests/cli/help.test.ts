import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { commands } from '../../src/cli/commands/index.js'
import { captured } from './captured.js'

const names = [
  'migrate',
  'rollback',
  'status',
  'create-free-trial-plan',
  'create-admin',
  'plans',
  'pending-transfers',
  'confirm-bank-transfer',
  'reject-bank-transfer',
  'suspend',
  'reinstate',
  'throttles',
  'grant',
  'usage',
  'entries',
  'run-due',
  'verify-books',
  'doctor',
]

describe('help', () => {
  it.each([['help'], ['--help'], ['-h']])('lists every command for %s', async (word) => {
    const { exitCode, stdout, stderr } = await captured([word])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: tenantry <command>/)
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} +[A-Z]`, 'm'))
  })

  it('knows the commands of the contract', () => {
    expect(commands.map(({ name }) => name)).toEqual(names)
  })

  it.each(names)('explains %s with every option, without a database', async (name) => {
    const asked = await captured([name, '--help'])
    expect({ exitCode: asked.exitCode, stderr: asked.stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(asked.stdout).toMatch(new RegExp(`^Usage: tenantry ${name} `))
    const options = Object.keys(commands.find((command) => command.name === name)?.options ?? {})
    for (const option of [...options, 'url', 'schema', 'json', 'help']) expect(asked.stdout).toContain(`--${option}`)
    expect((await captured(['help', name])).stdout).toBe(asked.stdout)
    expect((await captured([name, '--json', '-h', '--nonsense'])).stdout).toBe(asked.stdout)
  })

  it('offers --dry-run on every command that changes something, and only there', () => {
    const dry = commands.filter(({ options }) => 'dry-run' in options).map(({ name }) => name)
    expect(names.filter((name) => !dry.includes(name))).toEqual([
      'status',
      'pending-transfers',
      'usage',
      'entries',
      'verify-books',
      'doctor',
    ])
  })

  it('fits into a wide terminal', async () => {
    for (const name of names) {
      const { stdout } = await captured([name, '--help'])
      expect(stdout.split('\n').filter((line) => line.length > 140)).toEqual([])
    }
  })
})

describe('version', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

  it.each([['--version'], ['-v']])('is that of the package for %s', async (word) => {
    expect(await captured([word])).toMatchObject({ exitCode: 0, stdout: `${version}\n`, stderr: '' })
  })
})
