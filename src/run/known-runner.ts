import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { anyText } from '../core/any-value.ts'

/** A runner whose tests are known once it is told to tell of them. */
export type KnownRunner = 'vitest' | 'node:test'

/** What is to be done where a runner does not tell of its tests. */
export const attachHints: Readonly<Record<KnownRunner, string>> = {
  vitest: "vitest runs without the plugin: add `plugins: [mortar()]` from 'mortar/vitest' to the vitest config.",
  'node:test': "node:test does not tell of its tests: import `test` from 'mortar/node-test' in place of 'node:test'.",
}

/** The runner that a command names, by itself or in the script of package.json that it runs. */
export function runnerOf(line: string, directory: string): KnownRunner | undefined {
  const text = [line, ...scriptsOf(line, directory)].join('\n')
  if (/\bvitest\b/.test(text)) return 'vitest'
  return /\bnode\b.*\s--test(?=\s|$)/m.test(text) ? 'node:test' : undefined
}

function scriptsOf(line: string, directory: string): readonly string[] {
  const words = line.trim().split(/\s+/)
  if (!/^(?:npm|pnpm|yarn|bun)$/.test(words[0] ?? '')) return []
  try {
    const { scripts = {} } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
      readonly scripts?: Readonly<Record<string, unknown>>
    }
    const named = words.find((word, i) => i > 0 && Object.hasOwn(scripts, word))
    return named === undefined ? [] : [anyText(scripts[named])]
  } catch {
    // Whoever reads the config has told of a package.json that cannot be read.
    return []
  }
}
