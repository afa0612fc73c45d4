import { defineConfig } from 'tsup'

export default defineConfig([
  {
    entry: {
      index: 'src/index.ts',
      memory: 'src/adapters/memory/index.ts',
      kysely: 'src/adapters/kysely/index.ts',
      pglite: 'src/adapters/pglite/index.ts',
      testing: 'src/testing/index.ts',
    },
    format: ['esm', 'cjs'],
    target: 'node20',
    platform: 'node',
    // tsup hands TypeScript a `baseUrl`, which TypeScript 6 calls deprecated.
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    // For CommonJS too: one copy of each class across the entry points.
    splitting: true,
    // `import.meta.url` in CommonJS.
    shims: true,
    sourcemap: true,
    skipNodeModulesBundle: true,
  },
  {
    // The command line carries its own copy of the library.
    entry: { cli: 'src/cli/main.ts' },
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    dts: false,
    banner: { js: '#!/usr/bin/env node' },
    sourcemap: true,
    skipNodeModulesBundle: true,
  },
])
