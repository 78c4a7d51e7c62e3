import type { Unattached } from './evidence.ts'
import type { ProposedBoundary } from './propose.ts'

/** What goes into a config file. */
export interface ConfigContent {
  readonly boundaries: readonly ProposedBoundary[]
  readonly unattached: readonly Unattached[]
  /** The test command, when package.json does not say it. */
  readonly test: string | undefined
  /** False where the package `mortar` cannot be imported from, as in a project without package.json: plain data then. */
  readonly imports: boolean
}

const shownEvidence = 4

/** The text of a config file, with the evidence for each boundary beside it. */
export function writeConfig({ boundaries, unattached, test, imports }: ConfigContent): string {
  const makers = ['http', 'tcp'].filter(
    (name) => name === 'http' || boundaries.some(({ protocol }) => protocol === name),
  )
  const body = [
    ...(test === undefined ? [] : [`  test: ${quote(test)},`]),
    '  boundaries: {',
    ...(boundaries.length === 0 ? noBoundary(imports) : boundaries.flatMap((boundary) => entry(boundary, imports))),
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
  const more = evidence.length - shownEvidence
  return [
    ...evidence.slice(0, shownEvidence).map(({ where, why }) => `    // ${comment(`${where} ${why}`)}`),
    ...(more > 0 ? [`    // and ${more} more ${more === 1 ? 'place' : 'places'}`] : []),
    imports ? `    ${name}: ${protocol}({` : `    ${name}: {`,
    ...fields.map((field) => `      ${field}`),
    imports ? '    }),' : '    },',
  ]
}

function notAttached(unattached: readonly Unattached[]): string[] {
  if (unattached.length === 0) return []
  return [
    '    // Found, not attached yet: this version attaches http and tcp.',
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
