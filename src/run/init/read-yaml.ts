/** A YAML or JSON document that still knows its lines. */
export interface YamlText {
  readonly value: unknown
  /** The line, from 1, of a node; that of its nearest parent when there is no such node. */
  lineOf(path: readonly (string | number)[]): number
}

/** Reads YAML or JSON; gives the reason as text when it cannot be read. */
export async function readYaml(text: string): Promise<YamlText | string> {
  const { isNode, LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  try {
    const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent', merge: true, uniqueKeys: false })
    const [error] = document.errors
    if (error) return `is not valid YAML: ${error.message.split('\n')[0]?.replace(/:$/, '') ?? ''}`
    // Aliases of aliases can stand for more than memory holds.
    const value: unknown = document.toJS({ maxAliasCount: 1000 })
    return {
      value,
      lineOf(path) {
        for (let length = path.length; length > 0; length--) {
          const node: unknown = document.getIn(path.slice(0, length), true)
          if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
        }
        return 1
      },
    }
  } catch (error) {
    return `cannot be read as YAML: ${(error as Error).message.split('\n')[0]}`
  }
}

/** True for plain objects. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
