import { childrenOf, isFunction, isNode, type Node } from './syntax-node.ts'

/** A name that statements declare. */
export interface DeclaredName {
  readonly name: string
  /** What code that sees it depends on: `var late`, or the signature of a function. */
  readonly text: string
}

/** What code around a statement sees of what it declares, also where it does not run. */
export function hoistedBy(node: Node, code: string): readonly DeclaredName[] {
  if (isFunction(node)) {
    // Its defaults are evaluated before its body, and it may be called before it is reached.
    const text = code.slice(node.start, isNode(node.body) ? node.body.start : node.end)
    return node.type === 'FunctionDeclaration' ? namesIn(node.id).map((name) => ({ name, text })) : []
  }
  if (isVariable(node) && node.kind === 'var') return declaredBy(node)
  return childrenOf(node).flatMap((child) => hoistedBy(child, code))
}

/** The same of what the statements before and behind it see, in its own list. */
export function seenOf(statement: Node, code: string): readonly DeclaredName[] {
  if (isFunction(statement)) return hoistedBy(statement, code)
  if (isVariable(statement)) return declaredBy(statement)
  const own = statement.type.endsWith('Declaration') ? namesIn(statement.id) : []
  return [...own.map((name) => ({ name, text: `let ${name}` })), ...hoistedBy(statement, code)]
}

function isVariable({ type }: Node): boolean {
  return type === 'VariableDeclaration'
}

function declaredBy({ kind, declarations }: Node): readonly DeclaredName[] {
  const names = (declarations as readonly Node[]).flatMap(({ id }) => namesIn(id))
  return names.map((name) => ({ name, text: `${kind === 'var' ? 'var' : 'let'} ${name}` }))
}

/** The names that a pattern binds. */
function namesIn(pattern: unknown): readonly string[] {
  if (!isNode(pattern)) return []
  if (pattern.type === 'Identifier') return [pattern.name as string]
  const { value, left, argument, properties, elements } = pattern
  return [value, left, argument, properties, elements].flat().flatMap(namesIn)
}

/** Where the words of a function stand. */
export interface Words {
  /** Whether a word stands in the function, but not only between these offsets. */
  isOutside(word: string, start: number, end: number): boolean
}

/** @param node - A function, its parameters among it. */
export function wordsOf({ start: from, end: to }: Node, code: string): Words {
  const places = new Map<string, { readonly first: number; last: number }>()
  // Words in texts and comments among them: one too many runs something once more.
  for (const { 0: word, index } of code.slice(from, to).matchAll(/[\w$\u0080-\uffff]+/g)) {
    const known = places.get(word)
    if (known) known.last = from + index
    else places.set(word, { first: from + index, last: from + index })
  }
  return {
    isOutside(word, start, end) {
      const place = places.get(word)
      return place !== undefined && (place.first < start || place.last >= end)
    },
  }
}
