import { findStrings } from './find-strings.ts'
import { moneyWord } from './guess-risk.ts'
import { parseAddress } from './parse-address.ts'
import { lineAt } from './read-text.ts'

/** A path that a program asks for, by whose words it moves money. */
export interface MoneyPath {
  /** The variable that holds the address, or else the host. */
  readonly env?: string
  readonly host?: string
  /** The one part of the path that says so: what else is in it may be secret. */
  readonly part: string
  readonly where: string
}

const fromEnvironment =
  /(?:process\.env\.|process\.env\[['"]|import\.meta\.env\.|Deno\.env\.get\(['"]|os\.environ(?:\.get)?[[(]['"]|os\.getenv\(['"]|ENV(?:\.fetch)?[[(]['"]|Getenv\(["']|getenv\(['"]|env\(['"])([A-Z][A-Z0-9_]*)/g
/** What may hold an address. */
const address = /(?:URL|URI|BASE|ENDPOINT|HOST|ORIGIN|SERVER|API|ADDRESS|GATEWAY|SERVICE)$/
const calling = /\b(?:fetch|axios|got|ky|request|requests|client|http|https|urlopen|curl|post|put|patch)\b/i
/** What a program itself serves. */
const serving = /\b(?:app|router|routes?|server|fastify|hono)\b\s*\.\s*\w+\s*\(|^\s*@\w+/

/** Finds such paths in a source: beside the address, or in a file that takes no address but one from a variable. */
export function moneyPaths(text: string, path: string): readonly MoneyPath[] {
  const variables = new Set(
    [...text.matchAll(fromEnvironment)].map(([, name]) => name!).filter((name) => address.test(name)),
  )
  const strings = [...findStrings(text, path.slice(path.lastIndexOf('.') + 1))]
  const hasOther = strings.some(
    ({ text: literal, at }) => literal.includes('://') && variablesOn(text, at).length === 0,
  )
  const [only] = variables.size === 1 && !hasOther ? variables : []
  return strings.flatMap(({ text: literal, at }): MoneyPath[] => {
    // What is imported is no address, and neither are words beside a slash.
    const [, scheme, rest = ''] = /^(https?:\/\/(?=[\w.-]+\/)|\$?\{[^}]*\}|(?=\/))(\S*)/.exec(literal) ?? []
    const part = rest
      .split(/[/?#]/)
      .slice(1)
      .find((one) => moneyWord(one) !== undefined)
    if (scheme === undefined || part === undefined || !/^[a-z_-]{1,24}$/i.test(part)) return []
    const where = `${path}:${lineAt(text, at)}`
    if (scheme.startsWith('http')) {
      const host = parseAddress(literal)?.host
      return host === undefined ? [] : [{ host, part, where }]
    }
    const line = lineWith(text, at)
    const beside = variablesOn(text, at)
    const env = beside.length === 1 ? beside[0] : beside.length === 0 && calling.test(line) ? only : undefined
    return env === undefined || serving.test(line) ? [] : [{ env, part, where }]
  })
}

function variablesOn(text: string, at: number): readonly string[] {
  return [...lineWith(text, at).matchAll(fromEnvironment)].map(([, name]) => name!)
}

/** The line in which a place of a text is. */
function lineWith(text: string, at: number): string {
  const end = text.indexOf('\n', at)
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, end < 0 ? undefined : end)
}
