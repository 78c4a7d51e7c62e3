import '../core/refuse-old-node.ts'
import { AsyncResource } from 'node:async_hooks'
import { relative, sep } from 'node:path'
// As a whole: an older node that lacks one of the names is told what it lacks, and not that.
import * as runner from 'node:test'
import type { TestContext, TestOptions } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { TestRef } from '../core/exchange.ts'
import { attachRun } from './in-process-run.ts'
import { dropEcho, failOnMisses, runTest } from './run-test.ts'
import { tellRunner } from './tell-runner.ts'
import { journalTest } from './test-events.ts'
import type { NodeTestMatrix } from './node-test-matrix.ts'

export { settleBy, type SettleJob } from '../run/matrix/settle-by.ts'
export { type MortarTest, mortarTest } from './run-test.ts'

/** A test body with node's own context. */
export type NodeTestBody = (context: TestContext) => unknown

/** `test` of `node:test`, with a session of its own for each test. */
export interface NodeTest {
  (name: string, body: NodeTestBody): Promise<void>
  (name: string, options: TestOptions, body: NodeTestBody): Promise<void>
  readonly skip: NodeTest
  readonly todo: NodeTest
  readonly only: NodeTest
}

const directory = process.env.MORTAR_PROJECT ?? process.cwd()
const file = relativePath(process.argv[1] ?? '')
const attached: Awaited<ReturnType<typeof attachRun>> = await attachRun({
  directory,
  command: 'node --test',
  besideProgram: true,
  outside: `${file.replace(/\.[^./]+$/, '')}/outside-of-tests`,
}).catch((error: unknown) => {
  throw tellRunner(error)
})

const matrix = await openMatrix(process.env['MORTAR_MATRIX'])

/** Belongs to no test. */
const outside = new AsyncResource('mortar')
let isToEnd = false

/** Has all of it end behind the hooks of the file, which end its clients while servers are there. */
function endLast(): void {
  if (isToEnd) return
  isToEnd = true
  const end = async (): Promise<void> => {
    await attached.close()
    if (matrix) return
    const leftover = attached.leftover()
    // Without `--test`, node ends with 0 although the hook has failed.
    if (leftover.length > 0) process.exitCode = 1
    failOnMisses(leftover)
  }
  outside.runInAsyncScope(() => runner.after(end))
}

// Once the file has been evaluated; that can be behind its tests where these are short.
setImmediate(endLast)

/** Use it in place of the `test` of `node:test`; its exchanges are recorded into and replayed from its own cassette. */
export const test: NodeTest = wrap(runner.test)

/** The same as {@link test}. */
export const it: NodeTest = test

/** The rest of `node:test`, as it is. What hooks and suites ask belongs to no test. */
export const describe: typeof runner.describe = runner.describe
/** The same as {@link describe}. */
export const suite: typeof runner.suite = runner.suite
/** Of `node:test`. */
export const before: typeof runner.before = runner.before
/** Of `node:test`. */
export const after: typeof runner.after = runner.after
/** Of `node:test`. */
export const beforeEach: typeof runner.beforeEach = runner.beforeEach
/** Of `node:test`. */
export const afterEach: typeof runner.afterEach = runner.afterEach
/** Of `node:test`. */
export const mock: typeof runner.mock = runner.mock

function wrap(base: typeof runner.test): NodeTest {
  const call = (name: string, ...rest: [NodeTestBody] | [TestOptions, NodeTestBody]): Promise<void> => {
    const body = rest.at(-1) as NodeTestBody
    const options = rest.length === 2 ? rest[0] : {}
    const isSkipped = base === runner.test.skip || (options.skip !== undefined && options.skip !== false)
    if (matrix) {
      // What is not done yet may fail; that says nothing.
      if (isSkipped || base === runner.test.todo || options.todo) return Promise.resolve()
      const patient = { ...options, timeout: Number.POSITIVE_INFINITY }
      const times = Array.from({ length: matrix.times(name) }, () =>
        base(name, patient, (context) =>
          matrix.run(context, refOf(context), () => body(context), options.timeout).finally(endLast),
        ),
      )
      return Promise.all(times).then(() => {})
    }
    if (isSkipped) journalSkipped(name)
    return base(name, options, (context) => within(context, body).finally(endLast))
  }
  const variant = (of: typeof runner.test): NodeTest => (base === runner.test ? wrap(of) : (call as NodeTest))
  return Object.assign(call, {
    skip: variant(runner.test.skip as typeof runner.test),
    todo: variant(runner.test.todo as typeof runner.test),
    only: variant(runner.test.only as typeof runner.test),
  }) as NodeTest
}

// Node does not call what it skips. Its suites are not known here, so the name is the test's own.
function journalSkipped(name: string): void {
  const test = { file, name }
  attached.run.journal.write({ t: 'test', at: Date.now(), test, state: 'skipped', durationMs: 0 }, 'soon')
}

function refOf(context: TestContext): TestRef {
  return { file: context.filePath ? relativePath(context.filePath) : file, name: context.fullName }
}

async function openMatrix(plan: string | undefined): Promise<NodeTestMatrix | undefined> {
  if (plan === undefined) return undefined
  const { openNodeTestMatrix } = await import('./node-test-matrix.ts')
  return openNodeTestMatrix(plan, attached, file)
}

async function within(context: TestContext, body: NodeTestBody): Promise<void> {
  const ref = refOf(context)
  await journalTest(attached.run.journal, ref, () =>
    runTest(attached, ref, async () => {
      try {
        await body(context)
      } catch (error) {
        dropEcho(error)
        throw error
      }
      return true
    }),
  )
}

function relativePath(path: string): string {
  const local = path.startsWith('file:') ? fileURLToPath(path) : path
  return relative(directory, local).split(sep).join('/')
}
