/** Tells whether a path is that of a webhook, as its boundary writes it. */
export function webhookPath(declared: string): (path: string) => boolean {
  const source = declared
    .replace(/\/+$/, '')
    .split('/')
    .map((segment, index, all) => {
      if (segment === '*' && index === all.length - 1) return '.+'
      return segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
    })
    .join('/')
  const expression = new RegExp(`^${source}/?$`)
  return (path) => expression.test(path)
}
