import { looksRandom } from './entropy.ts'
import { tokenShapes } from './token-shapes.ts'

const lower = 1
const upper = 2
const digit = 4
const joint = 8
const slash = 16
const dot = 32

/** What each ASCII character is in a run; 0 ends it. */
const classes = new Uint8Array(128)
for (let code = 97; code <= 122; code++) classes[code] = lower
for (let code = 65; code <= 90; code++) classes[code] = upper
for (let code = 48; code <= 57; code++) classes[code] = digit
for (const char of '-_+') classes[char.charCodeAt(0)] = joint
classes[47] = slash
classes[46] = dot

/** The first two characters of every token shape, as `first << 7 | second`. */
const beginnings = new Uint8Array(128 * 128)
for (const { hints } of tokenShapes) {
  for (const hint of hints) beginnings[(hint.charCodeAt(0) << 7) | hint.charCodeAt(1)] = 1
}

const tokenHere = new RegExp(tokenShapes.map(({ begins, pattern }) => begins ?? pattern.source).join('|'), 'y')
const bearerBefore = /bearer\s+$/i

/** No token shape is shorter, nor is anything that counts as random. */
const shortest = 18
const maxRemembered = 2000

/** A test whether a text holds a token shape or a random-looking string; it may be wrongly true. */
export function createTokenScan(entropy: boolean): (text: string) => boolean {
  let random = new Map<string, boolean>()

  function isRandom(token: string): boolean {
    let known = random.get(token)
    if (known === undefined) {
      known = looksRandom(token)
      if (random.size >= maxRemembered) random = new Map()
      random.set(token, known)
    }
    return known
  }

  /** Whether the run from `start` to `end`, maybe a path or a host name, has a token in it. */
  function judge(text: string, start: number, end: number): boolean {
    // Base64 may be filled up, and then it is no name with a prefix.
    const filled = text[end] !== '=' ? end : text[end + 1] !== '=' ? end + 1 : end + 2
    let pieceStart = start
    let pathStart = start
    let pieceSeen = 0
    let pieceChanges = 0
    let pathSeen = 0
    let pathChanges = 0
    let before = 0
    let beforeCode = 0
    for (let at = start; at <= end; at++) {
      const code = at < end ? text.charCodeAt(at) : 46
      const kind = classes[code]!
      if (kind <= digit) {
        if (kind !== before) {
          if (before !== 0 && before <= digit) pieceChanges++
          pieceSeen |= kind
        }
        if (beginnings[(beforeCode << 7) | code] === 1 && isToken(text, at - 1)) return true
      } else if (kind >= slash) {
        if (entropy) {
          const to = at === end ? filled : at
          const size = at - pieceStart
          if (
            to - pieceStart >= 24 &&
            mayBeRandom(pieceSeen, pieceChanges, size) &&
            isRandom(text.slice(pieceStart, to))
          )
            return true
          pathSeen |= pieceSeen
          pathChanges += pieceChanges
          const all = at - pathStart
          if (kind === dot) {
            const isPath = pathStart !== pieceStart && all >= 24 && mayBeRandom(pathSeen, pathChanges, all)
            if (isPath && isRandom(text.slice(pathStart, to))) return true
            pathStart = at + 1
            pathSeen = 0
            pathChanges = 0
          }
        }
        pieceStart = at + 1
        pieceSeen = 0
        pieceChanges = 0
      }
      before = kind
      beforeCode = code
    }
    return bearerBefore.test(text.slice(Math.max(0, start - 16), start))
  }

  return (text) => {
    if (text.includes('-----BEGIN ')) return true
    const length = text.length
    let start = 0
    let at = shortest - 1
    // Looking back from where a long run would have to end, most of a text is never looked at.
    while (at < length) {
      let back = at
      while (back >= start && isRunning(text.charCodeAt(back))) back--
      if (back >= start) {
        start = back + 1
        at = back + shortest
        continue
      }
      let end = at + 1
      while (end < length && isRunning(text.charCodeAt(end))) end++
      if (judge(text, start, end)) return true
      start = end + 1
      at = end + shortest
    }
    return false
  }
}

function isRunning(code: number): boolean {
  return code < 128 && classes[code] !== 0
}

function mayBeRandom(seen: number, changes: number, length: number): boolean {
  if ((seen & 3) === 3) return changes * 6 >= length
  return (seen & digit) !== 0 && length >= 30 && changes * 8 >= length
}

function isToken(text: string, index: number): boolean {
  // What ends `%2F` or `\n` is not part of a word.
  if (isAlphanumeric(text.charCodeAt(index - 1))) {
    if (text.charCodeAt(index - 2) !== 92 && text.charCodeAt(index - 3) !== 37) return false
  }
  tokenHere.lastIndex = index
  return tokenHere.test(text)
}

function isAlphanumeric(code: number): boolean {
  const kind = code < 128 ? classes[code]! : 0
  return kind !== 0 && kind <= digit
}
