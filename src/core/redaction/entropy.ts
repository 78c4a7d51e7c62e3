const shortest = 24
const longest = 512

/** Bits per character, of the characters as they are distributed in `text`. */
export function shannonEntropy(text: string): number {
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

const word = /^(?:[A-Za-z]?[a-z]*|[A-Z]*)\d{0,4}$/
const hexOrNumber = /^(?:\d*|[0-9a-f]{6,}|[0-9A-F]{6,})$/

/** A part between separators that a person or a hash function would write. */
function isOrdinary(part: string): boolean {
  return word.test(part) || hexOrNumber.test(part)
}

// `cus_…`, `pi_…`, `req_…`, GitHub's `IC_kwDO…`: a name's short prefix and its number. Publishable keys are public.
const identifier = /^(?:[a-z]{1,12}[_-][A-Za-z0-9]{1,30}|[A-Z]{1,6}_[\w-]{1,30}|pk_(?:live|test)_\w+)$/
const secretPrefix = /^(?:sk|rk|key|secret|token|pat|auth|api|priv|pass)[_-]/
const digest = /^(?:sha\d+|md5)[-_]/i

function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** Base64 of something that was meant to be read, such as a cursor or a node id. */
function decodesToText(token: string): boolean {
  const bytes = Buffer.from(token, 'base64')
  let printable = 0
  let leading = -1
  for (let i = 0; i < bytes.length; i++) {
    if (isPrintable(bytes[i]!)) printable++
    else if (leading === -1) leading = i
  }
  return leading === -1 || leading >= 8 || printable >= bytes.length * 0.75
}

interface Mix {
  readonly lower: number
  readonly upper: number
  readonly digits: number
  /** How often one class of characters follows another. */
  readonly changes: number
}

function mixOf(parts: readonly string[]): Mix {
  const count = [0, 0, 0]
  let changes = 0
  for (const part of parts) {
    let before = -1
    for (let i = 0; i < part.length; i++) {
      const code = part.charCodeAt(i)
      const kind = code >= 97 ? 0 : code >= 65 ? 1 : 2
      count[kind]!++
      if (before !== -1 && kind !== before) changes++
      before = kind
    }
  }
  return { lower: count[0]!, upper: count[1]!, digits: count[2]!, changes }
}

/** How much of `text` is lower-case letters in a row, as in names put together from words. */
function wordShare(text: string): number {
  let share = 0
  for (const [letters] of text.matchAll(/[a-z]{3,}/g)) share += letters.length
  return share / text.length
}

/**
 * Whether `token`, of letters, digits and `-_+/=`, looks drawn at random: 24 to 512 characters, most of them in parts
 * that are neither words nor numbers nor hex, of mixed classes that alternate as chance would have it.
 * Shannon's entropy alone cannot tell a long camel-case name from a key of the same length; the alternation can.
 */
export function looksRandom(token: string): boolean {
  if (token.length < shortest || token.length > longest || token.startsWith('--')) return false
  if (digest.test(token) || (identifier.test(token) && !secretPrefix.test(token))) return false
  const parts = token.split(/[-_+/=]/).filter((part) => !isOrdinary(part))
  const strange = parts.join('')
  const length = strange.length
  if (length < 20 || length < token.length * 0.6) return false
  const { lower, upper, digits, changes } = mixOf(parts)
  const mixed =
    lower > 0 && upper > 0
      ? changes >= length * (digits > 0 ? 0.33 : length >= 32 ? 0.4 : 1) && wordShare(strange) < 0.5
      : length >= 30 && digits >= 5 && changes >= length * 0.25
  return mixed && shannonEntropy(strange) >= (length < 32 ? 3.5 : 3.75) && !decodesToText(token)
}

const run = /[A-Za-z0-9_\-+/]{24,}={0,2}/g
const pathBefore = /[/:.@%]$/

/** Replaces every random-looking token in `text`; `isPublic` tells by its position whether one may stay. */
export function replaceRandom(
  text: string,
  replace: (token: string, index: number) => string,
  isPublic: (index: number) => boolean,
): string {
  return text.replace(run, (found: string, index: number) => {
    if (isInBlock(text, index, found)) return found
    if (!found.includes('/')) return looksRandom(found) && !isPublic(index) ? replace(found, index) : found
    // Base64 may hold slashes, but most runs with slashes are paths, of which one segment may be a key.
    const parts = found.split('/')
    const isPath = parts[0] === '' || pathBefore.test(text.slice(Math.max(0, index - 1), index)) || parts.some(isWord)
    if (found.length > (isPath ? 2 * longest : longest)) return found
    if (!isPath && looksRandom(found)) return isPublic(index) ? found : replace(found, index)
    let at = index
    return parts
      .map((part) => {
        const start = at
        at += part.length + 1
        return looksRandom(part) && !isPublic(start) ? replace(part, start) : part
      })
      .join('/')
  })
}

// Files are wrapped at 60, 64 or 76 characters. The guard sees escaped line ends as blanks, or a list of lines.
const lineEnd = String.raw`(?:\r?\n|\s{2,4}|",\r?\n\s{0,60}")`
const lineBefore = new RegExp(`[A-Za-z0-9+/]{56,80}${lineEnd}$`)
const lineAfter = new RegExp(`^${lineEnd}[A-Za-z0-9+/]{4}`)

/** Whether a run is one line of a file in base64, such as a picture or a certificate. */
function isInBlock(text: string, index: number, line: string): boolean {
  const end = index + line.length
  const isFull = line.length >= 56 && line.length <= 80
  return (
    (isFull && lineAfter.test(text.slice(end, end + 72))) ||
    lineBefore.test(text.slice(Math.max(0, index - 148), index))
  )
}

function isWord(part: string): boolean {
  return part.length >= 3 && /^[A-Za-z]?[a-z]+$/.test(part)
}
