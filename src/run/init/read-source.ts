import type { Sign } from './evidence.ts'
import { findStrings } from './find-strings.ts'
import { serviceAtHost } from './known-services.ts'
import { isLoopback, isPlaceholderHost, isPrivateHost, parseAddress } from './parse-address.ts'
import { lineAt } from './read-text.ts'

/** Hosts that people read or browsers load from, or that only name something. */
const notCalled =
  /^(?:www\.|docs?\.|developers?\.|help\.|support\.|blog\.|status\.|learn\.|wiki\.|cdn\.|fonts\.)|(?:^|\.)(?:w3\.org|schema\.org|json-schema\.org|xmlsoap\.org|purl\.org|ietf\.org|rfc-editor\.org|iana\.org|unicode\.org|opensource\.org|apache\.org|gnu\.org|creativecommons\.org|spdx\.org|mozilla\.org|wikipedia\.org|stackoverflow\.com|readthedocs\.io|readme\.io|github\.com|github\.io|raw\.githubusercontent\.com|npmjs\.com|npm\.im|nodejs\.org|typescriptlang\.org|python\.org|golang\.org|pkg\.go\.dev|godoc\.org|jsdelivr\.net|unpkg\.com|cdnjs\.cloudflare\.com|gstatic\.com|shields\.io|gravatar\.com|twitter\.com|x\.com|facebook\.com|linkedin\.com|instagram\.com|youtube\.com|youtu\.be|medium\.com|goo\.gl|bit\.ly|git\.io|aka\.ms|crbug\.com|caniuse\.com|eslint\.org|babeljs\.io|webpack\.js\.org|vitejs\.dev|reactjs\.org|react\.dev)$/

const apiHost = /^(?:[a-z0-9-]+\.)*?(?:api|graphql|rest|gateway|hooks|webhooks|auth|oauth|ingest|upload)s?\d*[.-]/
const apiPath = /\/(?:api|v\d+(?:\.\d+)?|rest|graphql|oauth2?|rpc|services?)(?:[/?]|$)/i
const callWords =
  /\b(?:fetch|axios|got|request|requests|http|https|client|urllib|aiohttp|curl|endpoint|base_?url|api|NewRequest|Faraday|HTTParty|RestClient)\b|baseURL|baseUrl|Endpoint|_URL\b|_API\b|(?:const|let|var|final)\s+\w*(?:url|host|origin|base)\w*\s*=/i
const fromEnvironment =
  /(?:process\.env\.|process\.env\[['"]|import\.meta\.env\.|Deno\.env\.get\(['"]|os\.environ(?:\.get)?[[(]['"]|os\.getenv\(['"]|ENV(?:\.fetch)?[[(]['"]|Getenv\(["']|getenv\(['"]|env\(['"])([A-Z][A-Z0-9_]*)/
const addressVariable = /(?:URL|URI|BASE|ENDPOINT|HOST|ORIGIN|SERVER|API|ADDRESS)$/

/**
 * Finds literal addresses in source code, comments left out.
 *
 * @param aside - For tests, fixtures and examples: their addresses alone propose nothing.
 */
export function readSource(text: string, path: string, aside: boolean): readonly Sign[] {
  if (!text.includes('://')) return []
  const signs: Sign[] = []
  for (const { text: literal, at } of findStrings(text, path.slice(path.lastIndexOf('.') + 1))) {
    if (!literal.includes('://')) continue
    for (const match of literal.matchAll(/\b(?:https?|wss?):\/\/[^\s"'`<>)\]}]+/g)) {
      const sign = signOf(match[0], text, at + match.index, path, aside)
      if (sign) signs.push(sign)
    }
  }
  return signs
}

function signOf(url: string, text: string, at: number, path: string, aside: boolean): Sign | undefined {
  const address = parseAddress(url)
  if (!address) return undefined
  const { host, origin } = address
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, endOfLine(text, at))
  const [, variable] = fromEnvironment.exec(line) ?? []
  const env = variable !== undefined && addressVariable.test(variable) && !aside ? variable : undefined
  const service = serviceAtHost(host)
  if (isPlaceholderHost(host)) return undefined
  if (!service && (notCalled.test(host) || (isLoopback(host) && env === undefined))) return undefined
  if (!service && isPrivateHost(host) && env === undefined && !/[.:]/.test(origin.slice(origin.indexOf('//') + 2))) {
    return undefined
  }
  const speaks = [
    service,
    env,
    apiHost.test(`${host}.`),
    apiPath.test(url),
    callWords.test(line.replace(url, '')),
  ].filter(Boolean).length
  const where = `${path}:${lineAt(text, at)}`
  const why = env === undefined ? `names ${origin}` : `reads ${env}, else ${origin}`
  const weight = aside ? 0 : service ? 1 : speaks === 0 ? 0.3 : 1
  return { kind: 'source', where, why, origin, ...(env !== undefined && { env }), weight }
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return Math.min(end < 0 ? text.length : end, at + 500)
}
