import type { Summary, TestSummary } from '../../src/run/summary/types.ts'
import { type Project, project } from '../support/project.ts'

/** A project whose suite has been run by `mortar check`. */
export interface CheckedProject {
  readonly made: Project
  readonly summary: Summary
  /** All that was said. */
  readonly printed: string
  /** @throws when there is no test of that name */
  testOf(name: string): TestSummary
  /** Codes and titles of what the timeline showed of a test. */
  shownOf(name: string): readonly (readonly [string, string])[]
  /** Removes the project. */
  close(): void
}

/** What is checked. */
export interface CheckedProjectOptions {
  /** Source of an object: name of each boundary and what declares it. */
  readonly boundaries: string
  /** Source of `findings` of the config. */
  readonly findings?: string
  /** Source of `suite.test.mjs`. */
  readonly suite: string
  readonly packages: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** Runs a suite of vitest against servers that run, by the command line as it is installed. */
export async function checkProject({
  boundaries,
  findings = '{}',
  suite,
  packages,
  env,
}: CheckedProjectOptions): Promise<CheckedProject> {
  let close = (): void => {}
  const made = project({
    config: `import { defineConfig, http, mqtt, mysql, nats, postgres, rabbitmq, redis } from 'mortar'
export default defineConfig({ test: 'vitest run', boundaries: ${boundaries}, findings: ${findings} })`,
    files: {
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { testTimeout: 20_000 } }`,
      'suite.test.mjs': suite,
    },
    packages: ['vitest', ...packages],
    installed: true,
    after: (remove) => (close = remove),
  })
  const { stdout, stderr } = await made.mortar(['check'], { env: { XDG_CACHE_HOME: made.directory, ...env } })
  const printed = stdout + stderr
  const path = Object.keys(made.files('.mortar/runs')).find((each) => each.endsWith('summary.json'))
  if (path === undefined) throw new Error(printed)
  const summary = JSON.parse(made.read(path)) as Summary
  return {
    made,
    summary,
    printed,
    close,
    testOf(name) {
      const found = summary.tests.find(({ test }) => test?.name === name)
      if (!found) throw new Error(`no test ${name} was seen:\n${printed}`)
      return found
    },
    shownOf: (name) =>
      summary.findings
        .filter(({ tests, exchanges }) => exchanges && tests.some((test) => test.name === name))
        .map(({ code, title }) => [code, title] as const),
  }
}
