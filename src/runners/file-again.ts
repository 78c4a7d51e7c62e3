/** The parts of vitest's worker that are used; another version may have others. */
interface VitestWorker {
  readonly config?: { readonly pool?: string; readonly name?: string }
  readonly ctx?: { readonly files?: unknown }
  readonly evaluatedModules?: {
    readonly idToModuleMap?: ReadonlyMap<string, { readonly file?: string; meta?: unknown }>
  }
}

/**
 * Has vitest run a file once more when this worker is done with what it has, or another one, with all modules evaluated
 * anew that vitest evaluates: those of the project, and the file itself. What node loads by itself stays.
 *
 * @param path - Of the file that this worker runs now, absolute.
 * @param next - Of the file that it is to run.
 * @param resetModules - `vi.resetModules`.
 * @returns Whether it is going to; not where files have a context of their own, nor where vitest's worker has changed.
 */
export function runFileNext(path: string, next: string, resetModules: () => unknown): boolean {
  const files = workersFiles()
  const own = files?.find((file) => (file as { readonly filepath?: unknown } | null)?.filepath === path)
  if (own === undefined) return false
  resetModules()
  // It goes through them one by one.
  files!.push({ ...(own as object), filepath: next })
  return true
}

/** Whether {@link runFileNext} can be had for other files too: one of several projects has files and settings of its own. */
export function canRunFiles(): boolean {
  return workersFiles() !== undefined && (vitestWorker()?.config?.name ?? '') === ''
}

/** Has vitest fetch modules anew, which evaluates what it has fetched before. @param paths - Absolute. */
export function forgetSources(paths: readonly string[]): void {
  const changed = new Set(paths)
  for (const module of vitestWorker()?.evaluatedModules?.idToModuleMap?.values() ?? []) {
    if (changed.has(module.file ?? '')) module.meta = undefined
  }
}

function vitestWorker(): VitestWorker | undefined {
  return (globalThis as { readonly __vitest_worker__?: VitestWorker }).__vitest_worker__
}

function workersFiles(): unknown[] | undefined {
  const worker = vitestWorker()
  const files = worker?.ctx?.files
  return Array.isArray(files) && !worker?.config?.pool?.startsWith('vm') ? files : undefined
}
