import { existsSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { pause } from '../core/real-clock.ts'
import { appendResult, readPlan } from '../run/matrix/plan-file.ts'
import { tellFiles, tellThrough } from '../run/matrix/staying.ts'
import { lengthenTimeout } from './lengthen-timeout.ts'
import { type LoadError, loadFailure } from './load-failure.ts'
import { type EvaluatedModules, loadedTeller, watchLoaded } from './loaded-files.ts'

/** The parts of a project of vitest that are read and changed. */
export interface MatrixProject {
  readonly config: {
    readonly exclude: string[]
    testTimeout?: number
    readonly maxWorkers?: number | string
  }
  readonly vite?: { readonly config?: { readonly configFileDependencies?: readonly string[] } }
  /** What runs the files of `globalSetup`. */
  readonly runner?: { readonly evaluatedModules?: EvaluatedModules }
}

/** Tells what a project of vitest has loaded for all of its tests. */
export interface LoadedReporter {
  /** Called before `globalSetup` is loaded, which waits for it. */
  onTestRunStart(files: readonly unknown[]): Promise<void>
  onTestModuleCollected(): void
  onTestModuleEnd(module: TestModule): void
  onTestRunEnd(modules: readonly TestModule[]): void
}

/** The parts of a file of tests that are read. */
interface TestModule {
  readonly moduleId: string
  errors(): readonly LoadError[]
}

/** How often it is looked whether servers answer, milliseconds. */
const lookEveryMs = 5

/** Has a project leave out the test files that need not be loaded, and tell what all others depend on. */
export function prepareProject(project: MatrixProject, planFile: string): LoadedReporter {
  watchLoaded()
  const plan = readPlan(planFile)
  const directory = process.env.MORTAR_PROJECT ?? process.cwd()
  // With more workers than it has been given leave for: somebody else has said that there is to be one.
  const isSerial = Number(project.config.maxWorkers) === 1 && (plan.workers ?? 1) > 1
  appendResult(planFile, { t: 'attached', ...(isSerial && { isSerial }) })
  // What stands in a pattern has a meaning, what stands in a path has none.
  project.config.exclude.push(...(plan.without ?? []).map((file) => file.replaceAll(/[()[\]{}!*+?@|\\]/g, '\\$&')))
  if (plan.patient) lengthenTimeout(project.config)
  const tell = loadedTeller(
    (told) => appendResult(planFile, told),
    () => {
      const modules = new Map(project.runner?.evaluatedModules?.idToModuleMap)
      for (const file of project.vite?.config?.configFileDependencies ?? []) modules.set(file, { file })
      return { idToModuleMap: modules }
    },
  )
  return {
    async onTestRunStart(files) {
      const workers = Number(project.config.maxWorkers)
      if (plan.stays !== undefined && !isSerial) tellFiles(plan.stays, files.length, workers || (plan.workers ?? 1))
      while (plan.awaits !== undefined && !existsSync(plan.awaits)) await pause(lookEveryMs)
    },
    // By then all that is to be set up has been.
    onTestModuleCollected: () => tell(''),
    // Of what cannot be loaded no worker tells.
    onTestModuleEnd({ moduleId }) {
      if (plan.stays !== undefined) tellThrough(plan.stays, relative(directory, moduleId).split(sep).join('/'))
    },
    onTestRunEnd(modules) {
      tell('')
      for (const one of modules) {
        const [error] = one.errors()
        if (error) appendResult(planFile, { t: 'broken', file: one.moduleId, why: loadFailure(error, directory) })
      }
    },
  }
}
