import { isPublicName, normalName } from './credential-names.ts'
import { replaceRandom } from './entropy.ts'
import { decodePart, encodeAroundPlaceholders, isPlaceholder, outsidePlaceholders } from './placeholder.ts'
import type { Rules } from './rules.ts'
import { replaceSecret } from './secret.ts'
import { awsSecretKey, bearerInText, tokenShapes } from './token-shapes.ts'

/** Makes the placeholder for a secret and notes where it was. Gives `value` back when it is allowed. */
export type Replace = (kind: string, value: string, strong: boolean, where: string) => string

/** What every part of the redactor works with. */
export interface Context {
  readonly rules: Rules
  readonly replace: Replace
  /** Whether a text needs to be searched at all. */
  readonly scan: (text: string) => boolean
}

/**
 * Replaces every secret in running text: added patterns, token shapes, credentials in URLs and in quoted assignments,
 * random-looking strings. Repeats itself until nothing changes, so that doing it again never changes more.
 *
 * @param isPublic - The text is the value of a field whose random-looking values are no secrets.
 */
export function replaceInText(text: string, where: string, context: Context, isPublic = false): string {
  let before: string
  let result = text
  do {
    before = result
    result = replaceShapes(result, where, context)
    result = replaceNamed(result, where, context)
    if (context.rules.entropy && !isPublic) {
      result = outsidePlaceholders(result, (part) =>
        replaceRandom(
          part,
          (token) => context.replace('high-entropy', token, true, where),
          (index) => isInPublicPlace(part, index),
        ),
      )
    }
  } while (result !== before)
  return result
}

/** Added patterns, then known token shapes. */
function replaceShapes(text: string, where: string, context: Context): string {
  const { rules, replace } = context
  let result = text
  for (const { kind, pattern } of rules.patterns) {
    result = outsidePlaceholders(result, (part) =>
      part.replace(pattern, (found) => (found === '' ? '' : replace(kind, found, false, where))),
    )
  }
  for (const { kind, hints, pattern } of tokenShapes) {
    if (!hints.some((hint) => result.includes(hint))) continue
    const beside = kind === 'aws-access-key' && pattern.test(result)
    pattern.lastIndex = 0
    result = outsidePlaceholders(result, (part) => part.replace(pattern, (found) => replace(kind, found, true, where)))
    if (beside) result = replaceAwsSecrets(result, where, replace)
  }
  return outsidePlaceholders(result, (part) =>
    part.replace(bearerInText, (found) => replaceSecret('token', found, where, context)),
  )
}

function replaceAwsSecrets(text: string, where: string, replace: Replace): string {
  return outsidePlaceholders(text, (part) =>
    part.replace(awsSecretKey, (found) =>
      /[a-z]/.test(found) && /[A-Z]/.test(found) && /\d/.test(found)
        ? replace('aws-secret-key', found, true, where)
        : found,
    ),
  )
}

const inQuery = /(?<=[?&]|&amp;)([\w.\-[\]]{2,64})=([^&\s"'<>#\\]*[^&\s"'<>#\\).,;])/g
const inUserInfo = /(?<=:\/\/(?:\{\{[^{}]{0,80}\}\}|[^\s/:@"'<>{}]){0,256}:)([^\s/@"'<>]{1,256})(?=@)/g
const assigned = /(?<![\w-])([A-Za-z_][\w-]{1,63})(\\?["']?\s{0,4}[:=]\s{0,4}\\?)(["'])((?:(?!\3)[^\\\n\s]){1,4096})/g

/** Credentials that their name gives away: `?token=…` in a URL, `https://user:…@host`, `password: "…"`. */
function replaceNamed(text: string, where: string, context: Context): string {
  const { rules } = context
  let result = text
  if (result.includes('://')) {
    result = result.replace(inUserInfo, (value) => replaceSecret('password', decodePart(value), where, context, value))
  }
  if (result.includes('=')) {
    result = result.replace(inQuery, (whole, name: string, value: string) => {
      const kind = rules.queryKind(name)
      if (kind === undefined) return whole
      return `${name}=${encodeUnlessSame(value, replaceField(kind, name, decodePart(value), where, context))}`
    })
  }
  return result.replace(assigned, (whole, name: string, sign: string, quote: string, value: string) => {
    const kind = rules.fieldKind(name)
    return kind === undefined ? whole : `${name}${sign}${quote}${replaceField(kind, name, value, where, context)}`
  })
}

/** The value of a field whose name says that it is a credential; what cannot be one is left as text. */
export function replaceField(kind: string, name: string, value: string, where: string, context: Context): string {
  if (!context.rules.isAdded(name)) {
    if (value === '' || /^(?:[*•]{2,}|x{4,}|\.{3})$|^(?:null|true|false|none|undefined)$/i.test(value)) return value
    // The name alone is no proof: tokens of a language model and of a parser are called so too.
    if (kind === 'token' && (value.length < 6 || /\s/.test(value))) return replaceInText(value, where, context)
    if (kind === 'card-number' && !/^[\d -]{12,}$/.test(value)) return replaceInText(value, where, context)
    if (kind === 'authorization') return replaceAuthorization(value, where, context)
  }
  return value === '' ? value : replaceSecret(kind, value, where, context)
}

/** `Bearer …`, `Basic …`, `token …`: the scheme stays. */
export function replaceAuthorization(value: string, where: string, context: Context): string {
  if (isPlaceholder(value)) return value
  const [, scheme, space, rest] = /^([A-Za-z][\w-]*)(\s+)(\S[\s\S]*)$/.exec(value) ?? []
  if (scheme === undefined || rest === undefined)
    return value === '' ? value : replaceSecret('token', value, where, context)
  if (isPlaceholder(rest)) return value
  if (/^basic$/i.test(scheme)) return scheme + space + replaceBasic(rest, where, context)
  const isParameters = /^[\w-]+=/.test(rest) && !/^[\w-]+=*$/.test(rest)
  // A name, or all that had looked like one, may have looked like a secret, and been replaced.
  if (!isParameters && !/\{\{[\w-]+:[0-9a-f]+\}\}/.test(rest))
    return scheme + space + replaceSecret('token', rest, where, context)
  // Parameters, as of Digest and AWS signatures: which request was signed is worth keeping, the signature is not.
  const parts = rest.replace(
    /\b(signature|response|cnonce|oauth_\w+|mac)=("?)([^",\s]+)/gi,
    (_, name: string, quote: string, secret: string) => {
      return `${name}=${quote}${replaceSecret('token', secret, where, context)}`
    },
  )
  return scheme + space + replaceInText(parts, where, context)
}

/** The password in it is replaced before hashing, so that a client that got its password from a recording fits. */
function replaceBasic(credentials: string, where: string, context: Context): string {
  const { rules, replace } = context
  const decoded = Buffer.from(credentials, 'base64').toString()
  const [, user, password] = /^([^:]*):([\s\S]*)$/.exec(decoded) ?? []
  if (user === undefined || password === undefined) return replace('basic-credentials', credentials, false, where)
  const parts = [user, password].map((part) => (part === '' ? '' : replaceSecret('password', part, '', context)))
  return rules.isAllowed(credentials) ? credentials : replace('basic-credentials', parts.join(':'), false, where)
}

/** What stands in a URL or form for `replaced`, leaving the spelling of an unchanged value alone. */
export function encodeUnlessSame(raw: string, replaced: string): string {
  return decodePart(raw) === replaced && !/%7B%7B/i.test(raw) ? raw : encodeAroundPlaceholders(replaced)
}

const nameBefore = /([\w.-]{2,64})(?:\\*["'])?\s{0,8}[:=,]\s{0,40}(?:\\*["'])?(?:W\/)?(?:\\*["'])?$/
const digestBefore = /(?:sha\d+[:-]|;base64,)$/i

/** Whether what stands before `index` says that what follows is no secret: `"etag": W/"`, `sha256:`, `;base64,`. */
export function isInPublicPlace(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - 100), index)
  const name = nameBefore.exec(before)?.[1]
  return (name !== undefined && isPublicName(normalName(name))) || digestBefore.test(before)
}
