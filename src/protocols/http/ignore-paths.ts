import { MortarError } from '../../core/errors.ts'

/** Ignored parts of a JSON value, as a tree beside it. */
export interface IgnoreNode {
  /** The value here, with all below, is ignored. */
  readonly here: boolean
  readonly names: ReadonlyMap<string, IgnoreNode>
  readonly anyName: IgnoreNode | undefined
  readonly indices: ReadonlyMap<number, IgnoreNode>
  readonly anyIndex: IgnoreNode | undefined
}

/** `match.ignore`, compiled. */
export interface IgnorePaths {
  readonly origin: boolean
  /** True for ignored query parameters; undefined when none is. */
  readonly query: ((name: string) => boolean) | undefined
  readonly header: ((lowerCaseName: string) => boolean) | undefined
  /** The whole body is ignored. */
  readonly body: boolean
  /** True for ignored fields of form and multipart bodies. */
  readonly field: ((name: string) => boolean) | undefined
  readonly json: IgnoreNode | undefined
}

/** One step of a path into JSON: a name, an index, or any of either. */
type Step = { readonly name: string } | { readonly index: number } | '*' | '[*]'

const areas = ['origin', 'query', 'headers', 'body'] as const
/** `[name]`, as in the form field `filter[name]`, counts as a name. */
const step = /\.?([^.[\]"]+)|\[(\*|\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\[([^\]"]+)\]/y

/**
 * Compiles the paths of `match.ignore`: `origin`, `query`, `query.ts`, `headers.x-request-id`, `body`,
 * `body.items[*].id`, `body["a.b"]`. What follows `query.` is the whole name, dots and all; `*` stands for one name.
 *
 * @throws MortarError `MORTAR_CONFIG_INVALID` for a path that could never match
 */
export function compileIgnorePaths(paths: readonly string[]): IgnorePaths {
  const rest = (area: string): string[] =>
    paths
      .filter((path) => path.startsWith(area) && /[.[]/.test(path[area.length] ?? ''))
      .map((p) => p.slice(area.length))
  for (const path of paths) {
    if (!areas.some((area) => path === area || (area !== 'origin' && rest(area).includes(path.slice(area.length))))) {
      throw invalid(path, 'a path beginning with query, headers or body, or origin')
    }
  }
  const body = rest('body')
  return {
    origin: paths.includes('origin'),
    query: paths.includes('query') ? () => true : nameMatcher(rest('query')),
    header: paths.includes('headers') ? () => true : nameMatcher(rest('headers').map((name) => name.toLowerCase())),
    body: paths.includes('body'),
    field: nameMatcher(body),
    json: body.length === 0 ? undefined : compileTree(body.map(parseSteps)),
  }
}

/** Ignored parts of the value of `name`, if any are. */
export function ignoredAtName(node: IgnoreNode | undefined, name: string): IgnoreNode | undefined {
  return node && (node.names.get(name) ?? node.anyName)
}

/** Ignored parts of the element at `index`, if any are. */
export function ignoredAtIndex(node: IgnoreNode | undefined, index: number): IgnoreNode | undefined {
  return node && (node.indices.get(index) ?? node.anyIndex)
}

function invalid(path: string, expected: string): MortarError {
  return new MortarError('MORTAR_CONFIG_INVALID', `match.ignore cannot use '${path}'`, { expected, seen: path })
}

/** `.ts`, `.utm_*`, `.tag[*]` → a test of whole names. `[*]` at the end also covers the name without an index. */
function nameMatcher(patterns: readonly string[]): ((name: string) => boolean) | undefined {
  if (patterns.length === 0) return undefined
  const names = new Set<string>()
  const expressions: string[] = []
  for (const pattern of patterns) {
    const name = pattern.startsWith('.') ? pattern.slice(1) : pattern
    const quoted = /^\["(.*)"\]$/.exec(name)
    if (quoted) names.add(quoted[1]!)
    else if (name.includes('*'))
      expressions.push(
        `^${name
          .split(/(\[\*\]|\*)/)
          .map(expression)
          .join('')}$`,
      )
    else names.add(name)
  }
  const expressed = expressions.length > 0 ? new RegExp(expressions.join('|')) : undefined
  return (name) => names.has(name) || (expressed?.test(name) ?? false)
}

function expression(part: string): string {
  if (part === '[*]') return String.raw`(?:\[[^\]]*\])?`
  return part === '*' ? String.raw`[^.[\]]*` : part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

function parseSteps(path: string): Step[] {
  const steps: Step[] = []
  step.lastIndex = 0
  while (step.lastIndex < path.length) {
    const found = step.exec(path)
    if (!found) throw invalid(`body${path}`, 'names and indices: body.items[*].id, body["a.b"]')
    const [, plain, index, quoted, bracketed] = found
    const name = plain ?? bracketed
    if (name !== undefined) steps.push(name === '*' ? '*' : { name })
    else if (index !== undefined) steps.push(index === '*' ? '[*]' : { index: Number(index) })
    else steps.push({ name: JSON.parse(`"${quoted}"`) as string })
  }
  return steps
}

/** Wildcards are merged into what they overlap with, so that a value needs one look-up per step. */
function compileTree(paths: readonly (readonly Step[])[]): IgnoreNode {
  const after = (accepts: (step: Step) => boolean): IgnoreNode | undefined => {
    const tails = paths.filter(([first]) => first !== undefined && accepts(first)).map((path) => path.slice(1))
    return tails.length === 0 ? undefined : compileTree(tails)
  }
  const names = new Map<string, IgnoreNode>()
  const indices = new Map<number, IgnoreNode>()
  for (const [first] of paths) {
    if (typeof first !== 'object') continue
    if ('name' in first)
      names.set(
        first.name,
        after((s) => s === '*' || (typeof s === 'object' && 'name' in s && s.name === first.name))!,
      )
    else
      indices.set(
        first.index,
        after((s) => s === '[*]' || (typeof s === 'object' && 'index' in s && s.index === first.index))!,
      )
  }
  return {
    here: paths.some((path) => path.length === 0),
    names,
    anyName: after((s) => s === '*'),
    indices,
    anyIndex: after((s) => s === '[*]'),
  }
}
