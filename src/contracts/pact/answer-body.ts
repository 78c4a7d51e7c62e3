import type { ProvedOperation } from '../../core/proved-contract.ts'
import { type Need, needsOf } from '../needs.ts'
import { follow } from '../follow.ts'
import type { PactRule, PactRules } from './pact-types.ts'
import { ruleFor } from './rule-for.ts'

/** What is needed of the body of an answer, as far as Pact can say it. */
export interface SaidBody {
  readonly content: unknown
  readonly rules: PactRules
  /** Needs that are not in it, and why, a line each. */
  readonly unsaid: readonly string[]
}

const leftOut = Symbol('left out')

/** @returns `undefined` when nothing is needed of the body. */
export function sayBody(proved: ProvedOperation): SaidBody | undefined {
  const need = needsOf(proved)
  const unsaid = proved.anyOf.map(
    (group) => `that any one of these is enough: ${group.map((set) => set.join(' with ')).join(', or ')}`,
  )
  if (!need) return unsaid.length > 0 ? { content: leftOut, rules: {}, unsaid } : undefined
  const rules = new Map<string, PactRule>()
  const content = say(need, [proved.example.responseBody], '$', { rules, unsaid })
  return { content, rules: Object.fromEntries(rules), unsaid }
}

/** Whether there is a body at all that says something. */
export function hasContent({ content }: SaidBody): boolean {
  return content !== leftOut
}

interface Told {
  readonly rules: Map<string, PactRule>
  readonly unsaid: string[]
}

const ofType: PactRule = { combine: 'AND', matchers: [{ match: 'type' }] }
const someOfType: PactRule = { combine: 'AND', matchers: [{ match: 'type', min: 1 }] }

function say(need: Need, samples: readonly unknown[], path: string, told: Told): unknown {
  const { pointer, types, properties, items } = need
  const isLeaf = properties.size === 0 && !items
  if (!isLeaf && types.length === 1) {
    return items ? sayArray(items, samples, path, told) : sayObject(properties, samples, path, told)
  }
  if (!isLeaf) {
    told.unsaid.push(`${pointer} and what is below it, as it may be something else altogether`)
    return leftOut
  }
  const said = ruleFor(types, samples)
  if (!said) {
    told.unsaid.push(`${pointer}, which may be one of ${types.join(', ')}`)
    return leftOut
  }
  told.rules.set(path, said.rule)
  return said.example
}

function sayObject(
  properties: ReadonlyMap<string, Need>,
  samples: readonly unknown[],
  path: string,
  told: Told,
): unknown {
  const content: [string, unknown][] = []
  for (const [name, need] of properties) {
    if (!need.required) told.unsaid.push(`${need.pointer}, which may be left out, and what it is if it is there`)
    // Pact's paths know no escapes.
    else if (name === '' || name.includes("'")) told.unsaid.push(`${need.pointer}, which Pact has no path for`)
    else {
      const value = say(need, follow(samples, name), pathTo(path, name), told)
      if (value !== leftOut) content.push([name, value])
    }
  }
  // An empty object stands for itself, unless its type is all that counts.
  if (content.length === 0) told.rules.set(path, ofType)
  return Object.fromEntries(content)
}

function sayArray(items: Need, samples: readonly unknown[], path: string, told: Told): unknown {
  const element = say(items, follow(samples, '*'), `${path}[*]`, told)
  // Where something is needed of each element, an answer without any shows nothing.
  told.rules.set(path, items.required && element !== leftOut ? someOfType : ofType)
  return element === leftOut ? [] : [element]
}

function pathTo(path: string, name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `${path}.${name}` : `${path}['${name}']`
}
