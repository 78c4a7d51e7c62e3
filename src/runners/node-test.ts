import { relative, sep } from 'node:path'
import { after, test as nodeTest, type TestContext, type TestOptions } from 'node:test'
import { fileURLToPath } from 'node:url'
import { attachRun } from './in-process-run.ts'
import { failOnMisses, runTest } from './run-test.ts'
import { journalTest } from './test-events.ts'

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
  outside: `${file.replace(/\.[^./]+$/, '')}/outside-of-tests`,
})

after(() => {
  attached.close()
  failOnMisses(attached.leftover())
})

/** Use it in place of the `test` of `node:test`; its exchanges are recorded into and replayed from its own cassette. */
export const test: NodeTest = wrap(nodeTest)

/** The same as {@link test}. */
export const it: NodeTest = test

function wrap(base: typeof nodeTest): NodeTest {
  const call = (name: string, ...rest: [NodeTestBody] | [TestOptions, NodeTestBody]): Promise<void> => {
    const body = rest.at(-1) as NodeTestBody
    const options = rest.length === 2 ? rest[0] : {}
    if (base === nodeTest.skip || (options.skip !== undefined && options.skip !== false)) journalSkipped(name)
    return base(name, options, (context) => within(context, body))
  }
  const variant = (of: typeof nodeTest): NodeTest => (base === nodeTest ? wrap(of) : (call as NodeTest))
  return Object.assign(call, {
    skip: variant(nodeTest.skip as typeof nodeTest),
    todo: variant(nodeTest.todo as typeof nodeTest),
    only: variant(nodeTest.only as typeof nodeTest),
  }) as NodeTest
}

// Node does not call what it skips. Its suites are not known here, so the name is the test's own.
function journalSkipped(name: string): void {
  const test = { file, name }
  attached.run.journal.write({ t: 'test', at: Date.now(), test, state: 'skipped', durationMs: 0 }, 'soon')
}

async function within(context: TestContext, body: NodeTestBody): Promise<void> {
  const ref = { file: context.filePath ? relativePath(context.filePath) : file, name: context.fullName }
  await journalTest(attached.run.journal, ref, () =>
    runTest(attached, ref, async () => {
      await body(context)
      return true
    }),
  )
}

function relativePath(path: string): string {
  const local = path.startsWith('file:') ? fileURLToPath(path) : path
  return relative(directory, local).split(sep).join('/')
}
