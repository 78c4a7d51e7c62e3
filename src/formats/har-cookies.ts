import type { JsonObject } from '../core/json.ts'
import type { HeaderList } from '../protocols/http/message.ts'

/** The cookies of a request as HAR lists them, out of its `cookie` headers. */
export function requestCookies(headers: HeaderList): JsonObject[] {
  return valuesOf(headers, 'cookie')
    .flatMap((value) => value.split(';'))
    .map(pairOf)
    .filter(({ name }) => name !== '')
}

/** The cookies of a response as HAR lists them, out of its `set-cookie` headers. */
export function responseCookies(headers: HeaderList): JsonObject[] {
  return valuesOf(headers, 'set-cookie').map((value) => {
    const [first = '', ...rest] = value.split(';')
    const pair = pairOf(first)
    const attributes = new Map(rest.map(pairOf).map(({ name, value }) => [name.toLowerCase(), value]))
    const expires = Date.parse(attributes.get('expires') ?? '')
    return {
      name: pair.name,
      value: pair.value,
      path: attributes.get('path'),
      domain: attributes.get('domain'),
      expires: Number.isNaN(expires) ? undefined : new Date(expires).toISOString(),
      httpOnly: attributes.has('httponly'),
      secure: attributes.has('secure'),
    }
  })
}

function valuesOf(headers: HeaderList, name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}

function pairOf(text: string): { name: string; value: string } {
  const at = text.indexOf('=')
  return { name: (at < 0 ? text : text.slice(0, at)).trim(), value: at < 0 ? '' : text.slice(at + 1).trim() }
}
