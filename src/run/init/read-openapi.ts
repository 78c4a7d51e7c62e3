import { anyText } from '../../core/any-value.ts'
import type { Reading, Sign, Unattached } from './evidence.ts'
import { isLoopback, isPlaceholderHost, parseAddress } from './parse-address.ts'
import { isRecord, readYaml } from './read-yaml.ts'

/** Finds the servers that an OpenAPI or Swagger file describes. */
export async function readOpenApi(text: string, path: string): Promise<Reading> {
  const yaml = await readYaml(text)
  if (typeof yaml === 'string') return { signs: [], skipped: [{ path, why: yaml.replace('YAML', formatOf(path)) }] }
  const { value } = yaml
  if (!isRecord(value) || (value['openapi'] === undefined && value['swagger'] === undefined)) {
    return { signs: [], skipped: [{ path, why: 'has neither `openapi` nor `swagger`, so it describes no API' }] }
  }
  const { info } = value
  const title = isRecord(info) && typeof info['title'] === 'string' ? info['title'].slice(0, 60) : undefined
  const what = title === undefined ? 'describes it' : `describes "${title}"`
  const signs: Sign[] = []
  const unattached: Unattached[] = []
  for (const { url, at } of serversOf(value)) {
    const address = parseAddress(url)
    const where = `${path}:${yaml.lineOf(at)}`
    if (!address || isLoopback(address.host) || isPlaceholderHost(address.host) || !address.scheme.startsWith('http'))
      continue
    signs.push({ kind: 'openapi', where, why: what, origin: address.origin, contract: path, weight: 1 })
  }
  if (signs.length === 0) {
    const why = `${what}, but names no public server: perhaps this program's own API`
    unattached.push({ protocol: 'http', address: '', where: `${path}:1`, why })
  }
  return { signs, unattached }
}

function formatOf(path: string): string {
  return path.endsWith('.json') ? 'JSON' : 'YAML'
}

function serversOf(value: Readonly<Record<string, unknown>>): { url: string; at: (string | number)[] }[] {
  const { servers, host, schemes } = value
  if (typeof host === 'string') {
    const scheme = Array.isArray(schemes) && !schemes.includes('https') ? anyText(schemes[0] ?? 'https') : 'https'
    return [{ url: `${scheme}://${host}`, at: ['host'] }]
  }
  if (!Array.isArray(servers)) return []
  return servers.flatMap((server: unknown, index) => {
    if (!isRecord(server) || typeof server['url'] !== 'string') return []
    return [{ url: withDefaults(server['url'], server['variables']), at: ['servers', index, 'url'] }]
  })
}

/** Fills the `{variables}` of a server's URL with their defaults. */
function withDefaults(url: string, variables: unknown): string {
  return url.replace(/\{([^}]+)\}/g, (whole, name: string) => {
    const variable = isRecord(variables) ? variables[name] : undefined
    const value = isRecord(variable) ? variable['default'] : undefined
    return typeof value === 'string' ? value : whole
  })
}
