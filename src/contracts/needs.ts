import type { ProvedField, ProvedOperation } from '../core/proved-contract.ts'
import { formatPointer, parsePointer } from '../core/json-pointer.ts'
import { follow } from './follow.ts'

/** What is needed at one place of an answer, and below it. */
export interface Need {
  /** JSON Pointer, `*` for every element of an array. */
  readonly pointer: string
  /** Of an element: there must be one. */
  readonly required: boolean
  /** The types that it may have, by their names in JSON Schema: those that were recorded or tried. */
  readonly types: readonly string[]
  readonly properties: ReadonlyMap<string, Need>
  /** Of each element, where it is an array. */
  readonly items: Need | undefined
  /** What was shown of this place; `undefined` for one that only leads to others. */
  readonly field: ProvedField | undefined
}

/** What a field of each type is changed to by the fault `field of another type`. */
const tried: Readonly<Record<string, string>> = {
  string: 'integer',
  integer: 'string',
  number: 'string',
  boolean: 'string',
  null: 'string',
  array: 'object',
  object: 'array',
}

/** The types that were tried in place of those that were recorded. */
export function triedFor(types: readonly string[]): readonly string[] {
  return [...new Set(types.map((type) => tried[type]!))]
}

/** Whether the contract has a field: tests fail without it, or something else is asked. What only tests read is theirs. */
export function isNeeded({ grade, readBy, absent, null: asNull, wrongType }: ProvedField): boolean {
  if (readBy === 'test') return false
  return grade === 'asserted' || grade === 'propagated' || [absent, asNull, wrongType].some((proof) => proof?.needed)
}

/** What the program needs of an answer as one tree; `undefined` when it needs nothing of the body. */
export function needsOf({ fields, example, dispensable }: ProvedOperation): Need | undefined {
  return treeOf(
    fields.filter((field) => isNeeded(field)),
    example.responseBody,
    new Set(dispensable),
  )
}

/** One of several sets of fields of which any is enough, as a tree. What stands in for another must be there itself. */
export function alternativeOf({ fields, example }: ProvedOperation, pointers: readonly string[]): Need | undefined {
  const own = fields
    .filter(({ pointer }) => pointers.includes(pointer))
    .map(({ absent: _absent, null: _null, wrongType: _wrongType, types, ...field }): ProvedField => {
      const filled = types.filter((type) => type !== 'null')
      return { ...field, types: filled.length > 0 ? filled : types }
    })
  return treeOf(own, example.responseBody)
}

interface Node {
  readonly pointer: string
  readonly properties: Map<string, Node>
  items?: Node
  field?: ProvedField
}

function treeOf(
  fields: readonly ProvedField[],
  body: unknown,
  dispensable: ReadonlySet<string> = new Set(),
): Need | undefined {
  if (fields.length === 0) return undefined
  const root = makeNode('')
  for (const field of fields) {
    let node = root
    let values: readonly unknown[] = [body]
    for (const step of parsePointer(field.pointer)) {
      node = step === '*' && !isKey(values) ? (node.items ??= makeNode(`${node.pointer}/*`)) : propertyOf(node, step)
      values = follow(values, step)
    }
    node.field = field
  }
  return finish(root, dispensable)
}

/** A star is an element of an array, unless an object has it for a name. */
function isKey(values: readonly unknown[]): boolean {
  return values.some((value) => typeof value === 'object' && !Array.isArray(value) && value !== null && '*' in value)
}

function makeNode(pointer: string): Node {
  return { pointer, properties: new Map() }
}

function propertyOf({ pointer, properties }: Node, step: string): Node {
  let node = properties.get(step)
  if (!node) properties.set(step, (node = makeNode(pointer + formatPointer([step]))))
  return node
}

function finish({ pointer, properties, items, field }: Node, dispensable: ReadonlySet<string>): Need {
  const named = new Map(Array.from(properties, ([name, node]) => [name, finish(node, dispensable)] as const))
  const each = items && finish(items, dispensable)
  return {
    pointer,
    // What was not tried counts as it was recorded: it was there.
    required: field?.absent?.needed ?? !dispensable.has(pointer),
    types: field ? typesOf(field) : [...(named.size > 0 ? ['object'] : []), ...(each ? ['array'] : [])],
    properties: named,
    items: each,
    field,
  }
}

function typesOf({ types, null: asNull, wrongType }: ProvedField): readonly string[] {
  const all = new Set(types)
  if (asNull?.needed === false) all.add('null')
  // Of a type that was not tried nothing is known.
  if (wrongType?.needed === false) for (const type of triedFor(types)) all.add(type)
  if (all.has('number')) all.delete('integer')
  return [...all]
}
