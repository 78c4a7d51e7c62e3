import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { TestRef } from '../core/exchange.ts'
import type { RanParts } from '../run/matrix/cache/mark-functions.ts'
import type { UsesRecord } from '../run/matrix/plan-file.ts'

/** What has run in this realm, whose modules may outlive a test file. */
interface Executed {
  /** Outside of all runs: while modules were loaded, in hooks, and in between. */
  readonly outside: Set<string>
  /** In how many runs. */
  readonly runs: Map<string, number>
  /** In one clean run of a test, and not in the next: what it has made is still there. */
  readonly lapsed: Set<string>
}

/** Takes down which parts of the project's modules a run depends on. */
export interface FunctionWatch {
  /** A run begins: what has been executed until now was outside of all runs. */
  begin(): void
  /**
   * It is over. Besides what was executed in it counts what was outside of runs, and what only one run has executed
   * before: it may have made something that all others use.
   *
   * @param cleanRunOf - The test, if nothing went wrong in it.
   * @returns Id of a `UsesRecord` that was told; `undefined` where no module tells anything.
   */
  end(cleanRunOf?: TestRef): string | undefined
  /** Absolute paths of modules that tell which of their functions run. */
  modules(): ReadonlySet<string>
}

const realm = globalThis as RanParts & { __mortarExecuted?: Executed }

/** Who hears of what was executed. */
export interface FunctionWatchOptions {
  /** Hears of each set of parts once. */
  readonly tell: (told: UsesRecord) => void
  /** Modules have been evaluated anew, and have nothing any more of what they had made. */
  readonly isAnew: boolean
}

/** @param directory - Of the project. */
export function watchFunctions(directory: string, { tell, isAnew }: FunctionWatchOptions): FunctionWatch {
  const executed = (realm.__mortarExecuted ??= { outside: new Set(), runs: new Map(), lapsed: new Set() })
  const { outside, runs, lapsed } = executed
  if (isAnew) runs.clear()
  const told = new Set<string>()
  const lastClean = new Map<string, ReadonlySet<string>>()

  function taken(): ReadonlySet<string> {
    const now = new Set(Object.keys(realm.__mortarRan ?? {}))
    realm.__mortarRan = {}
    return now
  }

  return {
    begin() {
      for (const part of taken()) outside.add(part)
    },
    end(cleanRunOf) {
      const own = taken()
      if (cleanRunOf) {
        const test = `${cleanRunOf.file}\n${cleanRunOf.name}`
        for (const part of lastClean.get(test) ?? []) if (!own.has(part)) lapsed.add(part)
        lastClean.set(test, own)
      }
      const once = [...runs].flatMap(([part, count]) => (count === 1 ? [part] : []))
      for (const part of own) {
        runs.set(part, (runs.get(part) ?? 0) + 1)
        // Modules stay.
        if (part.endsWith(':0')) outside.add(part)
      }
      const parts = partsByPath([...own, ...outside, ...lapsed, ...once])
      if (Object.keys(parts).length === 0) return undefined
      const id = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
      if (!told.has(id)) tell({ t: 'uses', id, parts })
      told.add(id)
      return id
    },
    modules() {
      const parts = [...outside, ...Object.keys(realm.__mortarRan ?? {})]
      return new Set(parts.flatMap((part) => (part.endsWith(':0') ? [join(directory, part.slice(0, -2))] : [])))
    },
  }
}

/** Modules are evaluated anew for other tests: nothing of what was executed by now has to do with these. */
export function forgetExecuted(): void {
  delete realm.__mortarExecuted
  realm.__mortarRan = {}
}

function partsByPath(names: readonly string[]): UsesRecord['parts'] {
  const byPath = new Map<string, number[]>()
  for (const name of [...new Set(names)].toSorted()) {
    const at = name.lastIndexOf(':')
    const path = name.slice(0, at)
    const own = byPath.get(path) ?? []
    own.push(Number(name.slice(at + 1)))
    byPath.set(path, own)
  }
  return Object.fromEntries(byPath)
}
