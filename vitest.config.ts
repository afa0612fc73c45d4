import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

// The public names, as in the `paths` of tsconfig.json: tests and examples import the library only by these.
const resolve = {
  alias: [
    { find: /^tenantry$/, replacement: source('index.ts') },
    { find: /^tenantry\/(memory|kysely|pglite|redis)$/, replacement: source('adapters/$1/index.ts') },
    { find: /^tenantry\/testing$/, replacement: source('testing/index.ts') },
  ],
}

// Tests that share a real server, a port or a browser run one file at a time.
const onServers = [
  'tests/races/**/*.test.ts',
  'tests/crash/**/*.test.ts',
  'tests/simulation/**/*.test.ts',
  'tests/http/**/*.test.ts',
  'tests/adapters/**/postgres*.test.ts',
  'tests/adapters/**/redis*.test.ts',
]

const jsonReport = process.env['TENANTRY_JSON_REPORT']

export default defineConfig({
  resolve,
  test: {
    // The projects do not extend this: they inherit what it provides, and it runs once.
    globalSetup: ['tests/support/services.ts'],
    reporters: [
      'default',
      './tests/support/omissions-reporter.ts',
      ...(jsonReport ? [['json', { outputFile: jsonReport }] as ['json', { outputFile: string }]] : []),
    ],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'json-summary'] },
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          maxWorkers: '100%',
          include: ['tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...onServers],
          // For tests that hang. None may fail for want of time on a busy machine.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        test: { name: 'server', include: onServers, fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 },
      },
    ],
  },
})
