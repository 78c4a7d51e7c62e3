import { normalName } from './credential-names.ts'
import { replaceInJsonText } from './json.ts'
import { decodePart, decodePlaceholders } from './placeholder.ts'
import { partsOfUrl } from './url-parts.ts'
import { type Context, encodeUnlessSame, replaceField, replaceInText } from './text.ts'

/** Replaces the secrets in an absolute or relative URL; every part without one keeps its spelling. */
export function replaceInUrl(url: string, where: string, context: Context): string {
  const { path, query, fragment } = partsOfUrl(decodePlaceholders(url))
  let result = replaceInText(path, `${where}.path`, context)
  if (query !== undefined) result += `?${replaceInPairs(query, `${where}.query`, context)}`
  if (fragment !== undefined) result += `#${replaceInPairs(fragment, `${where}.fragment`, context)}`
  return result
}

/** Replaces the secrets in `a=1&token=…`, of a query or a form. */
export function replaceInPairs(text: string, where: string, context: Context): string {
  const pairs = text.split('&')
  const isOauth = pairs.some((pair) => /^(?:grant_type|code_verifier|state)=/.test(pair))
  return pairs.map((pair) => replaceInPair(pair, where, context, isOauth)).join('&')
}

function replaceInPair(pair: string, where: string, context: Context, isOauth: boolean): string {
  const sign = pair.indexOf('=')
  if (sign === -1) return encodeUnlessSame(pair, replaceInText(decodePart(pair), where, context))
  const name = decodePart(pair.slice(0, sign))
  const raw = pair.slice(sign + 1)
  const value = decodePart(raw)
  const place = `${where}.${name}`
  const kind = context.rules.queryKind(name) ?? looseKind(normalName(name), value, isOauth)
  const replaced =
    kind === undefined ? replaceLoose(value, place, context) : replaceField(kind, name, value, place, context)
  return `${pair.slice(0, sign)}=${encodeUnlessSame(raw, replaced)}`
}

/** Parameters whose name alone says too little. */
function looseKind(name: string, value: string, isOauth: boolean): string | undefined {
  if (name === 'code') return isOauth && value.length >= 8 ? 'token' : undefined
  return name === 'key' && /^(?=.*\d)(?=.*[A-Za-z])[\w-]{16,}$/.test(value) ? 'token' : undefined
}

function replaceLoose(value: string, where: string, context: Context): string {
  return /^\s*[[{]/.test(value) ? replaceInJsonText(value, where, context) : replaceInText(value, where, context)
}
