import { isUtf8 } from 'node:buffer'
import type { Redactor } from '../../core/redaction.ts'
import { editJson } from '../../core/redaction/json-edit.ts'
import { recode } from './recode.ts'
import { redactEvents } from './redact-events.ts'
import { redactMultipart } from './redact-multipart.ts'

/** What the headers say of a body. */
export interface BodyHeaders {
  readonly type: string | undefined
  readonly encoding: string | undefined
}

/** Replaces the secrets in a body by its content type. Returns `bytes` itself when there are none. */
export function redactBody(bytes: Uint8Array, headers: BodyHeaders, redactor: Redactor, where: string): Uint8Array {
  if (bytes.length === 0) return bytes
  const type = headers.type?.toLowerCase() ?? ''
  return recode(bytes, headers.encoding, (plain) => redactPlain(plain, type, headers.type ?? '', redactor, where))
}

/** As {@link redactBody}, of text whose type is not told: JSON if it looks like it. */
export function redactText(text: string, redactor: Redactor, where: string): string {
  if (!redactor.suspects(text)) return text
  if (!/^[\s\ufeff]*[[{"]/.test(text)) return redactor.text(text, where)
  return editJson(
    text,
    (value) => redactor.json(value, where),
    () => redactor.text(text, where),
  )
}

const media = /^(?:image\/(?!svg)|audio\/|video\/|font\/)/
const textual = /^text\/|\b(?:json|xml|javascript|x-www-form-urlencoded|graphql)\b/

function redactPlain(plain: Uint8Array, type: string, header: string, redactor: Redactor, where: string): Uint8Array {
  if (plain.length === 0 || media.test(type)) return plain
  const bytes = Buffer.from(plain.buffer, plain.byteOffset, plain.length)
  const isMultipart = type.startsWith('multipart/')
  const utf8 = !isMultipart && isUtf8(bytes)
  if (!utf8 && !isMultipart && !textual.test(type)) return plain
  // Text in another charset passes unharmed as latin1: secrets are ASCII in nearly all of them.
  const charset = utf8 ? 'utf8' : 'latin1'
  const text = bytes.toString(charset)
  if (!isForm(text, type) && !redactor.suspects(text)) return plain
  const redacted = isMultipart
    ? redactMultipart(text, header, redactor, where, (part, partType) =>
        redactPlain(part, partType.toLowerCase(), partType, redactor, where),
      )
    : redactTyped(text, type, redactor, where)
  return redacted === text ? plain : Buffer.from(redacted, charset)
}

function redactTyped(text: string, type: string, redactor: Redactor, where: string): string {
  if (type.startsWith('text/event-stream')) return redactEvents(text, (data) => redactText(data, redactor, where))
  if (/^application\/(?:x-)?(?:ndjson|jsonl|json-lines|json-seq)\b/.test(type))
    return redactLines(text, redactor, where)
  return isForm(text, type) ? redactor.form(text, where) : redactText(text, redactor, where)
}

/** Many clients send JSON with the type of a form. */
function isForm(text: string, type: string): boolean {
  return type.startsWith('application/x-www-form-urlencoded') && !/^\s*[[{]/.test(text)
}

function redactLines(text: string, redactor: Redactor, where: string): string {
  return text
    .split('\n')
    .map((line) => redactText(line, redactor, where))
    .join('\n')
}
