import type { Json, JsonObject } from '../../core/json.ts'
import { compileRuleIndex } from '../../core/rule-index.ts'
import { splitUrl } from './url-parts.ts'

/** The operations that an OpenAPI document names, and which of them a request is. */
export interface Contract {
  /** `GET /repos/{owner}/{repo}`, in the order of the document. */
  readonly operations: readonly string[]
  /** The operation of a request; `undefined` when the document has none for it. */
  operationOf(method: string, url: string): string | undefined
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** Reads the paths of an OpenAPI 3 or Swagger 2 document; whatever else stands in it is not looked at. */
export function readContract(document: Json): Contract {
  const root = asObject(document)
  const found = Object.entries(asObject(root['paths'])).flatMap(([path, item]) =>
    methods.filter((method) => method in asObject(item)).map((method) => ({ method: method.toUpperCase(), path })),
  )
  // A literal path wins over a template, as OpenAPI has it.
  const order = found.toSorted((a, b) => variables(a.path) - variables(b.path))
  const index = compileRuleIndex<string>()
  for (const prefix of prefixes(root)) {
    for (const { method, path } of order) index.add({ method, path: prefix + path, value: `${method} ${path}` })
  }
  return {
    operations: found.map(({ method, path }) => `${method} ${path}`),
    operationOf: (method, url) =>
      index.findFirst({ origin: '', method, path: splitUrl(url, false).path, rest: '' }, undefined),
  }
}

/** The paths of the servers, without a trailing slash; an address without a path gives the empty one. */
function prefixes(root: JsonObject): readonly string[] {
  const { servers, basePath } = root
  const paths = Array.isArray(servers)
    ? (servers as readonly Json[]).map((server) => pathOf(asObject(server)['url']))
    : [typeof basePath === 'string' ? basePath : '']
  const trimmed = paths.map((path) => path.replace(/\/+$/, ''))
  return [...new Set(trimmed.length > 0 ? trimmed : [''])]
}

function pathOf(url: Json | undefined): string {
  return typeof url === 'string' ? url.replace(/^[a-z]+:\/\/[^/]*/i, '') : ''
}

function variables(path: string): number {
  return path.split('{').length - 1
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}
