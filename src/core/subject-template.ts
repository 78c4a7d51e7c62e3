const identifier: readonly RegExp[] = [
  /^\d+$/,
  /^\{\{[^{}]+\}\}$/,
  /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
  /^(?=.*\d)[0-9a-f]{12,}$/i,
  /^(?=.*\d)[0-9A-HJKMNP-TV-Z]{20,}$/,
  /^(?=.*\d.*\d)(?=.*[a-z])(?=.*[A-Z])[\w-]{16,}={0,2}$/,
]

/** Whether a part of a key, subject or topic names one thing of many: a number, a UUID, something random. */
export function looksLikeId(part: string): boolean {
  return identifier.some((expression) => expression.test(part))
}

/** A subject or topic with what looks like an identifier replaced: `orders.42.paid` → `orders.{id}.paid`. */
export function subjectTemplate(subject: string, separator: string): string {
  return subject
    .split(separator)
    .map((part) => (looksLikeId(part) ? '{id}' : part))
    .join(separator)
}
