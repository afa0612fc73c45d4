import { readFileSync } from 'node:fs'
import type { App } from '../app.js'
import { notFound } from '../http/errors.js'
import type { Answer, HttpRequest, Route } from '../http/exchange.js'

/** The files that the pages need. */
export const assetRoutes: Route[] = [{ access: 'anyone', method: 'GET', path: '/assets/:name', handle: asset }]

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

// Only these can be asked for, whatever the path says.
const names = [
  'style.css',
  'icon.svg',
  'api.js',
  'forms.js',
  'signup.js',
  'login.js',
  'sites.js',
  'signed-in.js',
  'transfers.js',
  'receipt.js',
]

const assets: ReadonlyMap<string, Answer> = new Map(names.map((name) => [name, load(name)]))

function load(name: string): Answer {
  const type = types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  const body = readFileSync(new URL(`../assets/${name}`, import.meta.url))
  return { status: 200, headers: { 'Content-Type': type, 'Cache-Control': 'no-cache' }, body }
}

async function asset(_app: App, request: HttpRequest): Promise<Answer> {
  return assets.get(request.params['name'] ?? '') ?? notFound(request)
}
