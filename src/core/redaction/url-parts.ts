/** A URL, absolute or relative, cut at its first `?` and `#`. */
export function partsOfUrl(url: string): { path: string; query: string | undefined; fragment: string | undefined } {
  const [, path = '', query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/.exec(url) ?? []
  return { path, query, fragment }
}
