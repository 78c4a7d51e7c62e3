import type { Json } from '../../core/json.ts'

/** A body as people look at it. */
export interface ShownBody {
  readonly body: string
  readonly bytes: number
  readonly shortened?: true
}

/** What is shown of a body, characters. */
const mostText = 12_000

/** How much of lists (elements) and texts (characters) stays, until it is short enough. */
const cuts = [
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  [3, 200],
  [2, 100],
  [1, 60],
] as const

const binary = /[\0-\x08\x0e-\x1a\x1c-\x1f\ufffd]/

/** Lays JSON out and shortens what is long, so that JSON stays JSON. Other text is cut; binary content is only named. */
export function shownBody(bytes: Uint8Array, contentType?: string): ShownBody {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  const size = { bytes: bytes.length }
  if (text === '') return { body: '', ...size }
  if (binary.test(text.slice(0, mostText))) {
    return { body: `(${bytes.length} bytes of ${contentType ?? 'binary content'})`, ...size, shortened: true }
  }
  for (const [elements, characters] of cuts) {
    const laidOut = layOut(text, elements, characters)
    if (laidOut === undefined) break
    if (laidOut.length > mostText) continue
    return { body: laidOut, ...size, ...(elements < Number.POSITIVE_INFINITY && { shortened: true as const }) }
  }
  return text.length > mostText
    ? { body: `${text.slice(0, mostText)}…`, ...size, shortened: true }
    : { body: text, ...size }
}

function layOut(text: string, elements: number, characters: number): string | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.stringify(shorten(JSON.parse(text) as Json, elements, characters), undefined, 2)
  } catch {
    return undefined
  }
}

function shorten(value: Json, elements: number, characters: number): Json {
  if (typeof value === 'string') return value.length > characters ? `${value.slice(0, characters)}…` : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.slice(0, elements).map((each: Json) => shorten(each, elements, characters))
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, shorten(each as Json, elements, characters)]),
  )
}
