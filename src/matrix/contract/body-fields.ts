import { formatPointer } from '../../core/json-pointer.ts'

/** One place in the bodies of an operation's answers. */
export interface BodyField {
  readonly pointer: string
  /** As recorded: `string`, `number`, `integer`, `boolean`, `null`, `array`, `object`. */
  readonly types: readonly string[]
  /** `opaque`: an object or array of which nothing inside has a name that stays, such as a map by id. */
  readonly kind: 'leaf' | 'container' | 'opaque'
  /** Its texts look like words of a fixed list. */
  readonly isWord: boolean
}

interface Seen {
  readonly types: Set<string>
  readonly texts: Set<string>
  isContainer: boolean
}

/**
 * The fields of bodies, in document order. Of those that are alike, the runs of one test, only what all of them have is
 * a field: other names may be ids.
 *
 * @param tests - Of each test its runs, and of each run the bodies.
 */
export function fieldsOf(tests: readonly (readonly (readonly unknown[])[])[]): readonly BodyField[] {
  const all = new Map<string, Seen>()
  const steady = new Set<string>()
  for (const runs of tests) {
    const seen = runs.map((bodies) => {
      const here = new Map<string, Seen>()
      for (const body of bodies) look(body, [], here, all)
      return here
    })
    for (const pointer of seen[0]?.keys() ?? []) if (seen.every((run) => run.has(pointer))) steady.add(pointer)
  }
  const named = [...all].filter(([pointer]) => steady.has(pointer))
  return named.map(([pointer, { types, texts, isContainer }]): BodyField => {
    const hasInside = named.some(([other]) => other.startsWith(`${pointer}/`))
    return {
      pointer,
      types: [...types].toSorted(),
      kind: !isContainer ? 'leaf' : hasInside ? 'container' : 'opaque',
      isWord: texts.size > 0 && [...texts].every((text) => word.test(text) && text.length <= 24),
    }
  })
}

const word = /^(?:[a-z]+(?:[_-][a-z]+)*|[A-Z]+(?:_[A-Z]+)*)$/

function look(value: unknown, way: readonly string[], ...into: readonly Map<string, Seen>[]): void {
  const type = typeOf(value)
  const isContainer = type === 'array' || type === 'object'
  if (way.length > 0) {
    const pointer = formatPointer(way)
    for (const map of into) {
      let seen = map.get(pointer)
      if (!seen) map.set(pointer, (seen = { types: new Set(), texts: new Set(), isContainer }))
      seen.types.add(type)
      seen.isContainer ||= isContainer
      if (typeof value === 'string') seen.texts.add(value)
    }
  }
  if (Array.isArray(value)) for (const item of value) look(item, [...way, '*'], ...into)
  else if (isContainer) for (const [name, item] of Object.entries(value as object)) look(item, [...way, name], ...into)
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}
