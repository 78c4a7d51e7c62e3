import { stripVTControlCharacters } from 'node:util'
import { anyText } from '../../core/any-value.ts'
import type { ErrorText } from '../../matrix/observation.ts'
import { transformError } from './transform-error.ts'

const mostCauses = 5

/** An error and what caused it, outermost first; anything can be thrown, so anything is taken. */
export function errorTexts(error: unknown): readonly ErrorText[] {
  const found: ErrorText[] = []
  let at: unknown = error
  while (at !== undefined && at !== null && found.length < mostCauses) {
    const { name, message, stack, cause } = at as Partial<Error>
    found.push({
      name: anyText(name ?? 'Error'),
      message: clip(messageText(anyText(message ?? at))),
      stack: clip(anyText(stack ?? '')),
    })
    at = cause
  }
  return found
}

/** Of a module that a test loads while it runs, a person is to see what cannot be read, and not how that is drawn. */
function messageText(message: string): string {
  return transformError(message) ?? stripVTControlCharacters(message)
}

function clip(text: string): string {
  return text.length > 4000 ? `${text.slice(0, 4000)}…` : text
}
