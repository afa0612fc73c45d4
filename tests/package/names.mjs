import { createRequire } from 'node:module'

// Prints the names that each of these entry points has, as ESM and as CommonJS.

const require = createRequire(import.meta.url)
const namesOf = (module) =>
  Object.keys(module)
    .filter((name) => name !== 'default' && name !== 'module.exports')
    .sort()

const names = {}
for (const entry of process.argv.slice(2)) names[entry] = [namesOf(await import(entry)), namesOf(require(entry))]
console.log(JSON.stringify(names))
