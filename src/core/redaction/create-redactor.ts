import type { Redaction, RedactionOptions, Redactor } from '../redaction.ts'
import { isUrlHeader, replaceInHeader } from './header.ts'
import { replaceInJson } from './json.ts'
import { placeholder } from './placeholder.ts'
import { compileRules } from './rules.ts'
import { createPairScan, createScan } from './scan.ts'
import { type Context, replaceInText } from './text.ts'
import { replaceInPairs, replaceInUrl } from './url.ts'

// Enough for what repeats in a run; what does not repeat must not fill the memory.
const maxRemembered = 5000
const maxNotes = 10_000

/**
 * Makes a redactor of the built-in rules and a team's own. It is deterministic: two redactors of the same options
 * give the same placeholders, in any process and at any time.
 *
 * `where` is the place around what is given; the name of the header, parameter or field is added to it:
 * `header('Authorization', …, 'request.headers')` notes `request.headers.authorization`.
 *
 * @throws SyntaxError for a path in `options.paths` that cannot be read.
 */
export function createRedactor(options: RedactionOptions = {}): Redactor {
  const rules = compileRules(options)
  const scan = createScan(rules)
  const scanPairs = createPairScan(rules, scan)
  let notes = new Map<string, Redaction>()
  let digests = new Map<string, string>()
  let headers = new Map<string, Map<string, HeaderResult>>()
  let headerCount = 0

  function note(kind: string, where: string): void {
    const key = `${kind} ${where}`
    if (where !== '' && notes.size < maxNotes && !notes.has(key)) notes.set(key, { kind, where })
  }

  function replace(kind: string, value: string, strong: boolean, where: string): string {
    if (rules.isAllowed(value)) return value
    const key = `${kind}\n${value}`
    let result = digests.get(key)
    if (result === undefined) {
      result = placeholder(kind, value, strong)
      if (digests.size >= maxRemembered) digests = new Map()
      digests.set(key, result)
    }
    note(kind, where)
    return result
  }

  const context: Context = { rules, replace, scan }

  function headerResult(name: string, value: string): HeaderResult {
    if (rules.headerKind(name) === undefined && !(isUrlHeader(name) ? scanPairs.url(value) : scan(value)))
      return { value, notes: [] }
    const found: Redaction[] = []
    const noting: Context = {
      rules,
      scan,
      replace: (kind, secret, strong, where) => {
        const result = replace(kind, secret, strong, '')
        if (result !== secret) found.push({ kind, where })
        return result
      },
    }
    return { value: replaceInHeader(name, value, '', noting), notes: found }
  }

  return {
    header(name, value, where) {
      let known = headers.get(name)
      let result = known?.get(value)
      if (result === undefined) {
        result = headerResult(name, value)
        if (headerCount++ >= maxRemembered) {
          headers = new Map()
          headerCount = 0
          known = undefined
        }
        if (known === undefined) headers.set(name, (known = new Map()))
        known.set(value, result)
      }
      for (const { kind, where: place } of result.notes) if (place !== '') note(kind, where + place)
      return result.value
    },
    url: (url, where) => (scanPairs.url(url) ? replaceInUrl(url, where, context) : url),
    text: (text, where) => (scan(text) ? replaceInText(text, where, context) : text),
    json: (value, where) => replaceInJson(value, where, context),
    form: (text, where) => (scanPairs.form(text) ? replaceInPairs(text, where, context) : text),
    suspects: scan,
    take() {
      const taken = [...notes.values()]
      notes = new Map()
      return taken
    },
  }
}

interface HeaderResult {
  readonly value: string
  readonly notes: readonly Redaction[]
}
