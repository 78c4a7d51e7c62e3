import { type Project, project } from '../../support/project.ts'

/** A project with a vitest suite. */
export interface SuiteOptions {
  /** Source of the config's boundaries: `cache: redis()`. */
  readonly boundaries: string
  /** Packages besides vitest. */
  readonly packages?: readonly string[]
  /** One for each test file; `afterAll`, `expect`, `test`, `mortarTest` and `eventually` are imported. */
  readonly suites: readonly string[]
  readonly files?: Readonly<Record<string, string>>
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
export function suiteProject({ boundaries, packages = [], suites, files = {} }: SuiteOptions): Project {
  const tests = suites.map((source, i) => [
    `suite-${i}.test.mjs`,
    `import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from 'mortar'
import { mortarTest } from 'mortar/vitest'
${source}`,
  ])
  return project({
    config: `import { mqtt, mysql, nats, postgres, rabbitmq, redis } from 'mortar'
export default { boundaries: { ${boundaries} } }`,
    files: {
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { reporters: [['json', { outputFile: 'report.json' }]] } }`,
      ...(Object.fromEntries(tests) as Record<string, string>),
      ...files,
    },
    packages: ['vitest', ...packages],
  })
}

/** Runs the suite and tells what became of each test: `passed`, or how it failed. */
export async function runSuite(
  made: Project,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  const ran = await made.node(['node_modules/vitest/vitest.mjs', 'run', ...args], { env })
  if (!made.has('report.json')) throw new Error(`there is no report; exit ${ran.code}\n${ran.stdout}\n${ran.stderr}`)
  const { testResults } = JSON.parse(made.read('report.json')) as Report
  const outcomes = testResults.flatMap(({ assertionResults, message }, i) =>
    assertionResults.length === 0
      ? [[`file ${i}`, message]]
      : assertionResults.map(({ title, status, failureMessages }) => [title, failureMessages[0] ?? status]),
  )
  return Object.fromEntries(outcomes) as Record<string, string>
}
