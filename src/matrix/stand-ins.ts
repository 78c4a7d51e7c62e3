import { textParts } from './contract/asked-parts.ts'
import type { Effect } from './effects.ts'

/** What takes something back, as far as its name says. */
export const undoing: RegExp = /cancel|refund|void|revers|releas|compensat|rollback|revert|restock|delete|expire/i

/** What tells somebody of something, and does not do it. */
const telling =
  /\b(?:alert|audit|event|incident|issue|log|metric|note|notif\w*|report|review|ticket|track\w*)(?:s|\b|\/)/i

/** Of longer bodies nobody looks at what is in them. */
export const mostText = 65_536

/** Words and numbers of a body that tell it from others, each once, in any order. */
export function tellingValues(body: string): readonly string[] {
  if (body.length > mostText) return []
  const values = textParts(body).map(([, value]) => value.replaceAll(/^"|"$/g, '').toLowerCase())
  return [...new Set(values)].filter((value) => value !== '' && !/^(?:true|false|null|[01])$/.test(value))
}

/**
 * Whether an effect that no clean run has does what another one does, or was to do: it takes the same way, and is sent
 * half of what that one is sent, under whatever names.
 */
export function doesTheSame(one: Effect, other: Effect): boolean {
  if (one.kind !== other.kind || undoing.test(one.operation)) return false
  if (one.kind === 'http' && telling.test(one.operation)) return false
  const values = other.values ?? []
  const shared = values.filter((value) => one.values?.includes(value)).length
  return shared > 0 && shared * 2 >= values.length
}

/** More or fewer effects of an operation than usual. */
interface Changed {
  readonly boundary: string
  readonly operation: string
  readonly was: number
  readonly is: number
}

/**
 * Takes out of the differences between two runs what another service, or another address, was asked to do instead.
 *
 * @param usual - The effects of the clean run.
 * @param effects - Those of the run that is looked at.
 * @returns What is missing and what is new, as far as neither stands in for the other.
 */
export function withoutStandIns<T extends Changed>(
  differences: readonly T[],
  usual: readonly Effect[],
  effects: readonly Effect[],
): readonly T[] {
  const left = differences.map((one) => ({ ...one }) as { -readonly [K in keyof T]: T[K] })
  for (const one of effects) {
    const mine = left.find((each) => isAt(each, one))
    if (!mine || mine.was > 0 || mine.is === 0) continue
    const instead = left.find(
      (each) => each.is < each.was && usual.some((other) => isAt(each, other) && doesTheSame(one, other)),
    )
    if (!instead) continue
    instead.is += 1
    mine.is -= 1
  }
  return left
}

/** Whether two are of one operation at one boundary. */
export function isAt(
  a: { readonly boundary: string; readonly operation: string },
  b: { readonly boundary: string; readonly operation: string },
): boolean {
  return a.boundary === b.boundary && a.operation === b.operation
}
