import { extname } from 'node:path'

/** The body of a function, as offsets into the source of its module. */
export interface FunctionBody {
  readonly start: number
  readonly end: number
  /** Behind its directives, where statements may begin; absent: it is an expression. */
  readonly insertAt?: number
  /** Place among the bodies of the function it stands in, after that one's: `3.1`. */
  readonly place: string
}

/** Makes a syntax tree as ESTree has it; that of Vite can do so of TypeScript since version 8. */
export type Parse = (code: string, options: { readonly lang: 'js' | 'jsx' | 'ts' | 'tsx' }) => unknown

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
}

type Statement = Node & { readonly directive?: string }

const langs = { '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx', '.jsx': 'jsx' } as const

/**
 * The bodies of all functions of a module, each before those that stand in it.
 *
 * @returns `undefined` where the source cannot be read.
 */
export function functionBodies(code: string, path: string, parse: Parse): readonly FunctionBody[] | undefined {
  try {
    return bodiesIn(parse(code, { lang: langs[extname(path) as keyof typeof langs] ?? 'js' }))
  } catch {
    return undefined
  }
}

function bodiesIn(tree: unknown): readonly FunctionBody[] {
  const bodies: FunctionBody[] = []
  const find = (value: unknown, within: { readonly place: string; count: number }): void => {
    if (Array.isArray(value)) for (const item of value) find(item, within)
    if (!isNode(value)) return
    const { body, ...others } = value as Node & { readonly body?: unknown }
    if (!isFunction(value) || !isNode(body)) return each(value, (child) => find(child, within))
    // What stands in the signature is run by whoever calls, before the body.
    each(others, (child) => find(child, within))
    const place = `${within.place === '' ? '' : `${within.place}.`}${within.count++}`
    bodies.push({ start: body.start, end: body.end, place, ...insertionOf(body) })
    find(body, { place, count: 0 })
  }
  find(tree, { place: '', count: 0 })
  return bodies.toSorted((a, b) => a.start - b.start || b.end - a.end)
}

function insertionOf(body: Node): { readonly insertAt?: number } {
  if (body.type !== 'BlockStatement') return {}
  const directives = (body as Node & { readonly body: readonly Statement[] }).body.filter(({ directive }) => directive)
  return { insertAt: directives.at(-1)?.end ?? body.start + 1 }
}

function isFunction({ type }: Node): boolean {
  return type === 'ArrowFunctionExpression' || type === 'FunctionExpression' || type === 'FunctionDeclaration'
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

function each(value: object, see: (child: unknown) => void): void {
  for (const child of Object.values(value)) if (typeof child === 'object' && child !== null) see(child)
}
