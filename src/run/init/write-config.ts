import type { Evidence, Unattached } from './evidence.ts'
import type { ProposedBoundary } from './propose.ts'
import type { ProposedServer } from './propose-servers.ts'

/** What goes into a config file. */
export interface ConfigContent {
  readonly boundaries: readonly ProposedBoundary[]
  readonly servers: readonly ProposedServer[]
  readonly unattached: readonly Unattached[]
  /** The test command, when package.json does not say it. */
  readonly test: string | undefined
  /** False where the package `mortar` cannot be imported from, as in a project without package.json: plain data then. */
  readonly imports: boolean
}

const shownEvidence = 4

/** The text of a config file, with the evidence for each boundary beside it. */
export function writeConfig({ boundaries, servers, unattached, test, imports }: ConfigContent): string {
  const used = new Set([...boundaries.map(({ protocol }) => protocol), ...servers.map(makerOf)])
  const makers = used.size === 0 ? ['http'] : [...used].toSorted()
  const body = [
    ...(test === undefined ? [] : [`  test: ${quote(test)},`]),
    '  boundaries: {',
    ...(used.size === 0 ? noBoundary(imports) : boundaries.flatMap((boundary) => entry(boundary, imports))),
    ...servers.flatMap((server) => serverEntry(server, imports)),
    ...notAttached(unattached),
    '  },',
  ].join('\n')
  return imports
    ? `import { defineConfig, ${makers.join(', ')} } from 'mortar'\n\nexport default defineConfig({\n${body}\n})\n`
    : `export default {\n${body}\n}\n`
}

function noBoundary(imports: boolean): string[] {
  const sample = "origin: 'https://api.github.com', owner: 'external'"
  return [
    '    // Nothing was found. A boundary looks like this:',
    imports ? `    // github: http({ ${sample} }),` : `    // github: { protocol: 'http', ${sample} },`,
  ]
}

function entry(boundary: ProposedBoundary, imports: boolean): string[] {
  const { name, protocol, origin, aliases, owner, risk, riskReason, env, contract, evidence } = boundary
  const fields = [
    ...(imports ? [] : [`protocol: ${quote(protocol)},`]),
    `origin: ${quote(origin)},`,
    ...(aliases.length === 0 ? [] : [`aliases: [${aliases.map(quote).join(', ')}],`]),
    ...(owner === undefined ? [] : [`owner: ${quote(owner)},`]),
    ...(risk === undefined ? [] : [`risk: ${quote(risk)}, // ${comment(riskReason ?? 'a guess')}`]),
    ...(env === undefined ? [] : [`env: ${quote(env)},`]),
    ...(contract === undefined || protocol !== 'http' ? [] : [`contract: ${quote(contract)},`]),
  ]
  return [
    ...reasons(evidence),
    imports ? `    ${name}: ${protocol}({` : `    ${name}: {`,
    ...fields.map((field) => `      ${field}`),
    imports ? '    }),' : '    },',
  ]
}

function reasons(evidence: readonly Evidence[]): string[] {
  const more = evidence.length - shownEvidence
  return [
    ...evidence.slice(0, shownEvidence).map(({ where, why }) => `    // ${comment(`${where} ${why}`)}`),
    ...(more > 0 ? [`    // and ${more} more ${more === 1 ? 'place' : 'places'}`] : []),
  ]
}

function serverEntry(server: ProposedServer, imports: boolean): string[] {
  const { name, protocol, env, evidence } = server
  const fields = `env: ${quote(env)}${migrationsOf(server)}`
  return [
    ...reasons(evidence),
    imports
      ? `    ${name}: ${makerOf(server)}({ ${fields} }),`
      : `    ${name}: { protocol: ${quote(protocol)}, ${fields} },`,
  ]
}

function makerOf({ protocol }: ProposedServer): string {
  return protocol === 'amqp' ? 'rabbitmq' : protocol
}

function migrationsOf({ migrations }: ProposedServer): string {
  if (migrations === undefined) return ''
  if (typeof migrations === 'string') return `, migrations: ${quote(migrations)}`
  const { command, inputs } = migrations
  return `, migrations: { command: ${quote(command)}, inputs: [${inputs.map(quote).join(', ')}] }`
}

function notAttached(unattached: readonly Unattached[]): string[] {
  if (unattached.length === 0) return []
  return [
    '    // Found, not suggested: no protocol of this version, or too little is known of the address.',
    ...unattached.map(
      ({ protocol, address, where, why }) =>
        `    // - ${comment([protocol, address, `${where} ${why}`].filter(Boolean).join(', '))}`,
    ),
  ]
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replace(/[\r\n\u2028\u2029]/g, ' ')}'`
}

/** What may stand in a line comment: one line, and no control characters. */
function comment(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
}
