import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { UsesRecord } from '../plan-file.ts'
import type { KnownParts } from './known-parts.ts'
import { movedLines, parentOf, partsHash } from './module-parts.ts'
import type { StoredUses, UsedModule } from './stored.ts'

/** Where lines of changed modules are now, by path. */
export type MovedLines = ReadonlyMap<string, ReadonlyMap<number, number>>

/** On which parts of modules runs depend. */
export interface UsedParts {
  /** Takes down what a process says. */
  tell(record: UsesRecord): void
  /** The parts behind an id that was told; `undefined` where nobody knows them. */
  find(id: string): Pick<StoredUses, 'id' | 'modules'> | undefined
  /** The modules behind an id that was told, of which some cannot be read in parts. */
  paths(id: string): readonly string[]
  /** The first module of which these parts are not as they were. */
  changed(modules: readonly UsedModule[]): string | undefined
  /** Where the lines of these modules are now. */
  moved(modules: readonly UsedModule[]): MovedLines
}

/** Of modules with their parts. */
export function pathsOf(modules: readonly UsedModule[]): readonly string[] {
  return modules.map(([path]) => path)
}

/** Where modules are found. */
export interface UsedPartsOptions {
  /** Of the project. */
  readonly directory: string
  readonly known: KnownParts
  /** Hash of a file of the project as it is now. */
  readonly hashOf: (file: string) => string
}

export function openUsedParts({ directory, known, hashOf }: UsedPartsOptions): UsedParts {
  const told = new Map<string, UsesRecord>()
  const found = new Map<string, Pick<StoredUses, 'id' | 'modules'> | undefined>()
  const partsNow = (path: string): ReturnType<KnownParts['of']> => known.of(join(directory, path), hashOf(path))

  function read({ parts }: UsesRecord): Pick<StoredUses, 'id' | 'modules'> | undefined {
    const modules: UsedModule[] = []
    for (const [path, numbers] of Object.entries(parts)) {
      const all = partsNow(path)
      const some = numbers.map((n) => all?.[n]?.place)
      if (!all || some.includes(undefined)) return undefined
      const places = withOuter(some as readonly string[])
      modules.push([path, hashOf(path), places, partsHash(all, places)!])
    }
    return { id: createHash('sha256').update(JSON.stringify(modules)).digest('hex').slice(0, 16), modules }
  }

  return {
    tell: (record) => void told.set(record.id, record),
    find(id) {
      const record = told.get(id)
      if (record && !found.has(id)) found.set(id, read(record))
      return found.get(id)
    },
    paths: (id) => Object.keys(told.get(id)?.parts ?? {}),
    changed: (modules) =>
      modules.find(([path, content, places, hash]) => {
        if (hashOf(path) === content) return false
        const now = partsNow(path)
        // Without what was there before, nobody knows where its lines are now.
        return !now || !known.before(content) || partsHash(now, places) !== hash
      })?.[0],
    moved: (modules) =>
      new Map(
        modules.flatMap(([path, content]) => {
          if (hashOf(path) === content) return []
          const lines = movedLines(known.before(content)!, partsNow(path)!)
          return lines.size > 0 ? [[path, lines] as const] : []
        }),
      ),
  }
}

/** With the functions that these stand in, and what stands outside of all. */
function withOuter(places: readonly string[]): readonly string[] {
  const all = new Set([''])
  for (const one of places) for (let place = one; place !== ''; place = parentOf(place)) all.add(place)
  return [...all].toSorted()
}

/** The same with lines where they are now: `src/billing.ts:88`. */
export function withLinesMoved<T>(value: T, moved: MovedLines): T {
  if (moved.size === 0) return value
  let text = JSON.stringify(value)
  for (const [path, lines] of moved) {
    const name = path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    const places = new RegExp(`(?<![\\w.-])(${name}):(\\d+)`, 'g')
    text = text.replaceAll(places, (whole, file: string, line: string) => {
      const now = lines.get(Number(line))
      return now === undefined ? whole : `${file}:${now}`
    })
  }
  return JSON.parse(text) as T
}
