import { dropPlaceholderIds } from '../../core/redaction/placeholder-kinds.ts'
import { decodeContent } from './decode-content.ts'
import { readGraphql } from './graphql.ts'
import { header, type HttpQuestion } from './message.ts'
import { parseMultipart } from './multipart.ts'
import { parsePairs, type Pair } from './pairs.ts'

/** A part of a multipart body, its content read like a body of its own. */
export interface MeaningPart {
  readonly name: string
  readonly filename: string | undefined
  readonly type: string
  readonly content: BodyMeaning
}

/** A request body as what it says rather than how it is written. */
export type BodyMeaning =
  /** Integers too large for a number are bigints; GraphQL requests are reduced to what identifies them. */
  | { readonly type: 'json'; readonly value: unknown }
  | { readonly type: 'form'; readonly pairs: readonly Pair[] }
  | { readonly type: 'multipart'; readonly parts: readonly MeaningPart[] }
  | { readonly type: 'bytes'; readonly bytes: Buffer }

const largeInteger = /[0-9]{16}/

/**
 * Reads the body of `question`, content-encoding undone; undefined when it has none. JSON is recognised by its
 * content, because many clients send it as `text/plain` or as a form.
 *
 * @param dropIds - Leave of redaction placeholders only their kind, for comparing.
 */
export function readBody(question: HttpQuestion, dropIds: boolean): BodyMeaning | undefined {
  if (question.body.length === 0) return undefined
  const bytes = decodeContent(question.body, header(question.headers, 'content-encoding'))
  return readMeaning(bytes, header(question.headers, 'content-type') ?? '', dropIds)
}

/** The bytes of `question` as they are, but for redaction placeholders; undefined when it has no body. */
export function readBytes(question: HttpQuestion, dropIds: boolean): BodyMeaning | undefined {
  const { body } = question
  return body.length === 0 ? undefined : exactBytes(Buffer.from(body.buffer, body.byteOffset, body.length), dropIds)
}

function readMeaning(bytes: Buffer, contentType: string, dropIds: boolean): BodyMeaning {
  if (looksLikeJson(bytes) || /\bjson\b/i.test(contentType)) {
    const value = parseJson(dropIds ? dropPlaceholderIds(bytes.toString()) : bytes.toString())
    if (value !== undefined) return { type: 'json', value: graphqlMeaning(value) }
  }
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) return readForm(bytes, dropIds)
  if (/^multipart\//i.test(contentType)) {
    const parts = parseMultipart(bytes, contentType)
    if (parts) {
      return {
        type: 'multipart',
        parts: parts.map(({ name, filename, type, content }) => ({
          name,
          filename,
          type,
          content: readMeaning(content, type, dropIds),
        })),
      }
    }
  }
  return exactBytes(bytes, dropIds)
}

function readForm(bytes: Buffer, dropIds: boolean): BodyMeaning {
  const pairs = parsePairs(bytes.toString())
  return {
    type: 'form',
    pairs: dropIds ? pairs.map(([name, value]) => [name, dropPlaceholderIds(value)] as const) : pairs,
  }
}

function exactBytes(bytes: Buffer, dropIds: boolean): BodyMeaning {
  if (!dropIds || !bytes.includes('{{')) return { type: 'bytes', bytes }
  return { type: 'bytes', bytes: Buffer.from(dropPlaceholderIds(bytes.toString('latin1')), 'latin1') }
}

function looksLikeJson(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte === 0x7b || byte === 0x5b) return true
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return false
  }
  return false
}

/** Undefined when `text` is not JSON, which JSON itself cannot say. */
function parseJson(text: string): unknown {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  try {
    return largeInteger.test(bare) ? JSON.parse(bare, keepLargeInteger) : JSON.parse(bare)
  } catch {
    return undefined
  }
}

function keepLargeInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return context?.source !== undefined && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value
}

function graphqlMeaning(value: unknown): unknown {
  if (!Array.isArray(value)) return readGraphql(value) ?? value
  return readGraphql(value[0]) ? value.map((each) => readGraphql(each) ?? each) : value
}
