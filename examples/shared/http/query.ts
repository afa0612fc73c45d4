import { invalidInput } from './body.js'

/** `?before=…&limit=…` of a list. */
export function pageOf(query: URLSearchParams): { before?: string; limit?: number } {
  const before = query.get('before')
  const limit = query.get('limit')
  if (limit !== null && !/^\d{1,9}$/.test(limit)) throw invalidInput('limit', 'must be a number')
  return { ...(before !== null && { before }), ...(limit !== null && { limit: Number(limit) }) }
}
