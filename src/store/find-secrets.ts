import { MortarError } from '../core/errors.ts'
import type { Json, JsonObject } from '../core/json.ts'

/** One secret that a detector still sees in a text. */
export interface Finding {
  /** `jwt`, `aws-access-key`, `high-entropy`. */
  readonly kind: string
}

/** Looks for secrets in one text. */
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
  for (const entry of entries) {
    visit(entry, [], false, (text, path) => {
      const finding = detect(text)[0]
      if (finding) throw secretDetected(finding, text, `${file}: ${String(entry['operation'])}: ${path}`)
    })
  }
  for (const [name, bytes] of bodies) {
    const text = new TextDecoder().decode(bytes)
    const finding = text.includes('\ufffd') ? undefined : detect(text)[0]
    if (finding) throw secretDetected(finding, text, `${file}: body ${name}`)
  }
}

const notContent: ReadonlySet<string> = new Set(['id', 'boundary', 'protocol', 'at', 'ending'])

function visit(
  value: Json,
  path: readonly string[],
  verbatim: boolean,
  see: (text: string, path: string) => void,
): void {
  if (typeof value === 'string') see(value, path.join('').replace(/^\./, ''))
  else if (Array.isArray(value))
    for (const [i, item] of value.entries()) visit(item, [...path, `[${i}]`], verbatim, see)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, field] of Object.entries(value)) {
      if (field === undefined || (path.length === 0 && notContent.has(key))) continue
      // Bytes as base64 and hashes look like secrets to any detector; what they stand for is looked at elsewhere.
      if (!verbatim && (key === 'base64' || key === 'file')) continue
      visit(field, [...path, `.${key}`], verbatim || key === 'json', see)
    }
  }
}

function secretDetected(finding: Finding, text: string, where: string): MortarError {
  return new MortarError(
    'MORTAR_SECRET_DETECTED',
    `the recording would hold a secret (${finding.kind}); it was not saved`,
    {
      where,
      seen: `${finding.kind} in a text of ${text.length} characters`,
    },
  )
}
