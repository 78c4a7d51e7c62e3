import { isPublicName, isSessionCookie, normalName } from './credential-names.ts'
import { decodePart, encodeAroundPlaceholders } from './placeholder.ts'
import { replaceSecret } from './secret.ts'
import { type Context, replaceAuthorization, replaceField, replaceInText } from './text.ts'
import { replaceInUrl } from './url.ts'

/**
 * Replaces the secrets in one header line: the credential after its scheme, session cookies but not their
 * attributes, whole values of headers known to hold credentials, and what stands in any other.
 */
export function replaceInHeader(name: string, value: string, where: string, context: Context): string {
  const kind = context.rules.headerKind(name)
  const place = `${where}.${name.toLowerCase()}`
  if (context.rules.isAdded(name)) return value === '' ? value : replaceSecret('secret', value, place, context)
  if (kind === 'cookie') return replaceCookies(value, place, context)
  if (kind === 'setcookie') return replaceSetCookies(value, place, context)
  if (kind === 'authorization') return replaceAuthorization(value, place, context)
  if (kind !== undefined) return replaceField(kind, name, value, place, context)
  if (isUrlHeader(name)) return replaceInUrl(value, place, context)
  return replaceInText(value, place, context, isPublicName(normalName(name)))
}

/** Whether a header holds a URL. */
export function isUrlHeader(name: string): boolean {
  return /^(?:location|referer|contentlocation)$/.test(normalName(name))
}

function replaceCookies(value: string, where: string, context: Context): string {
  return value
    .split(';')
    .map((cookie) => replaceCookie(cookie, where, context))
    .join(';')
}

// Several cookies in one line have been joined by a comma, which also stands in `Expires`.
const nextCookie = /(,\s*(?=[^;,\s=]+=))/

function replaceSetCookies(value: string, where: string, context: Context): string {
  return value
    .split(nextCookie)
    .map((part) => {
      const end = part.includes(';') ? part.indexOf(';') : part.length
      return replaceCookie(part.slice(0, end), where, context) + part.slice(end)
    })
    .join('')
}

const longHex = /^[0-9a-f]{32,}$/i

function replaceCookie(cookie: string, where: string, context: Context): string {
  const sign = cookie.indexOf('=')
  if (sign === -1) return cookie
  const name = cookie.slice(0, sign).trim()
  const raw = cookie.slice(sign + 1).trim()
  if (raw === '' || /^"?(?:deleted|true|false|yes|no|\d{1,3})?"?$/i.test(raw)) return cookie
  const place = `${where}.${name}`
  const value = decodePart(raw)
  const isSession = isSessionCookie(normalName(name)) || longHex.test(value)
  const replaced = isSession ? replaceSecret('token', value, place, context) : replaceInText(value, place, context)
  return replaced === value ? cookie : `${cookie.slice(0, sign)}=${encodeAroundPlaceholders(replaced)}`
}
