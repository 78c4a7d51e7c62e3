/**
 * Whether a version is the wanted one: `15` and `15.4` want that and what is more exact, `>=15` that or newer.
 *
 * @param found - As a server says it: `15.18`, `10.11.19-MariaDB`.
 */
export function isVersion(found: string, wanted: string): boolean {
  const [, atLeast, text = ''] = /^(>=)?\s*v?(.*)$/.exec(wanted.trim()) ?? []
  const want = numbers(text)
  const have = numbers(found)
  if (!atLeast) return want.every((part, index) => have[index] === part)
  for (const [index, part] of want.entries()) if ((have[index] ?? 0) !== part) return (have[index] ?? 0) > part
  return true
}

/** The version that a tag of an image names: `15-alpine` gives `15`; `latest` gives nothing. */
export function versionOfTag(tag: string): string | undefined {
  return /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1]
}

/** The first version number in a text. */
export function versionIn(text: string): string | undefined {
  return /\d+\.\d+(?:\.\d+)*/.exec(text)?.[0]
}

function numbers(version: string): number[] {
  return (/^\D*(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '').split('.').filter(Boolean).map(Number)
}
