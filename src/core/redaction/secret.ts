import { looksRandom } from './entropy.ts'
import { isPlaceholder } from './placeholder.ts'
import type { Context } from './text.ts'
import { tokenShapes } from './token-shapes.ts'

/**
 * Replaces a whole value that is known to be a secret. What it looks like decides the placeholder's kind before
 * `kind`, the kind that its name suggests, does: so one token has one placeholder wherever it stands.
 *
 * @param spelling - How the value stands in the text, when that differs; returned when the value may stay.
 */
export function replaceSecret(
  kind: string,
  value: string,
  where: string,
  context: Context,
  spelling: string = value,
): string {
  if (isPlaceholder(value)) return value
  const look = lookOf(value, context)
  const replaced = look
    ? context.replace(look.kind, value, look.strong, where)
    : context.replace(kind, value, false, where)
  return replaced === value ? spelling : replaced
}

function lookOf(value: string, { rules }: Context): { readonly kind: string; readonly strong: boolean } | undefined {
  for (const { kind, pattern } of rules.patterns) if (isWhole(pattern, value)) return { kind, strong: false }
  for (const { kind, hints, pattern } of tokenShapes) {
    if (hints.some((hint) => value.includes(hint)) && isWhole(pattern, value)) return { kind, strong: true }
  }
  const random = rules.entropy && looksRandom(value) && /^[\w\-+/]+=*$/.test(value)
  return random ? { kind: 'high-entropy', strong: true } : undefined
}

function isWhole(pattern: RegExp, value: string): boolean {
  pattern.lastIndex = 0
  const match = pattern.exec(value)
  pattern.lastIndex = 0
  return match !== null && match.index === 0 && match[0].length === value.length
}
