/** The parameters of a request, by their path: `metadata[reference]`. */
export type Parameters = ReadonlyMap<string, string>

export function readForm(text: string): Parameters {
  return new Map(new URLSearchParams(text))
}

/** All of one group: of `metadata[a]=1&metadata[b]=2`, `{ a: '1', b: '2' }`. */
export function group(parameters: Parameters, name: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [path, value] of parameters) {
    const [, key] = path.startsWith(`${name}[`) ? (/\[([^\]]*)\]$/.exec(path) ?? []) : []
    if (key !== undefined) found[key] = value
  }
  return found
}

/** Equal for equal parameters, in whatever order. */
export function canonical(parameters: Parameters): string {
  return JSON.stringify([...parameters].sort(([a], [b]) => (a < b ? -1 : 1)))
}
