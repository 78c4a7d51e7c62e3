import { createRequire, registerHooks, syncBuiltinESMExports } from 'node:module'
import childProcess, { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import threads from 'node:worker_threads'
import type { LoadedRecord } from '../run/matrix/plan-file.ts'

/** What this process has loaded without vitest, which knows only what goes through it. */
interface Watched {
  readonly paths: Set<string>
  outside: boolean
}

/** Modules that vitest has evaluated. */
export interface EvaluatedModules {
  readonly idToModuleMap: ReadonlyMap<string, { readonly file?: string; readonly evaluated?: boolean }>
}

const shared = globalThis as { __mortarLoaded?: Watched; __vitest_worker__?: { evaluatedModules?: EvaluatedModules } }

/** Programs that vitest starts, and we: what they load is told by themselves, or is no part of the project. */
const tools = /[\\/](?:vitest|tinypool|vite|rolldown|esbuild|@esbuild[\\/][^\\/]+)[\\/](?:dist|bin)[\\/]/
const own = fileURLToPath(new URL('..', import.meta.url))

/** Whether that was begun already. */
export function isWatched(): boolean {
  return shared.__mortarLoaded !== undefined
}

/** Watches from now on which files node itself loads, and whether other programs are started, of which nobody tells. */
export function watchLoaded(): Watched {
  if (shared.__mortarLoaded) return shared.__mortarLoaded
  const watched: Watched = (shared.__mortarLoaded = { paths: new Set(), outside: false })
  registerHooks({
    load(url, context, next) {
      if (url.startsWith('file:')) watched.paths.add(fileURLToPath(url))
      return next(url, context)
    },
  })
  const note = (file: unknown, args: unknown): void => {
    const words = [file, ...(Array.isArray(args) ? args : [])].map(String)
    if (!words.some((word) => tools.test(word) || pathOf(word).startsWith(own))) watched.outside = true
  }
  const { spawn } = ChildProcess.prototype as unknown as { spawn: (...all: unknown[]) => unknown }
  Object.assign(ChildProcess.prototype, {
    spawn(this: unknown, options: { file?: unknown; args?: unknown }, ...rest: unknown[]) {
      note(options.file, options.args)
      return spawn.call(this, options, ...rest)
    },
  })
  for (const name of ['spawnSync', 'execSync', 'execFileSync'] as const) {
    const original = childProcess[name] as (...all: unknown[]) => unknown
    Object.assign(childProcess, {
      [name](...all: unknown[]) {
        note(all[0], all[1])
        return original(...all)
      },
    })
  }
  const { Worker } = threads
  threads.Worker = class extends Worker {
    constructor(...all: ConstructorParameters<typeof Worker>) {
      note(all[0], [])
      super(...all)
    }
  }
  syncBuiltinESMExports()
  return watched
}

function pathOf(word: string): string {
  return word.startsWith('file:') ? fileURLToPath(word) : word
}

/** Whether another program was started, or a thread, by whatever this process has run until now. */
export function hasStartedOthers(): boolean {
  return shared.__mortarLoaded?.outside ?? false
}

/** What vitest has evaluated in this worker. */
export function workerModules(): EvaluatedModules | undefined {
  return shared.__vitest_worker__?.evaluatedModules
}

/**
 * Tells what was loaded for the tests of a file, each path once.
 *
 * @param evaluated - Modules that vitest has evaluated.
 * @param telling - Paths of those of them that tell more of themselves; they are left out.
 */
export function loadedTeller(
  tell: (told: LoadedRecord) => void,
  evaluated: () => EvaluatedModules | undefined,
  telling: () => ReadonlySet<string> = () => new Set(),
): (file: string) => void {
  const known = new Set<string>()
  const required = createRequire(import.meta.url).cache
  let isTold = false
  return (file) => {
    const { paths: native, outside } = watchLoaded()
    const others = telling()
    const modules = [...(evaluated()?.idToModuleMap.values() ?? [])]
    // What was evaluated for the file before is still listed.
    const own = modules.flatMap((one) => (one.evaluated === false ? [] : [one.file ?? '']))
    const fresh = [...own.filter((path) => !others.has(path)), ...native, ...Object.keys(required)].filter(
      (path) => !known.has(path),
    )
    for (const path of fresh) known.add(path)
    const paths = fresh.filter((path) => isAbsolute(path) && existsSync(path))
    if (paths.length === 0 && outside === isTold) return
    isTold = outside
    tell({ t: 'loaded', file, paths, outside })
  }
}
