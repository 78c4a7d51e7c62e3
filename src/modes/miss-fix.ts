import type { Asked, Finding } from './explain.ts'
import { type Difference, kindOf } from './facet-difference.ts'
import { looksVolatile } from './volatile.ts'

/** The one line that would fix a miss: a command to run, an option of the boundary, or either. */
export function missFix(asked: Asked, { cause, nearest }: Finding): string {
  switch (cause) {
    case 'expired':
    case 'redacted-differently':
      return run(asked, 'all', 'records it anew')
    case 'already-consumed':
      return `${run(asked, 'new', 'records the further call too')} (or \`repeat: 'last'\` gives the last answer again)`
    case 'other-test':
      return run(asked, 'new', 'records it for this test too')
    case 'differs': {
      const { differences } = nearest[0]!
      const option = ignoring(differences)
      if (option) return `add \`${option}\` to boundary ${asked.boundary} in the config`
      const second = ignorable(differences)
      const other = second ? `; or, if that should not matter, add \`${second}\` to boundary ${asked.boundary}` : ''
      return `${run(asked, 'new', 'records it')}${other}`
    }
    case 'nothing-recorded':
      return run(asked, 'new', 'records it')
  }
}

function run({ command = 'npx mortar check', mode }: Asked, record: 'new' | 'all', effect: string): string {
  const commit = mode === 'none' ? '; then commit the cassette' : ''
  return `run \`MORTAR_RECORD=${record} ${command}\`, which ${effect}${commit}`
}

/** The option under which what was asked and the recording are the same; undefined if they should not be. */
function ignoring(differences: readonly Difference[]): string | undefined {
  if (differences.length === 0) return undefined
  const [only] = differences
  if (differences.length === 1 && only!.path === 'path') return rewriting(only!)
  return differences.every((each) => kindOf(each) === 'volatile') ? ignorable(differences) : undefined
}

/** More than a few differences make it another question. */
const maxIgnored = 3

/** The option that leaves the parts out that differ, as far as they can be left out. */
function ignorable(differences: readonly Difference[]): string | undefined {
  if (differences.length === 0 || !differences.every(({ path }) => /^(?:query|headers|body)[.[]/.test(path))) {
    return undefined
  }
  const paths = new Set(differences.map(({ path }) => path.replace(/\[\d+\]/g, '[*]')))
  if (paths.size > maxIgnored && differences.some((each) => kindOf(each) !== 'volatile')) return undefined
  return `match: { ignore: [${Array.from(paths, quoted).join(', ')}] }`
}

/** For paths that differ only in segments that are new on each run. */
function rewriting({ asked = '', recorded = '' }: Difference): string | undefined {
  const others = recorded.split('/')
  const segments = asked.split('/')
  if (segments.length !== others.length) return undefined
  const changed = segments.filter((segment, i) => segment !== others[i])
  if (!changed.every(looksVolatile) || !segments.every((s, i) => s === others[i] || looksVolatile(others[i]!))) {
    return undefined
  }
  const shape = changed.every((segment) => /^\d+$/.test(segment)) ? String.raw`\d{10,}` : '[\\w-]{16,}'
  return `match: { normalize: (q) => ({ ...q, url: q.url.replace(/\\/${shape}/g, '/{id}') }) }`
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, String.raw`\$&`)}'`
}
