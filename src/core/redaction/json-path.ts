type Step =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'any' }
  | { readonly type: 'deep' }

/** A rule by JSON path, ready to be followed while a value is walked. */
export interface PathRule {
  readonly kind: string
  readonly steps: readonly Step[]
  /** The last name in it, by which a text that cannot match is told; undefined when it has none. */
  readonly lastName: string | undefined
}

const step = /\.\.(?=\[)|(\.\.?)(?:([^.[\]*'"]+)|(\*))|\[(?:(\d+)|(\*)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/y

/**
 * Compiles `$.a.b[*].c`, `$..name`, `$['a b'][0]`.
 *
 * @throws SyntaxError if `path` is none of these.
 */
export function compilePath(kind: string, path: string): PathRule {
  const steps: Step[] = []
  let at = path.startsWith('$') ? 1 : -1
  while (at !== -1 && at < path.length) {
    step.lastIndex = at
    const match = step.exec(path)
    if (!match) break
    const [found, dots, dotName, dotAny, index, any, single, double] = match
    if (dots === '..' || found === '..') steps.push({ type: 'deep' })
    const name = dotName ?? (single ?? double)?.replace(/\\(.)/g, '$1')
    if (name !== undefined) steps.push({ type: 'name', name })
    else if (index !== undefined) steps.push({ type: 'index', index: Number(index) })
    else if (dotAny ?? any) steps.push({ type: 'any' })
    at += found.length
  }
  if (at !== path.length || steps.length === 0) {
    throw new SyntaxError(`\`${path}\` is not a JSON path such as \`$.customer.email\` or \`$..token\``)
  }
  const lastName = steps.findLast((step) => step.type === 'name')?.name
  return { kind, steps, lastName }
}

/** How far the rules have been followed on the way to one value. */
export interface PathState {
  /** The kind of a rule that ends here. */
  readonly kind: string | undefined
  readonly open: readonly (readonly [rule: PathRule, next: number])[]
}

/** The state at the root of a value. */
export function startPaths(rules: readonly PathRule[]): PathState {
  return { kind: undefined, open: rules.map((rule) => [rule, 0] as const) }
}

/** The state one name or index further. */
export function followPaths(state: PathState, key: string | number): PathState {
  let kind: string | undefined
  const open: (readonly [PathRule, number])[] = []
  for (const [rule, next] of state.open) {
    let at = next
    if (rule.steps[at]?.type === 'deep') {
      open.push([rule, at])
      at++
    }
    if (!takesStep(rule.steps[at], key)) continue
    if (at + 1 === rule.steps.length) kind ??= rule.kind
    else open.push([rule, at + 1])
  }
  return { kind, open }
}

function takesStep(step: Step | undefined, key: string | number): boolean {
  if (step?.type === 'any') return true
  return step?.type === 'name' ? step.name === key : step?.type === 'index' && step.index === key
}
