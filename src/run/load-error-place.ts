import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const checkMs = 5_000

/** Where a module that could not be loaded is wrong, as `file:line`; only `file` when that cannot be found out. */
export function loadErrorPlace(file: string, error: unknown): string {
  const { name, stack = '' } = error as Partial<Error>
  const place = placeIn(stack)
  if (place !== undefined) return place
  // Of JavaScript that cannot be read, node tells the line only to a person.
  if (name !== 'SyntaxError' || /\.[cm]?ts$/.test(file)) return file
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: checkMs })
  return placeIn(stderr ?? '') ?? file
}

/** The first `file:line` of a text, in which node's own and those of packages do not count. */
function placeIn(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const [, url = '', row = ''] =
      /^(?:\s+at (?:.* \()?)?((?:file:\/\/\/|\/|[A-Z]:\\).*?):(\d+)(?::\d+\)?)?$/.exec(line) ?? []
    const path = url.startsWith('file:') && URL.canParse(url) ? fileURLToPath(url) : url
    if (path !== '' && !/[\\/]node_modules[\\/]/.test(path) && existsSync(path)) return `${path}:${row}`
  }
  return undefined
}
