import { createRequire } from 'node:module'
import * as esm from 'tenantry'

// Prints what each of the two copies of the package says of an error of either.

const cjs = createRequire(import.meta.url)('tenantry')
const errors = [esm, cjs].map(({ TenantryError }) => new TenantryError('throttled', { retryAfterSeconds: 3 }))
const known = errors.map((error) => [esm, cjs].map(({ isTenantryError }) => isTenantryError(error, 'throttled')))
console.log(JSON.stringify({ copies: esm.TenantryError !== cjs.TenantryError, known }))
