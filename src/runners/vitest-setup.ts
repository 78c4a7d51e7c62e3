/** Loaded by vitest in every worker, before each test file. */
import '../core/refuse-old-node.ts'
import { join, relative, sep } from 'node:path'
import { afterAll, aroundEach, beforeAll, expect, vi } from 'vitest'
import type { TestRef } from '../core/exchange.ts'
import { runFileNext } from './file-again.ts'
import { attachRun } from './in-process-run.ts'
import { forgetSettleJobs } from '../run/matrix/settle-by.ts'
import { watchLoaded } from './loaded-files.ts'
import { dropEcho, failOnMisses, runTest } from './run-test.ts'
import { tellRunner } from './tell-runner.ts'
import type { VitestMatrix, VitestTask } from './vitest-matrix.ts'

if (process.env['MORTAR_MATRIX'] !== undefined) watchLoaded()

const directory = process.env.MORTAR_PROJECT ?? process.cwd()
const path = expect.getState().testPath ?? ''
const file = relativePath(path)
const worker = (globalThis as { readonly __vitest_worker__?: VitestWorker }).__vitest_worker__
const attached: Awaited<ReturnType<typeof attachRun>> = await attachRun({
  directory,
  command: 'vitest',
  outside: `${file.replace(/\.[^./]+$/, '')}/outside-of-tests`,
  // An application that never closes its connections keeps them for the next file, or ends with the worker.
  ...(worker?.onCleanup && !worker.config.pool.startsWith('vm') && { keepServers: closeWithWorker }),
}).catch((error: unknown) => {
  throw tellRunner(error)
})

const matrix = await openMatrix(process.env['MORTAR_MATRIX'])
if (matrix) {
  // Vitest reads the names of parameters, and where the suite stands depends on its version.
  beforeAll(function () {
    matrix.prepare([...arguments].at(-1) as VitestTask)
  })
}

aroundEach(async (runIt, { task }) => {
  if (matrix) return matrix.run(task as VitestTask, runIt)
  await runTest(attached, { file, name: fullName(task) } satisfies TestRef, async () => {
    await runIt()
    task.result?.errors?.forEach(dropEcho)
    // Errors of an earlier attempt are still listed; the state is that of this one.
    return task.result?.state === (task.fails ? 'fail' : 'pass')
  })
})

/** In a matrix the worker may wait here for what it is to do next. */
const timeoutMs = matrix ? 0 : undefined
afterAll(async () => {
  await attached.close()
  forgetSettleJobs()
  if (matrix) await matrix.end((next) => runFileNext(path, join(directory, next), () => vi.resetModules()))
  else failOnMisses(attached.leftover())
}, timeoutMs)

async function openMatrix(plan: string | undefined): Promise<VitestMatrix | undefined> {
  if (plan === undefined) return undefined
  const { openVitestMatrix } = await import('./vitest-matrix.ts')
  return openVitestMatrix(plan, attached, file, fullName)
}

/** The parts of vitest's worker that are used; not there before vitest 3.2. */
interface VitestWorker {
  readonly config: { readonly pool: string }
  readonly onCleanup?: (listener: () => unknown) => void
}

function closeWithWorker(close: () => Promise<void>): void {
  worker!.onCleanup!(() => {
    // Every test has ended: what the application has to say of its connections' end is nobody's failure.
    process.on('uncaughtException', () => {}).on('unhandledRejection', () => {})
    return close()
  })
}

function relativePath(path: string): string {
  return relative(directory, path).split(sep).join('/')
}

interface Named {
  readonly name: string
  readonly suite?: Named | undefined
}

function fullName(task: Named): string {
  const names = [task.name]
  for (let suite = task.suite; suite?.name; suite = suite.suite) names.unshift(suite.name)
  return names.join(' > ')
}
