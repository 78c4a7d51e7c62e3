import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { anyText } from '../core/any-value.ts'
import { type BoundaryInput, type RecordMode, recordModes } from '../core/boundary.ts'
import { parseDuration } from '../core/duration.ts'
import { MortarError } from '../core/errors.ts'
import { isUnderCi } from '../core/under-ci.ts'
import { closestWord } from '../core/closest-word.ts'
import type { WebhookBoundaryInput } from '../protocols/http/webhook/boundary.ts'
import { createRedactor } from '../core/redaction/create-redactor.ts'
import { checkAllowRules } from './allow-rules.ts'
import { joinOrigin, splitOrigin } from './address-book.ts'
import { checkShape } from './check-shape.ts'
import { boundaryShapes, configShape, originSchemes, startableProtocols } from './config-shape.ts'
import type { Config } from './config-types.ts'
import { loadErrorPlace } from './load-error-place.ts'
import { checkFindingRules } from './finding-rules.ts'
import type { LoadedBoundary, LoadedConfig } from './loaded-config.ts'

/** The names under which a config file is looked for, best first. */
export const configNames = ['mortar.config.ts', 'mortar.config.mts', 'mortar.config.js', 'mortar.config.mjs'] as const

/** Where to look for a config, and the environment that overrides it. */
export interface LoadOptions {
  readonly directory: string
  /** A file named by the user; it must exist. */
  readonly file?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Finds, loads and checks the config; without a file every default applies.
 *
 * @throws MortarError `MORTAR_CONFIG_UNREADABLE`, `MORTAR_CONFIG_UNKNOWN_KEY`, `MORTAR_CONFIG_INVALID`,
 *   `MORTAR_BOUNDARY_CONFLICT`
 */
export async function loadConfig({ directory, file, env }: LoadOptions): Promise<LoadedConfig> {
  const found = file ? resolve(directory, file) : findConfig(directory)
  if (!found) return complete({}, directory, undefined, env)
  return complete(await importConfig(found), dirname(found), found, env)
}

/** The config file of a folder, or of the nearest folder above that has one and is not above a package. */
function findConfig(directory: string): string | undefined {
  for (let at = resolve(directory); ; at = dirname(at)) {
    const name = configNames.find((candidate) => existsSync(join(at, candidate)))
    if (name) return join(at, name)
    if (existsSync(join(at, 'package.json')) || dirname(at) === at) return undefined
  }
}

/** What a config has read when it was evaluated: a worker that stays may have set up services since, at other addresses. */
const evaluated = new Map<string, { readonly env: string; readonly times: number }>()

/** Variables by which we and runners tell of tests, and not programs of services. */
const ofRunners = /^(?:MORTAR|VITEST)_/

/** Names it so that node evaluates it anew where the environment is another one. */
function urlOf(file: string): string {
  const others = Object.entries(process.env).filter(([name]) => !ofRunners.test(name))
  const env = JSON.stringify(others.toSorted())
  const before = evaluated.get(file)
  const times = before === undefined ? 0 : before.times + (before.env === env ? 0 : 1)
  evaluated.set(file, { env, times })
  const { href } = pathToFileURL(file)
  return times === 0 ? href : `${href}?evaluation=${times}`
}

async function importConfig(file: string): Promise<unknown> {
  if (!existsSync(file)) {
    throw new MortarError('MORTAR_CONFIG_UNREADABLE', 'the config file does not exist', { where: file })
  }
  try {
    const module = (await import(urlOf(file))) as { default?: unknown }
    if (module.default !== undefined) return module.default
  } catch (cause) {
    throw new MortarError('MORTAR_CONFIG_UNREADABLE', `the config file cannot be loaded: ${(cause as Error).message}`, {
      where: loadErrorPlace(file, cause),
      cause,
    })
  }
  throw new MortarError('MORTAR_CONFIG_UNREADABLE', 'the config file has no default export', {
    where: file,
    hint: 'Write `export default defineConfig({ … })`.',
  })
}

function complete(
  raw: unknown,
  directory: string,
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): LoadedConfig {
  const where = file ?? directory
  checkShape(raw, configShape, where)
  const config = raw as Config
  const fromEnvironment = recordFromEnvironment(env)
  const underCi = isUnderCi(env)
  const boundaries = Object.entries(config.boundaries ?? {}).map(([name, input]) => loadBoundary(name, input, where))
  refuseConflicts(boundaries, where)
  refuseLoops(boundaries, where)
  refuseBadRules(config, where)
  checkAllowRules(config.matrix?.allow ?? [], Object.keys(config.boundaries ?? {}), where)
  checkFindingRules(config.findings ?? {}, Object.keys(config.boundaries ?? {}), where)
  return {
    directory,
    file,
    test: config.test ?? testScript(directory),
    cassettes: resolve(directory, config.cassettes ?? 'cassettes'),
    record: fromEnvironment ?? config.record ?? (underCi ? 'none' : 'once'),
    recordFromEnvironment: fromEnvironment !== undefined,
    unknown: config.unknown ?? (underCi ? 'error' : 'passthrough'),
    allow: (config.allow ?? ['localhost', '127.0.0.1', '::1']).map((host) => host.toLowerCase()),
    redact: config.redact ?? {},
    matrix: config.matrix ?? {},
    findings: config.findings ?? {},
    boundaries,
  }
}

function recordFromEnvironment(env: Readonly<Record<string, string | undefined>>): RecordMode | undefined {
  const mode = env.MORTAR_RECORD
  if (!mode) return undefined
  if ((recordModes as readonly string[]).includes(mode)) return mode as RecordMode
  throw new MortarError('MORTAR_CONFIG_INVALID', 'the environment variable MORTAR_RECORD is not valid', {
    expected: `one of ${recordModes.join(', ')}`,
    seen: mode,
  })
}

function loadBoundary(name: string, input: BoundaryInput, where: string): LoadedBoundary {
  const path = `boundaries.${name}`
  const shape = boundaryShapes[anyText(input.protocol)]
  if (!shape) {
    const known = Object.keys(boundaryShapes)
    const near = closestWord(anyText(input.protocol), known)
    throw new MortarError('MORTAR_CONFIG_INVALID', `\`${path}\` has no known protocol`, {
      where,
      expected: `one of ${known.join(', ')}`,
      seen: anyText(input.protocol),
      hint: near ? `Declare it with \`${near}({ … })\`.` : 'Declare it with `http({ … })` or `tcp({ … })`.',
    })
  }
  checkShape(input, shape, where, path)
  if (input.protocol === 'webhook') checkWebhook(input as Partial<WebhookBoundaryInput>, where, path)
  if (startableProtocols.has(input.protocol) && (input.record === 'once' || input.record === 'new')) {
    throw new MortarError('MORTAR_CONFIG_INVALID', `\`${path}.record\` is not valid for a server of your own`, {
      where,
      expected: 'live (the default), none or all',
      seen: input.record,
      hint: 'A server of your own is asked for real. With `none` it is replayed, and recorded by `mortar record`.',
    })
  }
  const needsNone = startableProtocols.has(input.protocol) || input.protocol === 'webhook'
  const origins = [...(needsNone && input.origin === undefined ? [] : [input.origin]), ...(input.aliases ?? [])].map(
    (origin) => normalOrigin(origin, input.protocol, path, where),
  )
  return {
    name,
    input,
    origins,
    refreshEveryMs: input.refreshEvery === undefined ? undefined : parseDuration(input.refreshEvery),
  }
}

function checkWebhook({ path, signature }: Partial<WebhookBoundaryInput>, where: string, at: string): void {
  if (path === undefined) {
    throw new MortarError('MORTAR_CONFIG_INVALID', `\`${at}\` does not say where the program is called`, {
      where,
      expected: 'path: a path such as /webhooks/stripe',
      seen: 'nothing',
    })
  }
  if (signature && (signature.scheme === undefined || signature.secretEnv === undefined)) {
    throw new MortarError('MORTAR_CONFIG_INVALID', `\`${at}.signature\` is not complete`, {
      where,
      expected: "scheme and secretEnv: { scheme: 'stripe', secretEnv: 'STRIPE_WEBHOOK_SECRET' }",
      seen: JSON.stringify(signature),
    })
  }
}

function normalOrigin(origin: unknown, protocol: string, path: string, where: string): string {
  const schemes = originSchemes[protocol] ?? []
  const text = typeof origin === 'string' ? origin : ''
  const { scheme, host, port } = splitOrigin(text)
  const rest = text.replace(/^[a-z][a-z0-9+.-]*:\/\/(?:\[[^\]]*\]|[^:/?#]*)(?::\d+)?\/?/i, '')
  if (!schemes.includes(scheme) || host === '' || port === 0 || rest !== '') {
    throw new MortarError('MORTAR_CONFIG_INVALID', `\`${path}\` has no valid origin`, {
      where,
      expected: `${schemes.map((name) => `${name}//host[:port]`).join(' or ')}, without a path`,
      seen: JSON.stringify(origin) ?? 'nothing',
    })
  }
  return joinOrigin(scheme, host, port)
}

function refuseConflicts(boundaries: readonly LoadedBoundary[], where: string): void {
  const claimed = new Map<string, string>()
  for (const { name, origins, input } of boundaries) {
    const claims = [
      ...origins.map((origin) => [`the address ${origin}`, addressOf(origin)] as const),
      ...(input.env ? [[`the variable ${input.env}`, `env ${input.env}`] as const] : []),
      ...(input.port ? [[`the port ${input.port}`, `port ${input.port}`] as const] : []),
    ]
    for (const [what, key] of claims) {
      const other = claimed.get(key)
      if (other !== undefined && other !== name) {
        throw new MortarError(
          'MORTAR_BOUNDARY_CONFLICT',
          `boundaries \`${other}\` and \`${name}\` both claim ${what}`,
          { where },
        )
      }
      claimed.set(key, name)
    }
  }
}

/** A listener that stands where a boundary's calls are carried on to would be asked by itself, without end. */
function refuseLoops(boundaries: readonly LoadedBoundary[], where: string): void {
  for (const { name, input } of boundaries) {
    const { port } = input
    if (!port) continue
    for (const other of boundaries) {
      // What clients call ours by may stand at our own listener: it is carried on to the origin.
      const origins = other.name === name ? other.origins.slice(0, input.origin === undefined ? 0 : 1) : other.origins
      const looped = origins.map(splitOrigin).find((origin) => origin.port === port && isThisMachine(origin.host))
      if (!looped) continue
      const whose = other.name === name ? 'its own origin' : `an origin of \`${other.name}\``
      const seen = joinOrigin(looped.scheme, looped.host, looped.port)
      throw new MortarError('MORTAR_BOUNDARY_CONFLICT', `\`boundaries.${name}.port\` is that of ${whose}`, {
        where,
        expected: 'a port at which nothing else listens',
        seen: `port ${port} and ${seen}`,
        hint: 'Give the listener another port, or leave `port` out, and lead the program to it by `env`.',
      })
    }
  }
}

function isThisMachine(host: string): boolean {
  return /^(?:(?:.+\.)?localhost|127\.[\d.]+|0\.0\.0\.0|::1?|::ffff:(?:127\.|7f).*)$/.test(host)
}

function addressOf(origin: string): string {
  const { host, port } = splitOrigin(origin)
  return `${host}:${port}`
}

/** A path that cannot be read must not turn out to redact nothing. */
function refuseBadRules({ redact }: Config, where: string): void {
  if (!redact) return
  try {
    createRedactor(redact)
  } catch (cause) {
    const message = `a rule of \`redact\` is not valid: ${(cause as Error).message}`
    throw new MortarError('MORTAR_CONFIG_INVALID', message, { where, cause })
  }
}

/** The `test` script of package.json, run by npm; not the placeholder that `npm init` writes. */
function testScript(directory: string): string | undefined {
  try {
    const { scripts } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
      scripts?: Record<string, string>
    }
    const script = scripts?.test
    return script && !script.includes('no test specified') ? 'npm test' : undefined
  } catch {
    return undefined
  }
}
