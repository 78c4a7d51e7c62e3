import type { ErrorText } from '../../matrix/observation.ts'

const mostCauses = 5

/** An error and what caused it, outermost first; anything can be thrown, so anything is taken. */
export function errorTexts(error: unknown): readonly ErrorText[] {
  const found: ErrorText[] = []
  let at: unknown = error
  while (at !== undefined && at !== null && found.length < mostCauses) {
    const { name, message, stack, cause } = at as Partial<Error>
    found.push({
      name: String(name ?? 'Error'),
      message: clip(String(message ?? at)),
      stack: clip(String(stack ?? '')),
    })
    at = cause
  }
  return found
}

function clip(text: string): string {
  return text.length > 4000 ? `${text.slice(0, 4000)}…` : text
}
