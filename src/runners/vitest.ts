import '../core/refuse-old-node.ts'
import { availableParallelism } from 'node:os'
import { extname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Parse } from '../run/matrix/cache/syntax-node.ts'
import { type MatrixPlan, readPlan } from '../run/matrix/plan-file.ts'
import { newRun } from '../store/runs.ts'
import { markSteps } from './mark-steps.ts'
import { markedSource } from './marked-source.ts'
import { followChanges, type VitestCaches } from './vitest-changes.ts'
import { type MatrixProject, prepareProject } from './vitest-matrix-project.ts'
import { isVitestReporter, makeVitestReporter, type VitestReporter } from './vitest-reporter.ts'

export { settleBy, type SettleJob } from '../run/matrix/settle-by.ts'
export { type MortarTest, mortarTest } from './run-test.ts'

const testFile = /\.(?:test|spec)\.[cm]?[jt]sx?$/

const extension = extname(import.meta.url)

const folder = fileURLToPath(new URL('..', import.meta.url)).replaceAll('\\', '/')
const own = new RegExp(`^${folder.replaceAll(/[.*+?^${}()|[\]]/g, String.raw`\$&`)}`)

const planFile = process.env['MORTAR_MATRIX']

/** The parts of vitest's own settings that are looked at. */
interface VitestOptions {
  readonly projects?: readonly unknown[]
  readonly globalSetup?: unknown
  readonly setupFiles?: unknown
  readonly root?: string
  readonly maxWorkers?: number | string
  readonly fileParallelism?: boolean
}

interface ViteUserConfig {
  readonly root?: string
  readonly test?: VitestOptions
}

/** The parts of vitest's plugin interface that are used; described here so that vitest stays optional. */
export interface MortarVitestPlugin {
  readonly name: string
  readonly enforce?: 'pre'
  config?(user: ViteUserConfig): object | undefined
  transform?(this: { readonly parse: Parse }, code: string, id: string): { code: string; map: null } | undefined
  configureVitest?(context: VitestContext): void
}

interface VitestContext {
  readonly vitest: VitestCaches & { readonly config: { readonly reporters: unknown[] } }
  readonly project: MatrixProject
  readonly defineCacheKeyGenerator?: CacheKey
  /** As vitest 4 calls it. */
  readonly experimental_defineCacheKeyGenerator?: CacheKey
}

type CacheKey = (keyOf: () => string | undefined) => void

/**
 * Attaches the boundaries of `mortar.config` to every test: `plugins: [mortar()]` in the vitest config. Each test
 * records into and replays from a cassette of its own. Needs vitest 4.1 or newer.
 */
export function mortar(): MortarVitestPlugin[] {
  const plan = planFile === undefined ? undefined : readPlan(planFile)
  return [...(plan?.functions ? [functionMarks()] : []), attaching(plan)]
}

/** Has modules of the project tell which of their functions run, as long as nothing else has changed their source. */
function functionMarks(): MortarVitestPlugin {
  let directory = ''
  return {
    name: 'mortar:functions',
    enforce: 'pre',
    config(user) {
      directory = directoryOf(user)
    },
    transform(code, id) {
      const marked = markedSource(code, id, directory, (text, options) => this.parse(text, options))
      return marked === undefined ? undefined : { code: marked, map: null }
    },
  }
}

function attaching(plan: MatrixPlan | undefined): MortarVitestPlugin {
  let reporter: VitestReporter | undefined
  return {
    name: 'mortar',
    config(user) {
      const directory = directoryOf(user)
      const { test } = user
      process.env.MORTAR_RUN ??= newRun(directory).directory
      reporter = makeVitestReporter(process.env.MORTAR_RUN, directory)
      const isFree = test?.maxWorkers === undefined && test?.fileParallelism !== false
      const ours = {
        env: { MORTAR_PROJECT: directory },
        globalSetup: [fileURLToPath(new URL(`./vitest-global-setup${extension}`, import.meta.url))],
        setupFiles: ['mortar/vitest/setup'],
      }
      for (const one of test?.projects ?? []) attachTo(one, ours)
      const { globalSetup, setupFiles, env } = without(ours, test)
      return {
        test: {
          env,
          globalSetup,
          setupFiles,
          // Cells wait more than they work, so they need not leave a core to vitest itself.
          ...(plan && isFree && { maxWorkers: plan.workers ?? availableParallelism() }),
          // The set-up must run again for each file, which only what vitest transforms does; nothing else of ours may,
          // also where it is linked to.
          server: { deps: { inline: [/vitest-setup\.[jt]s$/], external: [own] } },
        },
      }
    },
    ...(plan && {
      transform(this: { readonly parse: Parse }, code: string, id: string) {
        const marked = testFile.test(id) ? markSteps(code, (text) => this.parse(text, { lang: 'js' })) : undefined
        return marked === undefined ? undefined : { code: marked, map: null }
      },
    }),
    configureVitest({ vitest, project, ...context }) {
      // Vitest keeps what was made of a file from run to run, and a matrix needs other than what tests alone do.
      const keyed = context.defineCacheKeyGenerator ?? context.experimental_defineCacheKeyGenerator
      keyed?.(() => plan && `mortar matrix ${plan.functions ?? ''}`)
      if (planFile !== undefined) vitest.config.reporters.push(prepareProject(project, planFile))
      if (planFile !== undefined && plan?.lasts) followChanges(vitest, planFile)
      const { reporters } = vitest.config
      // Each project of a workspace has a plugin of its own, and every reporter hears of all tests.
      if (reporter && !reporters.some((other) => isVitestReporter(other))) reporters.push(reporter)
    },
  }
}

/** What a project of its own has to have, so that its tests are attached. */
type Attaching = Readonly<Record<'globalSetup' | 'setupFiles', readonly string[]>> & { readonly env: object }

/**
 * A project that stands in the config itself and extends it has its plugins, but nothing of what these add to the config:
 * since vitest 5 it shares a server with it.
 */
function attachTo(project: unknown, { env, globalSetup, setupFiles }: Attaching): void {
  if (typeof project !== 'object' || project === null) return
  const { extends: base, test } = project as { readonly extends?: unknown; readonly test?: Record<string, unknown> }
  if (!test || base === false || typeof base === 'string') return
  test['env'] = { ...env, ...(test['env'] as object | undefined) }
  test['globalSetup'] = [...new Set([...globalSetup, ...listOf(test['globalSetup'])])]
  test['setupFiles'] = [...new Set([...setupFiles, ...listOf(test['setupFiles'])])]
}

/** What is not there already: before vitest 5 such a project takes what plugins add as well. */
function without(ours: Attaching, test: VitestOptions | undefined): Attaching {
  const missingIn = (list: unknown, own: readonly string[]): readonly string[] =>
    own.filter((one) => !listOf(list).includes(one))
  return {
    env: ours.env,
    globalSetup: missingIn(test?.globalSetup, ours.globalSetup),
    setupFiles: missingIn(test?.setupFiles, ours.setupFiles),
  }
}

function listOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : [value].flat()
}

function directoryOf({ root, test }: ViteUserConfig): string {
  return process.env.MORTAR_PROJECT ?? resolve(test?.root ?? root ?? process.cwd())
}
