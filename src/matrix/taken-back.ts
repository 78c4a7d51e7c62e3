import type { Case } from './case.ts'
import { type Effect, effectsOfRun } from './effects.ts'
import { placeOf } from './observation.ts'
import { isAt } from './stand-ins.ts'

/** An operation at a boundary. */
interface Operation {
  readonly boundary: string
  readonly operation: string
}

/**
 * Leaves out what was made and taken away again, and what takes away that which was never made.
 *
 * @param lost - What was not made.
 */
export function withoutTakenBack(effects: readonly Effect[], lost: readonly Operation[]): readonly Effect[] {
  const gone = new Set<Effect>()
  for (const one of effects) {
    const made = effects.find((other) => !gone.has(other) && other.place < one.place && takesAway(one, other))
    if (made) gone.add(made).add(one)
    else if (lost.some((other) => takesAway(one, other))) gone.add(one)
  }
  return effects.filter((one) => !gone.has(one))
}

/** Whether one takes away what another one makes: `DELETE locks` after `INSERT locks`; `DELETE /leases/{id}` after `PUT /leases/{id}` or `POST /leases`. */
export function takesAway(one: Operation, made: Operation): boolean {
  const [verb = '', what = ''] = one.operation.split(' ')
  const [how = '', where = ''] = made.operation.split(' ')
  if (verb !== 'DELETE' || one.boundary !== made.boundary) return false
  if (how === 'INSERT' || how === 'PUT') return where === what
  return how === 'POST' && what.startsWith(`${where}/{`) && !what.slice(where.length + 1).includes('/')
}

/**
 * Whether the program has written down, once the fault had struck, that it went otherwise: by an UPDATE that no clean run
 * has, or, in a row that is new too, by a word where all clean runs have the same other one.
 */
export function saysOtherwise({ observation, effects, baseline, struck }: Case): boolean {
  const at = observation.asks.find((ask) => ask.struck)?.place ?? (struck && placeOf(struck))
  if (at === undefined || baseline.runs.length < 2) return false
  const clean = baseline.runs.flatMap((run) => effectsOfRun(run).all)
  return effects.some((one) => {
    if (one.place <= at || !/^(?:UPDATE|INSERT) /.test(one.operation)) return false
    const [text, values] = saidIn(one)
    const same = clean.filter((other) => isAt(other, one)).map(saidIn)
    const alike = same.filter((other) => other[0] === text)
    if (alike.length === 0) return same.length > 0 && one.operation.startsWith('UPDATE ')
    return values.some(
      (value, i) => isWord(value) && alike.every((other) => other[1][i] === alike[0]![1][i] && other[1][i] !== value),
    )
  })
}

/** Numbers and times are others also where a row is inserted once more. */
function isWord(value: unknown): boolean {
  return typeof value === 'string' && /^\p{L}[\p{L} _-]*$/u.test(value)
}

function saidIn({ said }: Effect): readonly [text: string, values: readonly unknown[]] {
  return said === undefined ? ['', []] : (JSON.parse(said) as [string, unknown[]])
}
