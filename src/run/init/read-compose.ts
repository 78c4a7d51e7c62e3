import { anyNumber, anyText } from '../../core/any-value.ts'
import type { Reading, Sign, Unattached } from './evidence.ts'
import { imageKind } from './network-kinds.ts'
import { readVariables, type Variable } from './read-environment.ts'
import { isRecord, readYaml, type YamlText } from './read-yaml.ts'

/** Finds what a Compose file starts, and the addresses that it gives to programs in their environment. */
export async function readCompose(text: string, path: string): Promise<Reading> {
  const yaml = await readYaml(text)
  if (typeof yaml === 'string') return { signs: [], skipped: [{ path, why: yaml }] }
  const services = isRecord(yaml.value) ? yaml.value['services'] : undefined
  if (!isRecord(services)) return { signs: [], skipped: [{ path, why: 'has no `services`' }] }
  const signs: Sign[] = []
  const unattached: { readonly service: string; readonly found: Unattached }[] = []
  const variables: Variable[] = []
  for (const [name, service] of Object.entries(services)) {
    if (!isRecord(service)) continue
    variables.push(...variablesOf(name, service, path, yaml))
    const { image } = service
    if (typeof image !== 'string') continue
    const kind = imageKind(image)
    if (!kind) continue
    const port = publishedPort(service['ports'], kind.port)
    const where = `${path}:${yaml.lineOf(['services', name, 'image'])}`
    const why = `service ${name} runs ${image}`
    if (kind.protocol !== 'http') {
      const address = port === undefined ? name : `localhost:${port}`
      unattached.push({ service: name, found: { protocol: kind.protocol, address, where, why } })
    } else if (port === undefined) {
      const reason = `${why}, but publishes no port`
      unattached.push({ service: name, found: { protocol: 'http', address: name, where, why: reason } })
    } else signs.push({ kind: 'compose', where, why, origin: `http://localhost:${port}`, name, weight: 1 })
  }
  const found = readVariables(variables, 'compose')
  const addressed = found.unattached ?? []
  // A variable says more of a service than its image does.
  const others = unattached.filter(
    ({ service }) => !addressed.some(({ address }) => address.split(/[: ]/)[0] === service),
  )
  return { signs: [...signs, ...found.signs], unattached: [...others.map(({ found: each }) => each), ...addressed] }
}

function variablesOf(
  name: string,
  service: Readonly<Record<string, unknown>>,
  path: string,
  yaml: YamlText,
): Variable[] {
  const { environment } = service
  if (Array.isArray(environment)) {
    return environment.flatMap((item: unknown, at) => {
      const [, variable, value] = /^([^=]+)=(.*)$/s.exec(anyText(item)) ?? []
      const where = `${path}:${yaml.lineOf(['services', name, 'environment', at])}`
      return variable === undefined || value === undefined ? [] : [{ name: variable, value, where }]
    })
  }
  if (!isRecord(environment)) return []
  return Object.entries(environment).flatMap(([variable, value]) =>
    typeof value === 'string'
      ? [{ name: variable, value, where: `${path}:${yaml.lineOf(['services', name, 'environment', variable])}` }]
      : [],
  )
}

/** The port of this machine under which a container's `wanted` port is reached, or else its first one. */
function publishedPort(ports: unknown, wanted: number): number | undefined {
  if (!Array.isArray(ports)) return undefined
  const pairs = ports.flatMap((item: unknown): { host: number; container: number }[] => {
    if (isRecord(item)) return [{ host: anyNumber(item['published']), container: anyNumber(item['target']) }]
    const filled = anyText(item).replace(/\$\{[^}:]+:?-(\d+)\}/g, '$1')
    const [, host, container] = /(?:^|:)(\d+):(\d+)(?:\/tcp)?$/.exec(filled) ?? []
    return host === undefined ? [] : [{ host: Number(host), container: Number(container) }]
  })
  const valid = pairs.filter(({ host }) => Number.isInteger(host) && host > 0 && host < 65_536)
  return (valid.find(({ container }) => container === wanted) ?? valid[0])?.host
}
