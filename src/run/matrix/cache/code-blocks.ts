import { extname } from 'node:path'

/** A piece of code that may run or not, as offsets into the source of its module: the body of a function, or a branch in one. */
export interface CodeBlock {
  readonly start: number
  readonly end: number
  /** How a mark is put into it: where statements may begin, around a lone statement, or around an expression. */
  readonly mark: { readonly at: number } | 'statement' | 'expression'
  /** Place among the blocks of the one it stands in, after that one's: `3.1`. */
  readonly place: string
}

/** Makes a syntax tree as ESTree has it; that of Vite can do so of TypeScript since version 8. */
export type Parse = (code: string, options: { readonly lang: 'js' | 'jsx' | 'ts' | 'tsx' }) => unknown

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
}

/** The parts of nodes that are looked at. */
type Parts = Node & {
  readonly body?: unknown
  readonly consequent?: unknown
  readonly alternate?: unknown
  readonly kind?: string
  readonly directive?: string
}

interface Around {
  readonly place: string
  count: number
  readonly isInFunction: boolean
}

const langs = { '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx', '.jsx': 'jsx' } as const

/**
 * The bodies of all functions of a module and the branches in them, each before those that stand in it.
 *
 * @returns `undefined` where the source cannot be read.
 */
export function codeBlocks(code: string, path: string, parse: Parse): readonly CodeBlock[] | undefined {
  try {
    return blocksIn(parse(code, { lang: langs[extname(path) as keyof typeof langs] ?? 'js' }))
  } catch {
    return undefined
  }
}

function blocksIn(tree: unknown): readonly CodeBlock[] {
  const found: CodeBlock[] = []
  const find = (value: unknown, around: Around): void => {
    if (Array.isArray(value)) for (const item of value) find(item, around)
    if (!isNode(value)) return
    const own = ownBlocksOf(value, around)
    each(value, own, (child) => find(child, around))
    for (const [node, { start, end, mark }] of own) {
      const place = `${around.place === '' ? '' : `${around.place}.`}${around.count++}`
      found.push({ start, end, mark, place })
      find(node, { place, count: 0, isInFunction: true })
    }
  }
  find(tree, { place: '', count: 0, isInFunction: false })
  return found.toSorted((a, b) => a.start - b.start || b.end - a.end)
}

type OwnBlocks = ReadonlyMap<unknown, Omit<CodeBlock, 'place'>>

/** Which children of a node are blocks: lists of statements, or nodes. */
function ownBlocksOf(node: Parts, { isInFunction }: Around): OwnBlocks {
  const blocks = new Map<unknown, Omit<CodeBlock, 'place'>>()
  const { type, body, consequent, alternate } = node
  if (isFunction(node) && isNode(body)) {
    return blocks.set(body, { start: body.start, end: body.end, mark: markOf(body, 'expression') })
  }
  // Outside of functions an `await` more makes another module of it, even where it does not run.
  if (!isInFunction) return blocks
  if (type === 'SwitchCase') {
    const statements = consequent as readonly Parts[]
    // What is declared in one case is seen by all.
    if (statements.length > 0 && !statements.some((one) => isDeclaration(one) || declares(one))) {
      const { start } = statements[0]!
      blocks.set(statements, { start, end: statements.at(-1)!.end, mark: { at: start } })
    }
    return blocks
  }
  for (const branch of type === 'IfStatement' ? [consequent, alternate] : branching.has(type) ? [body] : []) {
    if (!isNode(branch) || declares(branch)) continue
    blocks.set(branch, { start: branch.start, end: branch.end, mark: markOf(branch, 'statement') })
  }
  return blocks
}

const branching: ReadonlySet<string> = new Set([
  'CatchClause',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
])

function markOf(node: Parts, otherwise: 'statement' | 'expression'): CodeBlock['mark'] {
  if (node.type !== 'BlockStatement') return otherwise
  const directives = (node.body as readonly Parts[]).filter(({ directive }) => directive)
  return { at: directives.at(-1)?.end ?? node.start + 1 }
}

/** Whether code around it sees something that it declares, also where it does not run. */
function declares(node: Parts): boolean {
  if (isFunction(node)) return node.type === 'FunctionDeclaration'
  if (node.type === 'VariableDeclaration' && node.kind === 'var') return true
  let isSeen = false
  each(node, new Map(), (child) => {
    for (const one of Array.isArray(child) ? child : [child]) isSeen ||= isNode(one) && declares(one)
  })
  return isSeen
}

function isDeclaration({ type }: Node): boolean {
  return type.endsWith('Declaration')
}

function isFunction({ type }: Node): boolean {
  return type === 'ArrowFunctionExpression' || type === 'FunctionExpression' || type === 'FunctionDeclaration'
}

function isNode(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** @param except - Children that are left out. */
function each(node: object, except: ReadonlyMap<unknown, unknown>, see: (child: unknown) => void): void {
  for (const child of Object.values(node)) {
    if (typeof child === 'object' && child !== null && !except.has(child)) see(child)
  }
}
