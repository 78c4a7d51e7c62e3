import { extname } from 'node:path'
import { type DeclaredName, hoistedBy, seenOf, type Words, wordsOf } from './declared-names.ts'
import { childrenOf, isFunction, isNode, type Node, type Parse } from './syntax-node.ts'

/**
 * A piece of code that may run or not, as offsets into the source of its module: the body of a function, a branch in one,
 * or what follows a statement that may leave.
 */
export interface CodeBlock {
  readonly start: number
  readonly end: number
  /** How a mark is put into it: where statements may begin, around a lone statement, or around an expression. */
  readonly mark: { readonly at: number } | 'statement' | 'expression'
  /** What code around it sees of what it declares, also where it does not run. */
  readonly seen: readonly string[]
  /**
   * Place among the blocks of the one it stands in, after that one's: `3.1`. Behind the next statement that may leave
   * follows `3.1+1`, which stands in it, then `3.1+2`.
   */
  readonly place: string
}

/** In which block a node stands. */
interface Around {
  readonly place: string
  /** Of the blocks that stand in it. */
  count: number
  /** Of the function; `undefined`: it stands in none. */
  readonly words: Words | undefined
}

const langs = { '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx', '.jsx': 'jsx' } as const

/**
 * The blocks of all functions of a module, each before those that stand in it.
 *
 * @returns `undefined` where the source cannot be read.
 */
export function codeBlocks(code: string, path: string, parse: Parse): readonly CodeBlock[] | undefined {
  try {
    const tree = parse(code, { lang: langs[extname(path) as keyof typeof langs] ?? 'js' })
    return isNode(tree) ? blocksIn(tree, code) : undefined
  } catch {
    return undefined
  }
}

function blocksIn(tree: Node, code: string): readonly CodeBlock[] {
  const found: CodeBlock[] = []

  function add(
    block: Omit<CodeBlock, 'place' | 'seen'>,
    place: string,
    words: Words,
    declared: readonly DeclaredName[],
  ): Around {
    const outside = declared.filter(({ name }) => words.isOutside(name, block.start, block.end))
    found.push({ ...block, place, seen: outside.map(({ text }) => text) })
    return { place, count: 0, words }
  }

  function find(node: Node, around: Around): void {
    const { body, test, consequent } = node
    const { words } = around
    if (isFunction(node) && isNode(body)) {
      for (const child of childrenOf(node)) if (child !== body) find(child, around)
      const { start, end } = body
      find(body, add({ start, end, mark: markOf(body, 'expression') }, nextIn(around), wordsOf(node, code), []))
    } else if (!words) {
      // Outside of functions an `await` more makes another module of it, even where it does not run.
      for (const child of childrenOf(node)) find(child, around)
    } else if (node.type === 'BlockStatement') {
      findAll(body as readonly Node[], node.end - 1, around, words)
    } else if (node.type === 'SwitchCase') {
      if (isNode(test)) find(test, around)
      const statements = consequent as readonly Node[]
      const [first, last] = [statements[0], statements.at(-1)]
      if (!first || !last) return
      const block = { start: first.start, end: last.end, mark: { at: first.start } }
      // What is declared in one case is seen by all.
      const declared = statements.flatMap((one) => seenOf(one, code))
      findAll(statements, last.end, add(block, nextIn(around), words, declared), words)
    } else {
      const branches = new Set(branchesOf(node))
      for (const child of childrenOf(node)) if (!branches.has(child)) find(child, around)
      for (const branch of branches) {
        const { start, end } = branch
        const block = { start, end, mark: markOf(branch, 'statement') }
        find(branch, add(block, nextIn(around), words, hoistedBy(branch, code)))
      }
    }
  }

  /** Statements that follow each other; they end where their block does. */
  function findAll(statements: readonly Node[], end: number, around: Around, words: Words): void {
    const declared = statements.map((one) => seenOf(one, code))
    let within = around
    let first: string | undefined
    let count = 0
    for (const [i, statement] of statements.entries()) {
      find(statement, within)
      if (i + 1 === statements.length || !mayLeave(statement)) continue
      const place = first === undefined ? (first = nextIn(within)) : `${first}+${++count}`
      const { end: start } = statement
      within = add({ start, end, mark: { at: start } }, place, words, declared.slice(i + 1).flat())
    }
  }

  find(tree, { place: '', count: 0, words: undefined })
  return found.toSorted((a, b) => a.start - b.start || b.end - a.end)
}

function nextIn(around: Around): string {
  return `${around.place === '' ? '' : `${around.place}.`}${around.count++}`
}

function branchesOf({ type, body, consequent, alternate }: Node): readonly Node[] {
  return (type === 'IfStatement' ? [consequent, alternate] : branching.has(type) ? [body] : []).filter(isNode)
}

const branching: ReadonlySet<string> = new Set([
  'CatchClause',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
])

const leaving: ReadonlySet<string> = new Set([
  'ReturnStatement',
  'ThrowStatement',
  'BreakStatement',
  'ContinueStatement',
  'YieldExpression',
  'AwaitExpression',
])

/** Whether what follows a statement may not run although the statement did. */
function mayLeave(node: Node): boolean {
  if (isFunction(node)) return false
  return leaving.has(node.type) || node.await === true || node.kind === 'await using' || childrenOf(node).some(mayLeave)
}

function markOf(node: Node, otherwise: 'statement' | 'expression'): CodeBlock['mark'] {
  if (node.type !== 'BlockStatement') return otherwise
  const directives = (node.body as readonly Node[]).filter(({ directive }) => directive)
  return { at: directives.at(-1)?.end ?? node.start + 1 }
}
