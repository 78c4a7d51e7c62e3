import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { anyText } from '../core/any-value.ts'
import { MortarError } from '../core/errors.ts'
import { wordTable } from '../core/word-table.ts'

/** A service of a Compose file, as far as it says what is started. */
export interface ComposeService {
  readonly name: string
  /** `postgres:15-alpine`, variables filled in. */
  readonly image: string
  readonly environment: Readonly<Record<string, string>>
  /** Words of its command; empty when it has none. */
  readonly command: readonly string[]
}

/** The services of a project's Compose file that have an image. */
export interface ComposeFile {
  /** Name of the file, for people. */
  readonly name: string
  readonly services: readonly ComposeService[]
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the Compose file of a folder, with its override when there is one; `undefined` when there is none.
 *
 * @param env - For the variables that the file uses; its own `.env` is read too.
 * @throws MortarError `MORTAR_COMPOSE_UNREADABLE`
 */
export async function readComposeFile(folder: string, env: Environment): Promise<ComposeFile | undefined> {
  const [file, ...more] = composeFiles(folder)
  if (file === undefined) return undefined
  const variables = wordTable({ ...readDotEnv(join(folder, '.env')), ...env })
  const merged = new Map<string, Record<string, unknown>>()
  for (const each of [file, ...more]) {
    for (const [name, service] of Object.entries(await servicesIn(each))) {
      if (isRecord(service)) merged.set(name, { ...merged.get(name), ...service })
    }
  }
  const services = [...merged].flatMap(([name, { image, environment, command }]): ComposeService[] => {
    if (typeof image !== 'string') return []
    return [
      {
        name,
        image: fill(image, variables),
        environment: readEnvironment(environment, variables),
        command: readCommand(command).map((word) => fill(word, variables)),
      },
    ]
  })
  return { name: basename(file), services }
}

/** In the order in which Compose looks for them; an override comes after what it overrides. */
function composeFiles(folder: string): string[] {
  const plain = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml']
  const there = globSync('{compose,docker-compose}*.{yml,yaml}', { cwd: folder })
  const first = plain.find((name) => there.includes(name)) ?? there.toSorted()[0]
  if (first === undefined) return []
  const override = first.replace(/\.(ya?ml)$/, '.override.$1')
  return [first, ...(there.includes(override) ? [override] : [])].map((name) => join(folder, name))
}

async function servicesIn(file: string): Promise<Readonly<Record<string, unknown>>> {
  const { parse } = await import('yaml')
  let document: unknown
  try {
    document = parse(readFileSync(file, 'utf8'), { merge: true, logLevel: 'error', maxAliasCount: 1000 })
  } catch (cause) {
    const message = `the Compose file cannot be read: ${(cause as Error).message.split('\n')[0]}`
    throw new MortarError('MORTAR_COMPOSE_UNREADABLE', message, { where: file, cause })
  }
  const services = isRecord(document) ? document['services'] : undefined
  return isRecord(services) ? services : {}
}

function readEnvironment(value: unknown, variables: Environment): Record<string, string> {
  const pairs = Array.isArray(value)
    ? value.map((entry) => /^([^=]+)=?([^]*)$/.exec(anyText(entry))?.slice(1) ?? [])
    : Object.entries(isRecord(value) ? value : {})
  return Object.fromEntries(
    pairs.flatMap(([name, text]) => (name ? [[name, fill(anyText(text ?? ''), variables)]] : [])),
  )
}

function readCommand(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(anyText)
  if (typeof value !== 'string') return []
  return [...value.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')
}

/** `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`; `$$` is a dollar. */
function fill(text: string, variables: Environment): string {
  return text.replaceAll(
    /\$\$|\$\{(\w+)(?:(:?)-([^}]*)|:?\?[^}]*)?\}|\$(\w+)/g,
    (all, braced?: string, colon?: string, fallback = '', bare?: string) => {
      if (all === '$$') return '$'
      const value = variables[braced ?? bare ?? '']
      return value === undefined || (colon === ':' && value === '') ? fallback : value
    },
  )
}

function readDotEnv(file: string): Record<string, string> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return {}
  }
  const lines = [...text.matchAll(/^\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*$/gm)]
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value.replace(/^(["'])(.*)\1$/, '$2')]))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
