import type { PackageFacts } from './read-package.ts'

/** What runs the team's tests, and how to attach the boundaries to it. */
export interface Runner {
  readonly name: 'vitest' | 'node-test' | 'jest' | 'mocha' | 'playwright' | 'pytest' | 'go' | 'rspec' | 'cargo' | 'none'
  /** The command that runs all tests, for the config; `undefined` when npm knows it or nobody does. */
  readonly test: string | undefined
  /** What to do so that tests and boundaries meet; one sentence. Empty where it is done. */
  readonly attach: string
}

/**
 * Whether a file attaches what runs its tests already: a config of vitest with the plugin, or a test of
 * `mortar/node-test`.
 */
export function isAttaching(path: string, text: string): boolean {
  const isConfig = /(?:^|\/)vite(?:st)?\.(?:config|workspace)\.[cm]?[jt]s$/.test(path)
  return isConfig ? /['"]mortar\/vitest['"]/.test(text) : /['"]mortar\/node-test['"]/.test(text)
}

/**
 * Finds out by the dependencies and the test script, or for other languages by the files they use.
 *
 * @param isAttached - Some file of the project attaches its tests.
 */
export function detectRunner(
  facts: PackageFacts | undefined,
  files: ReadonlySet<string>,
  isAttached: boolean = false,
): Runner {
  const script = facts?.testScript ?? ''
  const uses = (name: string): boolean =>
    new RegExp(`(?:^|[\\s/])${name}(?:\\s|$)`).test(script) || facts?.dependencies.includes(name) === true
  const test = script === '' ? undefined : 'npm test'
  if (uses('vitest')) {
    return {
      name: 'vitest',
      test: test === undefined ? 'npx vitest run' : undefined,
      attach: isAttached ? '' : "In vitest.config, add `mortar()` from 'mortar/vitest' to `plugins`.",
    }
  }
  if (/\bnode\b.*--test\b/.test(script)) {
    return {
      name: 'node-test',
      test: undefined,
      attach: isAttached ? '' : "In your tests, import `test` from 'mortar/node-test' in place of 'node:test'.",
    }
  }
  for (const name of ['jest', 'mocha', 'playwright'] as const) {
    if (!uses(name === 'playwright' ? '@playwright/test' : name) && !uses(name)) continue
    return {
      name,
      test: test === undefined ? `npx ${name}${name === 'playwright' ? ' test' : ''}` : undefined,
      attach: byCommand,
    }
  }
  if (test !== undefined) return { name: 'none', test: undefined, attach: byCommand }
  if (
    ['pytest.ini', 'conftest.py', 'pyproject.toml', 'requirements.txt', 'setup.py', 'tox.ini'].some((file) =>
      files.has(file),
    )
  ) {
    return { name: 'pytest', test: 'python3 -m pytest', attach: byCommand }
  }
  if (files.has('go.mod')) return { name: 'go', test: 'go test ./...', attach: byCommand }
  if (files.has('Gemfile')) return { name: 'rspec', test: 'bundle exec rspec', attach: byCommand }
  if (files.has('Cargo.toml')) return { name: 'cargo', test: 'cargo test', attach: byCommand }
  return { name: 'none', test: undefined, attach: "Say in the config what runs your tests: `test: '…'`." }
}

const byCommand = 'Nothing to change in your tests: `mortar run -- COMMAND` attaches from outside.'
