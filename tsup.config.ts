import { defineConfig } from 'tsup'

const common = { target: 'node20', platform: 'node', skipNodeModulesBundle: true } as const

// No source maps: they would triple the package, and what it holds is not minified.
export default defineConfig([
  {
    ...common,
    entry: {
      index: 'src/index.ts',
      memory: 'src/adapters/memory/index.ts',
      kysely: 'src/adapters/kysely/index.ts',
      pglite: 'src/adapters/pglite/index.ts',
      redis: 'src/adapters/redis/index.ts',
      testing: 'src/testing/index.ts',
    },
    format: ['esm', 'cjs'],
    // tsup hands TypeScript a `baseUrl`, which TypeScript 6 calls deprecated.
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    // For CommonJS too: one copy of each class across the entry points.
    splitting: true,
    // `import.meta.url` in CommonJS.
    shims: true,
  },
  {
    ...common,
    entry: { cli: 'src/cli/main.ts' },
    format: ['esm'],
    dts: false,
    splitting: false,
    banner: { js: '#!/usr/bin/env node' },
    // The command line uses the library as it was built above.
    esbuildPlugins: [
      {
        name: 'entry points',
        setup({ onResolve }) {
          onResolve({ filter: /^(\.\.\/)+index\.js$/ }, () => ({ path: './index.js', external: true }))
          onResolve({ filter: /^(\.\.\/)+adapters\/kysely\/index\.js$/ }, () => ({ path: './kysely.js', external: true }))
        },
      },
    ],
  },
])
