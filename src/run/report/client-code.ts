import { readFileSync } from 'node:fs'
import { age, ageSpan, duration, plural } from '../wording.ts'

const statement = /^import (?:[\s\S]*? from )?'([^']+)';?\n/gm

/**
 * The report's browser code as one script. Its files are plain JavaScript modules that import one another; as a page
 * opened from disk cannot load modules, they are put one after the other, each after those it imports. So no two of
 * them may use one name at their top level; the browser would reject the script.
 */
export function clientCode(): string {
  const done = new Set<string>()
  const parts: string[] = [age, ageSpan, duration, plural].map(String)
  const add = (url: URL): void => {
    if (done.has(url.href)) return
    done.add(url.href)
    const source = readFileSync(url, 'utf8')
    for (const [, specifier] of source.matchAll(statement)) {
      // `wording.ts` is the only module shared with the rest of Mortar; its functions are there already.
      if (!specifier!.endsWith('/wording.ts')) add(new URL(specifier!, url))
    }
    parts.push(source.replace(statement, '').replace(/^export /gm, ''))
  }
  add(new URL('client/main.js', import.meta.url))
  return parts.join('\n')
}

/** The style sheet of the report. */
export function clientStyle(): string {
  const read = (name: string): string => readFileSync(new URL(`client/styles/${name}.css`, import.meta.url), 'utf8')
  return ['tokens', 'page', 'parts', 'timeline'].map(read).join('\n')
}
