const plain = /\{\{([^{}:]+):[0-9a-f]+\}\}/g
const inUrl = /(?:\{|%7B){2}((?:[^{}:%]|%(?!7[BD]|3A)[0-9A-F]{2})+)(?::|%3A)[0-9a-f]+(?:\}|%7D){2}/gi

/**
 * Leaves of every redaction placeholder only its kind: `{{github-token:1f2e3d4c}}` becomes `{{github-token}}`, so
 * that what was recorded with one credential answers for another.
 */
export function dropPlaceholderIds(text: string): string {
  return text.includes('{{') ? text.replace(plain, '{{$1}}') : text
}

/** As {@link dropPlaceholderIds} for text that may be percent-encoded; what it drops from is left decoded. */
export function dropEncodedPlaceholderIds(text: string): string {
  return text.includes('{{') || /%7B%7B/i.test(text) ? text.replace(inUrl, '{{$1}}') : text
}

/** The kinds of the placeholders in `text`, in order: `['github-token']`. */
export function placeholderKinds(text: string): readonly string[] {
  return Array.from(text.matchAll(plain), (match) => match[1]!)
}
