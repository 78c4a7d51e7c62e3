/** A node of a syntax tree as ESTree has it. */
interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
}

const runners: ReadonlySet<string> = new Set(['test', 'it'])

/**
 * Has a test file tell when each `await` of a test is over: what the program did until then was one step. Lines stay
 * where they are.
 *
 * @param parse - Makes a syntax tree of JavaScript.
 * @returns `undefined` when there is nothing to mark.
 */
export function markSteps(code: string, parse: (code: string) => unknown): string | undefined {
  const awaits: Node[] = []
  find(parse(code), awaits)
  if (awaits.length === 0) return undefined
  const marks = awaits.flatMap(({ start, end }) => [
    { at: start, order: start, text: 'globalThis.__mortarStep(' },
    { at: end, order: -start, text: ')' },
  ])
  // Of those that end at one place, the innermost goes first.
  marks.sort((a, b) => a.at - b.at || a.order - b.order)
  let marked = ''
  let from = 0
  for (const { at, text } of marks) {
    marked += code.slice(from, at) + text
    from = at
  }
  // Without a matrix behind it, the mark does nothing.
  return `globalThis.__mortarStep ??= (value) => value;${marked}${code.slice(from)}`
}

function find(value: unknown, awaits: Node[]): void {
  each(value, (node) => {
    if (node.type !== 'CallExpression' || !isTest((node as unknown as { callee: Node }).callee))
      return find(node, awaits)
    for (const argument of (node as unknown as { arguments: Node[] }).arguments) {
      if (isFunction(argument)) collect((argument as unknown as { body: unknown }).body, awaits)
    }
  })
}

/** What stands in a function within the test is not a step of the test. */
function collect(value: unknown, awaits: Node[]): void {
  if (isNode(value)) {
    if (isFunction(value)) return
    if (value.type === 'AwaitExpression') awaits.push(value)
  }
  each(value, (node) => collect(node, awaits))
}

function isTest(callee: Node): boolean {
  const {
    name,
    object,
    callee: inner,
    tag,
  } = callee as unknown as {
    name?: string
    object?: Node
    callee?: Node
    tag?: Node
  }
  if (callee.type === 'Identifier') return runners.has(name ?? '')
  const next = object ?? inner ?? tag
  return next !== undefined && isTest(next)
}

function isFunction({ type }: Node): boolean {
  return type === 'ArrowFunctionExpression' || type === 'FunctionExpression' || type === 'FunctionDeclaration'
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

function each(value: unknown, see: (node: Node) => void): void {
  if (typeof value !== 'object' || value === null) return
  for (const child of Object.values(value)) {
    if (isNode(child)) see(child)
    else if (Array.isArray(child)) for (const item of child) if (isNode(item)) see(item)
  }
}
