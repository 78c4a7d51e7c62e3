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

  /** @param declared - By what stands in it. */
  function add(block: Omit<CodeBlock, 'seen'>, words: Words | undefined, declared: readonly DeclaredName[]): Around {
    const outside = declared.filter(({ name }) => words?.isOutside(name, block.start, block.end))
    found.push({ ...block, seen: outside.map(({ text }) => text) })
    return { place: block.place, count: 0, words }
  }

  /** @returns Whether what follows may not run although this did. */
  function find(node: Node, around: Around): boolean {
    const { words } = around
    const children = childrenOf(node)
    if (isFunction(node)) {
      for (const child of children) {
        if (child !== node.body) find(child, around)
        else find(child, add(blockOf(child, 'expression', nextIn(around)), wordsOf(node, code), []))
      }
      return false
    }
    // Outside of functions an `await` more makes another module of it, even where it does not run.
    if (words && node.type === 'BlockStatement') return findAll(children, node.end - 1, around)
    if (words && node.type === 'SwitchCase') return findCase(node, around)
    const branches = words ? branchesOf(node) : []
    let mayLeave = leaving.has(node.type) || node.await === true || node.kind === 'await using'
    for (const child of children) {
      const within = branches.includes(child)
        ? add(blockOf(child, 'statement', nextIn(around)), words, hoistedBy(child, code))
        : around
      mayLeave = find(child, within) || mayLeave
    }
    return mayLeave
  }

  function findCase({ test, consequent }: Node, around: Around): boolean {
    const statements = consequent as readonly Node[]
    const [first, last] = [statements[0], statements.at(-1)]
    const mayLeave = isNode(test) && find(test, around)
    if (!first || !last) return mayLeave
    const { start } = first
    const block = { start, end: last.end, mark: { at: start }, place: nextIn(around) }
    // What is declared in one case is seen by all.
    const declared = statements.flatMap((one) => seenOf(one, code))
    return findAll(statements, last.end, add(block, around.words, declared)) || mayLeave
  }

  /** Statements that follow each other; what is behind one that may leave ends where they all do. */
  function findAll(statements: readonly Node[], end: number, around: Around): boolean {
    const declared = statements.map((one) => seenOf(one, code))
    let within = around
    let place: string | undefined
    let count = 0
    let mayLeave = false
    for (const [i, statement] of statements.entries()) {
      if (!find(statement, within)) continue
      mayLeave = true
      if (i + 1 === statements.length) continue
      const { end: start } = statement
      place = place === undefined ? nextIn(around) : `${place.replace(/\+\d+$/, '')}+${++count}`
      within = add({ start, end, mark: { at: start }, place }, around.words, declared.slice(i + 1).flat())
    }
    return mayLeave
  }

  find(tree, { place: '', count: 0, words: undefined })
  return found.toSorted((a, b) => a.start - b.start || b.end - a.end)
}

function nextIn(around: Around): string {
  return `${around.place === '' ? '' : `${around.place}.`}${around.count++}`
}

function branchesOf({ type, body, consequent, alternate }: Node): readonly unknown[] {
  if (type === 'IfStatement') return [consequent, alternate]
  return branching.has(type) ? [body] : []
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

function blockOf(node: Node, otherwise: 'statement' | 'expression', place: string): Omit<CodeBlock, 'seen'> {
  const { type, start, end, body } = node
  if (type !== 'BlockStatement') return { start, end, mark: otherwise, place }
  const directives = (body as readonly Node[]).filter(({ directive }) => directive)
  return { start, end, mark: { at: directives.at(-1)?.end ?? start + 1 }, place }
}
