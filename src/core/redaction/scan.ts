import { normalName } from './credential-names.ts'
import { decodePart, decodePlaceholders } from './placeholder.ts'
import type { Rules } from './rules.ts'
import { partsOfUrl } from './url-parts.ts'
import { createTokenScan } from './scan-tokens.ts'

const maxRemembered = 2000

/**
 * A test whether a text of any format can hold something to replace. Too often true rather than ever wrongly false.
 * Nearly every message passes it and is then left alone, so it jumps from one telling character to the next instead
 * of reading all of them.
 */
export function createScan(rules: Rules): (text: string) => boolean {
  const hasToken = createTokenScan(rules.entropy)
  const { patterns } = rules
  const walked = new Set(rules.paths.map((rule) => rule.lastName))
  const ends = endings([...rules.fieldEnds, ...rules.paths.map((rule) => rule.lastName ?? ''), 'number'])
  let fields = new Map<string, 'field' | 'number' | 'other'>()

  function isField(text: string, start: number, end: number): boolean {
    const name = text.slice(start, end)
    let known = fields.get(name)
    if (known === undefined) {
      const isOne = rules.fieldKind(name) !== undefined || walked.has(name)
      known = isOne ? 'field' : name === 'number' ? 'number' : 'other'
      if (fields.size >= maxRemembered) fields = new Map()
      fields.set(name, known)
    }
    return known === 'field' || (known === 'number' && longNumber.test(text.slice(end, end + 24)))
  }

  /** Whether the name that ends at `end` may be worth looking up: nine in ten are not. */
  function mayEndField(text: string, end: number): boolean {
    const last = text.charCodeAt(end - 1)
    const before = text.charCodeAt(end - 2)
    return !isLetter(last) || !isLetter(before) || ends[((before & 31) << 5) | (last & 31)] === 1
  }

  /**
   * Whether a word that ends at `end` is a field's name, with or without the words before its last point or bracket.
   *
   * @param known - Where a name begins that is known to be none.
   */
  function endsField(text: string, end: number, known = -1): boolean {
    const start = wordStart(text, end)
    if (end - start < 3) return false
    if (start !== known && isField(text, start, end)) return true
    const last = lastWordStart(text, start, end)
    return last !== start && isField(text, last, end)
  }

  /** `"name" :`, `'name' :` and `name: "…"`. */
  function hasField(text: string): boolean {
    for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', colon + 1)) {
      const end = beforeSpace(text, colon)
      const nameEnd = beforeQuote(text, end)
      if (nameEnd !== end) {
        if (!mayEndField(text, nameEnd)) continue
        const start = text.lastIndexOf('"', nameEnd - 1) + 1
        const isWhole = nameEnd - start < 100 && start > 0
        if (isWhole && isField(text, start, nameEnd)) return true
        if (endsField(text, nameEnd, isWhole ? start : -1)) return true
      } else if (!isTime(text, end) && mayEndField(text, end) && endsField(text, end)) return true
    }
    return false
  }

  /** `?name=…`, `name = "…"`, `'name'='…'`. */
  function hasParameter(text: string): boolean {
    for (let sign = text.indexOf('='); sign !== -1; sign = text.indexOf('=', sign + 1)) {
      const end = beforeQuote(text, beforeSpace(text, sign))
      const start = wordStart(text, end)
      if (start === end) continue
      const name = decodePart(text.slice(start, end))
      if (rules.queryKind(name) !== undefined || name === 'code' || name === 'key') return true
      const last = lastWordStart(text, start, end)
      if (last !== start && rules.fieldKind(text.slice(last, end)) !== undefined) return true
    }
    return false
  }

  return (text) => {
    if (text.length < 2) return false
    if (walked.has(undefined)) return true
    for (const { pattern } of patterns) if (text.search(pattern) !== -1) return true
    if (text.includes('grant_type')) return true
    if (hasField(text) || hasParameter(text) || hasToken(text)) return true
    if (text.includes('@') && userInfo.test(text)) return true
    if (text.includes('%')) {
      if (encodedPlaceholder.test(text)) return true
      if (text.includes('%2') && hasToken(text.replace(/%2[BbFf]/g, '/'))) return true
    }
    if (text.includes('\\')) {
      if (asciiEscape.test(text)) return true
      if (text.includes('\\/') && hasToken(text.replaceAll('\\/', '/'))) return true
    }
    return false
  }
}

/** As the test of texts, of what is redacted by its parts. */
export interface PairScan {
  url(text: string): boolean
  form(text: string): boolean
}

/** In pairs a name is any text before a `=`, and values are searched decoded: `+` is a space there and parts two tokens. */
export function createPairScan(rules: Rules, scan: (text: string) => boolean): PairScan {
  const isFound = (pair: string): boolean => {
    const sign = pair.indexOf('=')
    if (sign > 0) {
      const name = decodePart(pair.slice(0, sign))
      if (rules.queryKind(name) !== undefined || /^(?:code|key)$/.test(normalName(name))) return true
    }
    const raw = pair.slice(sign + 1)
    const value = decodePart(raw)
    return value !== raw && scan(value)
  }
  const hasPair = (text: string): boolean => /[=%+]/.test(text) && text.split('&').some(isFound)
  return {
    form: (text) => scan(text) || hasPair(text),
    url(text) {
      if (scan(text)) return true
      const { query = '', fragment = '' } = partsOfUrl(decodePlaceholders(text))
      return hasPair(query) || hasPair(fragment)
    },
  }
}

const quoteCode = 34
const apostropheCode = 39
const hyphenCode = 45
const backslashCode = 92
const underscoreCode = 95
const longNumber = /^"?\s*:\s*"?[\d -]{12,}/
const userInfo = /:\/\/[^\s/@"'<>]{1,512}@/
const encodedPlaceholder = /%7b(?:%7b|\{)/i
// Characters of names and tokens that JSON spells in another way.
const asciiEscape = /\\u00[2-7]/

/** The last two letters of names, as a table over both. */
function endings(names: readonly string[]): Uint8Array {
  const table = new Uint8Array(32 * 32)
  for (const name of names) {
    const [before = 0, last = 0] = [name.charCodeAt(name.length - 2), name.charCodeAt(name.length - 1)]
    table[((before & 31) << 5) | (last & 31)] = 1
  }
  return table
}

function isLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 122
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isTime(text: string, end: number): boolean {
  return isDigit(text.charCodeAt(end - 1)) && isDigit(text.charCodeAt(end - 2))
}

function beforeSpace(text: string, index: number): number {
  let at = index
  while (at > 0 && isSpace(text.charCodeAt(at - 1))) at--
  return at
}

function isSpace(code: number): boolean {
  return code <= 32 || (code > 127 && space.test(String.fromCharCode(code)))
}

const space = /\s/

/** Where a name ends whose quote, maybe escaped, ends at `end`; `end` where there is no quote. */
function beforeQuote(text: string, end: number): number {
  const last = text.charCodeAt(end - 1)
  if (last !== quoteCode && last !== apostropheCode) return end
  return text.charCodeAt(end - 2) === backslashCode ? end - 2 : end - 1
}

/** Where the last part of a word begins that is made of letters, digits, `_` and `-`. */
function lastWordStart(text: string, start: number, end: number): number {
  let at = end
  for (; at > start; at--) {
    const code = text.charCodeAt(at - 1)
    if (!isLetter(code) && !isDigit(code) && code !== underscoreCode && code !== hyphenCode) break
  }
  return at
}

/** Where the name that ends at `end` begins: letters, digits, `_-.[]%`, at most 100. */
function wordStart(text: string, end: number): number {
  let at = end
  for (; at > 0 && end - at < 100; at--) {
    const code = text.charCodeAt(at - 1)
    if (!isLetter(code) && !isDigit(code) && !'_-.[]%'.includes(text[at - 1]!)) break
  }
  return at
}
