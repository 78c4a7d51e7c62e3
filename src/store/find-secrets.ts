import { anyText } from '../core/any-value.ts'
import { MortarError } from '../core/errors.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { printJson } from './print-json.ts'

/** One secret that a detector still sees in a text. */
export interface Finding {
  /** `jwt`, `aws-access-key`, `high-entropy`. */
  readonly kind: string
  /** `line 12` of the text that was looked at. */
  readonly where?: string
}

/** Looks for secrets in a text: JSON as cassettes hold it, or a body file. */
export type Detect = (text: string) => readonly Finding[]

/**
 * Refuses entries of a cassette in which `detect` still sees a secret.
 *
 * @param bodies - Files that the entries refer to, by name.
 * @throws MortarError `MORTAR_SECRET_DETECTED` naming file, operation and field, never the secret
 */
export function refuseSecrets(
  entries: readonly JsonObject[],
  bodies: ReadonlyMap<string, Uint8Array>,
  file: string,
  detect: Detect,
): void {
  for (const { id: _id, boundary: _boundary, at: _at, ...entry } of entries) {
    const text = printJson(withoutBytes(entry))
    const finding = detect(text)[0]
    if (finding)
      throw secretDetected(finding, `${file}: ${anyText(entry['operation'])}: ${fieldAt(text, finding.where)}`)
  }
  for (const [name, bytes] of bodies) {
    const text = new TextDecoder().decode(bytes)
    const finding = text.includes('\ufffd') ? undefined : detect(text)[0]
    if (finding) throw secretDetected(finding, `${file}: body ${name}: ${finding.where ?? ''}`)
  }
}

/** Bytes as base64 and hashes look like secrets to any detector; what they stand for is looked at elsewhere. */
function withoutBytes(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutBytes)
  const fields = Object.entries(value as JsonObject)
  return Object.fromEntries(
    fields.map(([key, field]) => {
      if (field === undefined || key === 'json') return [key, field]
      return [key, key === 'base64' || key === 'file' ? '' : withoutBytes(field)]
    }),
  )
}

/** The field that stands in a line of printed JSON, told from the indentation: `request.headers`. */
function fieldAt(text: string, where: string | undefined): string {
  const line = Number(/\d+/.exec(where ?? '')?.[0])
  if (!line) return where ?? ''
  const names: string[] = []
  let indentation = Infinity
  for (const above of text.split('\n').slice(0, line).reverse()) {
    const [, indent, name] = /^( *)(?:"((?:[^"\\]|\\.)*)": )?/.exec(above)!
    if (indent!.length >= indentation || indent!.length === 0) continue
    indentation = indent!.length
    if (name !== undefined) names.unshift(name)
  }
  return names.join('.')
}

function secretDetected(finding: Finding, where: string): MortarError {
  const message = `the recording would hold a secret (${finding.kind}); it was not saved`
  return new MortarError('MORTAR_SECRET_DETECTED', message, { where })
}
