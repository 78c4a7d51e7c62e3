import { anyText } from '../core/any-value.ts'
import { MortarError } from '../core/errors.ts'

/** Parses a JSON file. @throws MortarError `MORTAR_IMPORT_UNREADABLE` naming file and line */
export function parseJson(text: string, path: string): unknown {
  const json = withoutMark(text)
  try {
    return JSON.parse(json)
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : anyText(cause)
    const position = /at position (\d+)/.exec(message)?.[1]
    const line = json.slice(0, position === undefined ? json.length : Number(position)).split('\n').length
    throw new MortarError('MORTAR_IMPORT_UNREADABLE', `\`${path}\` is not valid JSON: it breaks off or is damaged`, {
      where: `${path}:${line}`,
      seen: message,
      cause,
    })
  }
}

/** The value of a JSON text, or `undefined` when it is none; for telling formats apart. */
export function tryJson(text: string): unknown {
  if (!looksLikeJson(text)) return undefined
  try {
    return JSON.parse(withoutMark(text))
  } catch {
    return undefined
  }
}

/** Whether the first character that counts opens a JSON object or list. */
export function looksLikeJson(text: string): boolean {
  return /^\uFEFF?\s*[[{]/.test(text)
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}
