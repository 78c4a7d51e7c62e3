import { type Dirent, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ProjectFile, Skipped } from './evidence.ts'

/** How far a project is walked. */
export const walkLimits = { entries: 50_000, depth: 12 } as const

const passedOver = new Set([
  'node_modules',
  'bower_components',
  'dist',
  'build',
  'out',
  'coverage',
  'vendor',
  'target',
  'tmp',
  'venv',
  'env',
  '__pycache__',
  'site-packages',
  'cassettes',
])

const asideFolder =
  /(?:^|\/)(?:tests?|__tests__|specs?|e2e|fixtures?|__fixtures__|mocks?|__mocks__|__snapshots__|stubs?|examples?|samples?|docs?|documentation|benchmarks?|bench)\//i
const asideFile = /(?:[._-](?:test|spec|mock|fixture|stories|bench)s?\.[a-z]+$)|(?:^|\/)(?:test_|conftest)[^/]*\.py$/i

/** What a walk through a project found. */
export interface Walk {
  /** Nearest to the top first. */
  readonly files: readonly ProjectFile[]
  readonly skipped: readonly Skipped[]
}

/**
 * Finds the files of a project, level by level and without following links, so that neither a loop of links nor a
 * huge tree keeps it busy. Folders of other people's code and of build results are left out.
 */
export function walkProject(root: string): Walk {
  const files: ProjectFile[] = []
  const skipped: Skipped[] = []
  let level = ['']
  let entries = 0
  for (let depth = 0; level.length > 0 && depth < walkLimits.depth; depth++) {
    const below: string[] = []
    for (const folder of level) {
      for (const entry of list(root, folder, skipped)) {
        if (++entries > walkLimits.entries) {
          const why = `the project has more than ${walkLimits.entries.toLocaleString('en')} files; the rest was not read`
          return { files, skipped: [...skipped, { path: folder || '.', why }] }
        }
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`
        if (entry.isDirectory()) {
          if (!passedOver.has(entry.name) && !entry.name.startsWith('.')) below.push(path)
        } else if (entry.isFile()) {
          const bytes = statSync(join(root, path), { throwIfNoEntry: false })?.size
          if (bytes !== undefined) files.push({ path, bytes, aside: asideFolder.test(path) || asideFile.test(path) })
        }
      }
    }
    level = below
  }
  return { files, skipped }
}

function list(root: string, folder: string, skipped: Skipped[]): readonly Dirent[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    skipped.push({ path: folder || '.', why: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}` })
    return []
  }
}
