import { answeredJson } from './contract/answers.ts'
import type { Case } from './case.ts'
import type { Effect } from './effects.ts'
import { type Observation, placeOf } from './observation.ts'
import { referenceOf } from './baseline.ts'
import { isAt, tellingValues, undoing } from './stand-ins.ts'
import type { Moment } from '../timeline/moment.ts'

/** What took place that has the name of an undoing, and does not in a clean run, or not so often. */
export function undoersIn({ effects, extra, cell }: Case): readonly Effect[] {
  return effects.filter((one) => {
    // What is to make up for something is what is tried.
    if (one.kind === 'cache' || (cell.after && one.operation === cell.operation)) return false
    return undoing.test(one.operation) && extra.some((other) => isAt(one, other))
  })
}

/** Whether some undoing of a run is one of this effect, as far as paths and values say which one it is of. */
export function isUndone(made: Effect, shown: Case): boolean {
  return undoersIn(shown).some((one) => !isAt(one, made) && undoes(one, made, shown))
}

function undoes(one: Effect, made: Effect, { effects, baseline, observation }: Case): boolean {
  if (one.kind === 'sql' && one.operation.startsWith('DELETE ')) {
    return made.kind === 'sql' && made.boundary === one.boundary
  }
  // Who hears of it, or finds the row, may undo anything.
  if (one.kind !== 'http') return true
  const clean = referenceOf(baseline)
  const named = namedBy(one, observation)
  const isOf = (effect: Effect, run: Observation): boolean => valuesOf(effect, run).some((value) => named.has(value))
  const isAtHome = (effect: Effect): boolean => effect.boundary === one.boundary && !isAt(effect, one)
  const isRelated = (effect: Effect, run: Observation): boolean => isOn(one, effect) || isOf(effect, run)
  const atHome = [
    ...effects.filter((effect) => isAtHome(effect) && isRelated(effect, observation)),
    ...baseline.effects.filter((effect) => isAtHome(effect) && isRelated(effect, clean)),
  ]
  // A service undoes what it has done itself.
  if (atHome.length > 0) return isAtHome(made) && isRelated(made, observation)
  return isOf(made, observation) || !effects.some((effect) => effect !== one && isOf(effect, observation))
}

/** Whether something is undone by its path: `POST /payments` by `POST /payments/{id}/cancel`. */
function isOn(one: Effect, made: Effect): boolean {
  if (made.kind !== 'http' || made.boundary !== one.boundary) return false
  const way = wayOf(one.operation)
  const other = partsOf(made.operation)
  const starts = (start: readonly string[]): boolean => start.length > 0 && start.every((part, i) => other[i] === part)
  return starts(way) || (starts(way.slice(0, -1)) && other.length === way.length - 1)
}

/** The path as far as it says what is undone. */
function wayOf(operation: string): readonly string[] {
  const parts = partsOf(operation)
  const end = operation.startsWith('DELETE ') ? -1 : parts.findIndex((part) => undoing.test(part))
  return end === -1 ? parts : parts.slice(0, end)
}

function partsOf(operation: string): readonly string[] {
  const [, path = ''] = operation.split(' ')
  return path.split('/').filter((part) => part !== '' && !/^(?:v\d+|api|rest)$/i.test(part))
}

/** By what an undoing names what it is of: the part of its path before its own name, and what it sends. */
function namedBy(one: Effect, run: Observation): ReadonlySet<string> {
  const moment = momentOf(one, run)
  const parts = pathOf(moment)
  const own = parts.findIndex((part) => undoing.test(part))
  const last = own === -1 ? parts.at(-1) : parts[own - 1]
  return new Set([...(one.values ?? []), ...(last !== undefined && /\d/.test(last) ? [last] : [])])
}

/** All by which an effect can be named: what was sent, and what was answered. */
function valuesOf(effect: Effect, run: Observation): readonly string[] {
  const moment = momentOf(effect, run)
  const parameters = moment?.facts.sql?.parameters ?? []
  const answered = moment?.protocol === 'http' ? answeredJson(moment)?.value : undefined
  return [
    ...(effect.values ?? []),
    ...pathOf(moment),
    ...(answered === undefined ? [] : tellingValues(JSON.stringify(answered))),
    ...parameters.flatMap((value) => value?.toLowerCase() ?? []),
  ]
}

function pathOf(moment: Moment | undefined): readonly string[] {
  const [, path = ''] = /^\w+:\/\/[^/?#]*([^?#]*)/.exec(moment?.facts.http?.url ?? '') ?? []
  return path
    .toLowerCase()
    .split('/')
    .filter((part) => part !== '')
}

function momentOf(effect: Effect, { moments, settled }: Observation): Moment | undefined {
  return [...moments, ...(settled?.moments ?? [])].find((moment) => placeOf(moment) === effect.place)
}
