import { hash } from 'node:crypto'

const plain = String.raw`\{\{[a-z][a-z0-9-]*:[0-9a-f]{4}(?:[0-9a-f]{4})?\}\}`
const encoded = String.raw`(?:%7B|\{){2}[a-z][a-z0-9-]*(?::|%3A)[0-9a-f]{4}(?:[0-9a-f]{4})?(?:%7D|\}){2}`

const whole = new RegExp(`^${plain}$`)
const anywhere = new RegExp(encoded, 'gi')
const mayHoldOne = /\{\{|%7B%7B/i

/**
 * The stand-in for a secret: `{{kind:hex}}`, where `hex` depends on nothing but kind and value.
 *
 * @param strong - True when the value is too random to be guessed (8 digits). A value that may be weak gets 4 digits,
 *   so that a guess can never be confirmed: each placeholder fits one guess in 65 536 by chance.
 */
export function placeholder(kind: string, value: string, strong: boolean): string {
  const digest = hash('sha256', `mortar redaction 1\0${kind}\0${value}`, 'hex')
  return `{{${kind}:${digest.slice(0, strong ? 8 : 4)}}}`
}

/** Whether `text` is one placeholder and nothing else. */
export function isPlaceholder(text: string): boolean {
  return text.length >= 10 && text.startsWith('{{') && whole.test(text)
}

/** Rewrites what lies between placeholders, also percent-encoded ones, and leaves these as they are. */
export function outsidePlaceholders(text: string, rewrite: (part: string) => string): string {
  if (!mayHoldOne.test(text)) return rewrite(text)
  let result = ''
  let end = 0
  for (const match of text.matchAll(anywhere)) {
    if (match.index > end) result += rewrite(text.slice(end, match.index))
    result += match[0]
    end = match.index + match[0].length
  }
  return end < text.length ? result + rewrite(text.slice(end)) : result
}

/** `text` with spaces in place of every placeholder, so that positions stay. */
export function blankPlaceholders(text: string): string {
  return mayHoldOne.test(text) ? text.replace(anywhere, (found) => ' '.repeat(found.length)) : text
}

/** Undoes the percent-encoding that a URL parser adds to placeholders, so that both spellings compare equal. */
export function decodePlaceholders(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(anywhere, (found) => (found.includes('%') ? decodeURIComponent(found).toLowerCase() : found))
}

/** Percent-decoded, `+` as a space; as it stands if it is not valid. Encoded placeholders are decoded in any case. */
export function decodePart(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return decodePlaceholders(text)
  }
}

/** Percent-encodes for a URL's query or a form all but placeholders. */
export function encodeAroundPlaceholders(text: string): string {
  return outsidePlaceholders(text, encodeURIComponent)
}

/** A rule's name as the kind of a placeholder: `Customer Email` becomes `customer-email`. */
export function kindName(name: string): string {
  const kind = name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
  return kind === '' ? 'secret' : kind
}
