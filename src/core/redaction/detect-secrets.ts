import { isPublicName, normalName } from './credential-names.ts'
import { replaceRandom } from './entropy.ts'
import { blankPlaceholders } from './placeholder.ts'
import { allowList } from './rules.ts'
import { isInPublicPlace } from './text.ts'
import { tokenShapes } from './token-shapes.ts'

/** Something in a text that still looks like a secret. */
export interface DetectedSecret {
  /** `github-token`, `high-entropy`, as of placeholders. */
  readonly kind: string
  /** `line 12`. */
  readonly where: string
}

/**
 * The last look at a file's text before it is written: every known token shape and random-looking string outside
 * placeholders, in order. Knows the JSON notation of cassettes, where request ids and inline bytes are no secrets.
 *
 * @param allow - As in the options of redaction.
 * @param entropy - Look for random-looking strings as well (default true).
 */
export function detectSecrets(
  text: string,
  allow: readonly (string | RegExp)[] = [],
  entropy = true,
): readonly DetectedSecret[] {
  const isAllowed = allowList(allow)
  const found: { readonly kind: string; readonly index: number }[] = []
  let rest = blankOut(text)
  for (const { kind, hints, pattern } of tokenShapes) {
    if (!hints.some((hint) => rest.includes(hint))) continue
    rest = rest.replace(pattern, (secret: string, index: number) => {
      if (isAllowed(secret)) return secret
      found.push({ kind, index })
      return blank(secret)
    })
  }
  if (entropy) {
    replaceRandom(
      rest,
      (token, index) => {
        if (!isAllowed(token)) found.push({ kind: 'high-entropy', index })
        return token
      },
      (index) => isInPublicPlace(text, index) || isInPublicLine(text, index),
    )
  }
  return found
    .sort((a, b) => a.index - b.index)
    .map(({ kind, index }) => ({ kind, where: `line ${lineOf(text, index)}` }))
}

function blank(text: string): string {
  return ' '.repeat(text.length)
}

/** Placeholders and what JSON escapes become blanks of the same length: an `n` of `\n` is not part of a token. */
function blankOut(text: string): string {
  return blankPlaceholders(text).replace(/\\+(?:[nrtbf"]|u[0-9a-fA-F]{4})/g, blank)
}

const firstName = /^[\s[{"']*([\w.-]+)["']?\s*[:,]/

function isInPublicLine(text: string, index: number): boolean {
  const start = text.lastIndexOf('\n', index) + 1
  const name = firstName.exec(text.slice(start, Math.min(index, start + 200)))?.[1]
  return name !== undefined && isPublicName(normalName(name))
}

function lineOf(text: string, index: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line++
  return line
}
