import { newRun } from '../store/runs.ts'
import { makeVitestReporter, type VitestReporter } from './vitest-reporter.ts'

export { type MortarTest, mortarTest } from './run-test.ts'

/** The parts of vitest's plugin interface that are used; described here so that vitest stays optional. */
export interface MortarVitestPlugin {
  readonly name: 'mortar'
  config(): object
  configureVitest(context: { readonly vitest: { readonly config: { readonly reporters: unknown[] } } }): void
}

/**
 * Attaches the boundaries of `mortar.config` to every test: `plugins: [mortar()]` in the vitest config. Each test
 * records into and replays from a cassette of its own. Needs vitest 4.1 or newer.
 */
export function mortar(): MortarVitestPlugin {
  const directory = process.cwd()
  process.env.MORTAR_PROJECT ??= directory
  process.env.MORTAR_RUN ??= newRun(directory).directory
  const reporter: VitestReporter = makeVitestReporter(process.env.MORTAR_RUN, directory)
  return {
    name: 'mortar',
    config: () => ({
      test: {
        setupFiles: ['mortar/vitest/setup'],
        // The set-up must run again for each file, which only what vitest transforms does.
        server: { deps: { inline: [/vitest-setup\.[jt]s$/] } },
      },
    }),
    configureVitest({ vitest }) {
      vitest.config.reporters.push(reporter)
    },
  }
}
