import { looksRandom } from './entropy.ts'
import type { Rules } from './rules.ts'
import { tokenShapes } from './token-shapes.ts'

const lower = 1
const upper = 2
const digit = 4
const joint = 8

/** What each ASCII character is to the scan; 0 ends a run. */
const classes = new Uint8Array(128)
for (let code = 97; code <= 122; code++) classes[code] = lower
for (let code = 65; code <= 90; code++) classes[code] = upper
for (let code = 48; code <= 57; code++) classes[code] = digit
for (const char of '-_+') classes[char.charCodeAt(0)] = joint

const hints = [...new Set(tokenShapes.flatMap((shape) => shape.hints)), 'Bearer', 'bearer', 'BEARER']
const hintHere = new RegExp(hints.map((hint) => hint.replace(/[.]/g, '\\.')).join('|'), 'y')

/** The first two characters of every hint, as `first << 7 | second`. */
const hintPairs = new Uint8Array(128 * 128)
for (const hint of hints) hintPairs[(hint.charCodeAt(0) << 7) | hint.charCodeAt(1)] = 1

const maxTokens = 2000

/**
 * A test whether a text of any format can hold something to replace. Too often true rather than ever wrongly false,
 * and it looks at each character once: nearly every message passes it and is then left alone.
 */
export function createScan(rules: Rules): (text: string) => boolean {
  const names = new Set(rules.paths.map((rule) => rule.lastName))
  const always = names.has(undefined)
  const { patterns, entropy } = rules
  let random = new Map<string, boolean>()

  function isRandom(token: string): boolean {
    let known = random.get(token)
    if (known === undefined) {
      known = looksRandom(token)
      if (random.size >= maxTokens) random = new Map()
      random.set(token, known)
    }
    return known
  }

  function isField(name: string, end: number, text: string): boolean {
    if (rules.fieldKind(name) !== undefined || names.has(name)) return true
    if (name === 'grant_type' || name === 'grantType') return true
    return name === 'number' && longNumber.test(text.slice(end, end + 24))
  }

  function isParameter(name: string): boolean {
    return rules.queryKind(name) !== undefined || name === 'code' || name === 'key'
  }

  return (text) => {
    if (always && text.length > 2) return true
    for (const { pattern } of patterns) if (text.search(pattern) !== -1) return true

    const length = text.length
    let wordStart = 0
    let quote = -1
    let scheme = -1
    let pieceStart = 0
    let runStart = 0
    let pieceSeen = 0
    let pieceChanges = 0
    let runSeen = 0
    let runChanges = 0
    let before = 0
    let beforeCode = 0
    for (let i = 0; i <= length; i++) {
      const code = i < length ? text.charCodeAt(i) : 32
      const kind = code < 128 ? classes[code]! : 0
      if (kind !== 0 && kind <= digit) {
        if (kind !== before) {
          if (before !== 0 && before <= digit) pieceChanges++
          pieceSeen |= kind
        }
        if (hintPairs[(beforeCode << 7) | code] === 1 && isHint(text, i - 1)) return true
        before = kind
        beforeCode = code
        continue
      }
      if (kind === joint) {
        if (code === 45 && beforeCode === 45 && text.startsWith('-----BEGIN ', i - 1)) return true
        before = kind
        beforeCode = code
        continue
      }

      const seen = pieceSeen
      if (entropy) {
        const size = i - pieceStart
        if (size >= 24 && mayBeRandom(pieceSeen, pieceChanges, size) && isRandom(text.slice(pieceStart, i))) return true
        runSeen |= pieceSeen
        runChanges += pieceChanges
        if (code !== 47) {
          if (runStart !== pieceStart) {
            const all = i - runStart
            if (all >= 24 && mayBeRandom(runSeen, runChanges, all) && isRandom(text.slice(runStart, i))) return true
          }
          runStart = i + 1
          runSeen = 0
          runChanges = 0
        }
        pieceStart = i + 1
      }
      pieceSeen = 0
      pieceChanges = 0
      switch (code) {
        case quoteCode:
          if (quote !== -1 && isColonAfter(text, i + 1) && isField(text.slice(quote + 1, i), i, text)) return true
          quote = i
          scheme = -1
          break
        case 61: // =
          if (i - wordStart >= 3 && i - wordStart < 64 && isParameter(text.slice(wordStart, i))) return true
          if (i - wordStart === 2 && text.charCodeAt(wordStart - 1) === 37) return true
          break
        case 58: // :
          if (i - wordStart >= 3 && i - wordStart < 64 && rules.fieldKind(text.slice(wordStart, i))) return true
          break
        case 47: // /
          scheme = beforeCode === 47 ? i : -1
          break
        case 64: // @
          if (scheme !== -1) return true
          break
        case 37: // An encoded placeholder, or base64 that continues after `%2B`.
          if (text.charCodeAt(i + 1) === 55 && (text.charCodeAt(i + 2) | 32) === 98) return true
          if ((seen & 3) === 3 && text.charCodeAt(i + 1) === 50) return true
          break
        case 92: // A character that JSON spells in another way.
          if (text.charCodeAt(i + 1) === 117 || ((seen & 3) === 3 && text.charCodeAt(i + 1) === 47)) return true
          break
        case 32:
          scheme = -1
          break
      }
      if (code !== 46 && code !== 93 && code !== 91) wordStart = i + 1
      before = 0
      beforeCode = code < 128 ? code : 0
    }
    return false
  }
}

const quoteCode = 34
const longNumber = /^"\s*:\s*"?[\d -]{12,}/

function mayBeRandom(seen: number, changes: number, length: number): boolean {
  if ((seen & 3) === 3) return changes * 6 >= length
  return (seen & digit) !== 0 && length >= 30 && changes * 8 >= length
}

function isHint(text: string, index: number): boolean {
  if (isAlphanumeric(text.charCodeAt(index - 1))) {
    if (text.charCodeAt(index - 2) !== 92 && text.charCodeAt(index - 3) !== 37) return false
  }
  hintHere.lastIndex = index
  return hintHere.test(text)
}

function isColonAfter(text: string, index: number): boolean {
  let code = text.charCodeAt(index)
  for (let at = index + 1; code === 32 || code === 10 || code === 13 || code === 9; at++) code = text.charCodeAt(at)
  return code === 58
}

function isAlphanumeric(code: number): boolean {
  const kind = code < 128 ? classes[code]! : 0
  return kind !== 0 && kind <= digit
}
