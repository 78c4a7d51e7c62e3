import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Project, project, type ProjectOptions, type Ran } from '../../support/project.ts'

/** A project with a vitest suite. */
export interface SuiteOptions {
  /** Source of the config's boundaries: `cache: redis()`. */
  readonly boundaries: string
  /** Packages besides vitest. */
  readonly packages?: readonly string[]
  /** One for each test file; hooks, `expect`, `test`, `vi`, `mortarTest` and `eventually` are imported. */
  readonly suites: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly after?: ProjectOptions['after']
}

interface Report {
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly {
      readonly title: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** Makes a project whose suite runs with the plugin. */
export function suiteProject({ boundaries, packages = [], suites, files = {}, after }: SuiteOptions): Project {
  const tests = suites.map((source, i) => [
    `suite-${i}.test.mjs`,
    `import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { eventually } from 'mortar'
import { mortarTest } from 'mortar/vitest'
${source}`,
  ])
  return project({
    config: `import { http, mqtt, mysql, nats, postgres, rabbitmq, redis } from 'mortar'
export default { boundaries: { ${boundaries} } }`,
    files: {
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { testTimeout: 20_000, reporters: [['json', { outputFile: 'report.json' }]] } }`,
      ...(Object.fromEntries(tests) as Record<string, string>),
      ...files,
    },
    packages: ['vitest', ...packages],
    ...(after && { after }),
  })
}

/** How a suite ended. */
export interface RanSuite extends Ran {
  /** What became of each test: `passed`, or how it failed. */
  readonly outcomes: Record<string, string>
}

/** Runs the suite. */
export async function ranSuite(
  made: Project,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RanSuite> {
  rmSync(join(made.directory, 'report.json'), { force: true })
  const ran = await made.node(['node_modules/vitest/vitest.mjs', 'run', ...args], { env })
  if (!made.has('report.json')) throw new Error(`there is no report; exit ${ran.code}\n${ran.stdout}\n${ran.stderr}`)
  const { testResults } = JSON.parse(made.read('report.json')) as Report
  const outcomes = testResults.flatMap(({ assertionResults, message }, i) =>
    assertionResults.length === 0
      ? [[`file ${i}`, message]]
      : assertionResults.map(({ title, status, failureMessages }) => [title, failureMessages[0] ?? status]),
  )
  return { ...ran, outcomes: Object.fromEntries(outcomes) as Record<string, string> }
}

/** Runs the suite and tells what became of each test: `passed`, or how it failed. */
export async function runSuite(...how: Parameters<typeof ranSuite>): Promise<Record<string, string>> {
  return (await ranSuite(...how)).outcomes
}
