import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Program, Twin } from './program.ts'

/** How a command ended. */
export interface Ran {
  /** `null` when a signal ended it. */
  readonly code: number | null
  /** All that it said. */
  readonly said: string
}

/** One twin as a project of its own, with the package as it is built. */
export interface Stage {
  readonly directory: string
  node(args: readonly string[], options?: StageOptions): Promise<Ran>
  /** Removes the folder, and ends what still runs there. */
  close(): void
}

/** What a command gets besides its arguments. */
export interface StageOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Milliseconds after which it is killed (default 300 000). */
  readonly timeoutMs?: number
}

const repository = resolve(import.meta.dirname, '..')
const always = ['vitest']
const suite = `import { existsSync } from 'node:fs'
import { mortar } from 'mortar/vitest'
export default {
  plugins: [mortar()],
  test: {
    include: [process.env.CORPUS_TEST ?? 'program.test.mjs'],
    // Before the boundaries are attached, so that the addresses of stand-ins are known by then.
    setupFiles: existsSync('stand-in.mjs') ? ['./stand-in.mjs'] : [],
    testTimeout: 8000,
  },
}
`

/** Copies a twin into a temporary folder, as `program/` beside the test that both share. */
export function stage(program: Program, twin: Twin): Stage {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), `corpus-${program.name}-${twin}-`)))
  const controller = new AbortController()
  cpSync(program.directory, directory, {
    recursive: true,
    filter: (path) =>
      !['buggy', 'fixed', 'node_modules', '.mortar'].some((name) => path === join(program.directory, name)),
  })
  cpSync(join(program.directory, twin), join(directory, 'program'), { recursive: true })
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest(program)))
  if (!existsSync(join(directory, 'vitest.config.mjs'))) writeFileSync(join(directory, 'vitest.config.mjs'), suite)
  link('mortar', repository)
  for (const name of [...always, ...program.packages]) link(name, join(repository, 'node_modules', name))
  cpSync(join(import.meta.dirname, 'kit'), join(directory, 'node_modules/corpus-kit'), { recursive: true })

  function link(name: string, target: string): void {
    const path = join(directory, 'node_modules', name)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(target, path, 'dir')
  }

  return {
    directory,
    async node(args, { env = {}, timeoutMs = 300_000 } = {}) {
      const child = spawn(process.execPath, args, {
        cwd: directory,
        env: { ...ownEnvironment(), NO_COLOR: '1', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: timeoutMs,
        signal: controller.signal,
      })
      const ended = new Promise<number | null>((found, failed) => {
        child.once('close', found).once('error', failed)
      })
      const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
      return { code, said: stdout + stderr }
    },
    close() {
      controller.abort()
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

function manifest({ name }: Program): object {
  return { name, type: 'module', private: true, scripts: { test: 'vitest run' } }
}

/** Without what a run of Mortar or vitest around this one has set. */
function ownEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:MORTAR_|VITEST|NODE_OPTIONS$|CI$)/.test(name))
  const tools = join(repository, 'node_modules/.bin')
  return { ...Object.fromEntries(kept), PATH: `${tools}${delimiter}${process.env['PATH'] ?? ''}` } as Record<
    string,
    string
  >
}

/** The command line of the package as it is built. */
export const commandLine: string = join(repository, 'dist/cli/main.js')

/** The test runner of the repository. */
export const testRunner: string = join(repository, 'node_modules/vitest/vitest.mjs')
