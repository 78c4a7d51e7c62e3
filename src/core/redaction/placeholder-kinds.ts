const plain = /\{\{([a-z][a-z0-9-]*):(?:[0-9a-f]{8}|[0-9a-f]{4})\}\}/g
const encoded = /(?:%7B|\{){2}([a-z][a-z0-9-]*)(?::|%3A)(?:[0-9a-f]{8}|[0-9a-f]{4})(?:%7D|\}){2}/gi

/**
 * Leaves of every redaction placeholder only its kind: `{{github-token:1f2e3d4c}}` becomes `{{github-token}}`, so
 * that what was recorded with one credential answers for another.
 */
export function dropPlaceholderIds(text: string): string {
  return text.includes('{{') ? text.replace(plain, '{{$1}}') : text
}

/** As {@link dropPlaceholderIds} for text in which placeholders may be percent-encoded; they are decoded. */
export function dropEncodedPlaceholderIds(text: string): string {
  return text.replace(encoded, '{{$1}}')
}

/** The kinds of the placeholders in `text`, in order: `['github-token']`. */
export function placeholderKinds(text: string): readonly string[] {
  return Array.from(text.matchAll(plain), ([, kind]) => kind!)
}

/** What of `text` lies before, between and after its placeholders; one part more than there are placeholders. */
export function aroundPlaceholders(text: string): readonly string[] {
  return text.replace(plain, '\0').split('\0')
}
