import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { mutants } from './mutants.js'

const pathOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url))

it.each(mutants)('the place of a bug to plant is there, once: $name', ({ file, find, tests }) => {
  expect(readFileSync(pathOf(file), 'utf8').split(find)).toHaveLength(2)
  expect(tests.filter((test) => !existsSync(pathOf(test)))).toEqual([])
})
