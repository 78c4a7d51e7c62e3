import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** The repository, which temporary projects have as their `node_modules/mortar`. */
export const repository: string = resolve(import.meta.dirname, '../..')

/** How a child process ended. */
export interface Ran {
  /** `null` when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A child process that is still running. */
export interface Running {
  readonly ended: Promise<Ran>
  /** Resolves when what it printed so far contains `words`, so many times. */
  said(words: string, times?: number): Promise<void>
  kill(signal: NodeJS.Signals): void
}

/** What a child gets besides its arguments. */
export interface RunOptions {
  /** Added to an environment in which only `PATH`, `HOME` and the like are set. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** A project in a folder of its own that uses the package as it is built. */
export interface Project {
  readonly directory: string
  /** The program of `mortar`, for node. */
  readonly commandLine: string
  write(path: string, content: string): void
  read(path: string): string
  has(path: string): boolean
  /** Every file below `folder` with its content, by path; what is under `node_modules` is not the project's. */
  files(folder?: string): Record<string, string>
  node(args: readonly string[], options?: RunOptions): Promise<Ran>
  mortar(args: readonly string[], options?: RunOptions): Promise<Ran>
  start(command: string, args: readonly string[], options?: RunOptions): Running
}

/** How a project is made. */
export interface ProjectOptions {
  /** Source of `mortar.config.mjs`. */
  readonly config?: string
  readonly files?: Readonly<Record<string, string>>
  /** Packages of the repository that the project may import. `vitest-4` is the oldest vitest that Mortar runs with. */
  readonly packages?: readonly string[]
  /** Copy the package into `node_modules`, as npm does, in place of a link to the repository. */
  readonly installed?: boolean
  /** Called with what removes the project (default: when the test has finished). */
  readonly after?: (close: () => void) => void
}

const tools = join(repository, 'node_modules/.bin')
const vitest4 = join(repository, 'test/vitest-4/node_modules')

/** Makes a project in a temporary folder. */
export function project({
  config,
  files = {},
  packages = [],
  installed = false,
  after = onTestFinished,
}: ProjectOptions = {}): Project {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'mortar-project-')))
  const children = new Set<() => void>()
  after(() => {
    for (const end of children) end()
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
  })
  const commandLine = join(installed ? join(directory, 'node_modules/mortar') : repository, 'dist/cli/main.js')
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
  write('package.json', JSON.stringify({ name: 'sample', type: 'module', private: true }))
  if (installed) {
    for (const part of ['package.json', 'dist']) {
      cpSync(join(repository, part), join(directory, 'node_modules/mortar', part), { recursive: true })
    }
  } else link('mortar', repository)
  for (const name of installed ? [...packages, 'yaml', '@peculiar/x509'] : packages) {
    if (name === 'vitest-4') {
      link('vitest', join(vitest4, 'vitest'))
      link('.bin', join(vitest4, '.bin'))
    } else link(name, join(repository, 'node_modules', name))
  }
  if (config !== undefined) write('mortar.config.mjs', config)
  for (const [path, content] of Object.entries(files)) write(path, content)

  function link(name: string, target: string): void {
    const path = join(directory, 'node_modules', name)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(target, path, 'dir')
  }

  function start(command: string, args: readonly string[], { env = {}, cwd = directory }: RunOptions = {}): Running {
    const { PATH = '', HOME = '', TMPDIR } = process.env
    const child = spawn(command, args, {
      cwd,
      env: {
        PATH: [join(directory, 'node_modules/.bin'), tools, PATH].join(delimiter),
        HOME,
        ...(TMPDIR !== undefined && { TMPDIR }),
        NO_COLOR: '1',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // The end of its test ends it sooner; a matrix on a busy machine takes its time.
      timeout: 250_000,
      killSignal: 'SIGKILL',
    })
    const end = (): void => void child.kill('SIGKILL')
    children.add(end)
    let printed = ''
    const said = new Set<() => void>()
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
        for (const look of said) look()
      })
    }
    const closed = new Promise<number | null>((resolveCode, reject) => {
      child.once('error', reject).once('close', resolveCode)
    })
    const ended = Promise.all([closed, text(child.stdout), text(child.stderr)]).then(([code, stdout, stderr]) => {
      children.delete(end)
      return { code, stdout, stderr }
    })
    return {
      ended,
      said: (words, times = 1) =>
        new Promise((found, reject) => {
          const look = (): void => void (printed.split(words).length > times && found())
          said.add(look)
          look()
          void ended.then(() => reject(new Error(`it ended without saying ${words}:\n${printed}`)))
        }),
      kill: (signal) => void child.kill(signal),
    }
  }

  return {
    directory,
    commandLine,
    write,
    read: (path) => readFileSync(join(directory, path), 'utf8'),
    has: (path) => existsSync(join(directory, path)),
    files: (folder = '.') => filesBelow(directory, folder),
    node: (args, options) => start(process.execPath, args, options).ended,
    mortar: (args, options) => start(process.execPath, [commandLine, ...args], options).ended,
    start,
  }
}

function filesBelow(directory: string, folder: string): Record<string, string> {
  const paths = globSync('**/*', { cwd: join(directory, folder), withFileTypes: true, exclude: ['node_modules'] })
  const found = paths.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    [...found, ...hidden(join(directory, folder))].map((path) => [
      path.slice(directory.length + 1),
      readFileSync(path, 'latin1'),
    ]),
  )
}

// A glob leaves out what begins with a dot.
function hidden(folder: string): string[] {
  const paths = globSync('.mortar/**/*', { cwd: folder, withFileTypes: true })
  return paths.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** The JSON that a child printed as its last line. */
export function printedJson<T>({ code, stdout, stderr }: Ran): T {
  const line = stdout.trim().split('\n').at(-1) ?? ''
  try {
    return JSON.parse(line) as T
  } catch {
    throw new Error(`expected JSON on the last line; exit ${code}\n${stdout}\n${stderr}`)
  }
}
