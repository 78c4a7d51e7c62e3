import { catalogue } from '../matrix/catalogue.ts'
import { badVerdicts } from '../matrix/verdict.ts'
import { checkShape, type Shape, string } from './check-shape.ts'
import { day, missing, refuseUnknown } from './finding-rules.ts'

const faults = catalogue.map(({ name }) => name)

const ruleShape: Shape = {
  boundary: string,
  operation: string,
  fault: string,
  verdict: string,
  reason: string,
  until: day,
}

/**
 * Holds `matrix.allow` of a config against what there is.
 *
 * @throws MortarError `MORTAR_CONFIG_UNKNOWN_KEY`, `MORTAR_CONFIG_INVALID`
 */
export function checkAllowRules(rules: readonly unknown[], boundaries: readonly string[], where: string): void {
  for (const [at, rule] of rules.entries()) {
    const path = `matrix.allow[${at}]`
    checkShape(rule, ruleShape, where, path)
    const { boundary, fault, verdict, reason, until } = rule as Readonly<Record<string, unknown>>
    if (reason === undefined) throw missing(`${path}.reason`, 'why it can be lived with, in a sentence', where)
    if (until === undefined) throw missing(`${path}.until`, day.expected, where)
    if (boundary !== undefined) refuseUnknown(boundary, boundaries, `${path}.boundary`, 'boundary', where)
    if (fault !== undefined) refuseUnknown(fault, faults, `${path}.fault`, 'fault', where)
    if (verdict !== undefined) refuseUnknown(verdict, badVerdicts, `${path}.verdict`, 'bad verdict', where)
  }
}
