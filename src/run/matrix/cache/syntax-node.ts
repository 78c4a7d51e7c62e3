/** Makes a syntax tree as ESTree has it; that of Vite can do so of TypeScript since version 8. */
export type Parse = (code: string, options: { readonly lang: 'js' | 'jsx' | 'ts' | 'tsx' }) => unknown

/** A node of a syntax tree, with the parts that are looked at. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly body?: unknown
  readonly consequent?: unknown
  readonly alternate?: unknown
  readonly test?: unknown
  readonly id?: unknown
  readonly name?: unknown
  readonly kind?: string
  readonly declarations?: unknown
  readonly directive?: string
  readonly await?: boolean
  readonly value?: unknown
  readonly left?: unknown
  readonly argument?: unknown
  readonly properties?: unknown
  readonly elements?: unknown
}

/** Whether something that stands in a syntax tree is a node of it. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** Functions of all kinds, methods among them. */
export function isFunction({ type }: Node): boolean {
  return type === 'ArrowFunctionExpression' || type === 'FunctionExpression' || type === 'FunctionDeclaration'
}

/** The nodes that stand in a node. */
export function childrenOf(node: Node): readonly Node[] {
  const children: Node[] = []
  for (const value of Object.values(node)) {
    for (const one of Array.isArray(value) ? value : [value]) if (isNode(one)) children.push(one)
  }
  return children
}
